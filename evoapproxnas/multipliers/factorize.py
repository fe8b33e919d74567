"""Exact low-term factorization: a product table as a short sum of products of two functions.

    table[a, w] = sum over terms t of activation[t, a] * weight[t, w]

Then a convolution of `terms` times the channels, with ordinary multiplication, computes the
approximate products exactly. Four expansions are tried, and the one with the fewest terms kept:
over products of activation bits or of weight bits (the Moebius transform over subsets of bits:
table[a, w] = sum_S [all bits of S are set in a] * c_S(w)), and over single activation or weight
codes. Terms whose functions are multiples of each other become one. So the exact product, masked
operands (a & mask) and any f(a) * g(w) are single terms, and the count comes near the rank of the
table, which is the least possible.

Every factor has at most `significant_bits` (8 fit bfloat16, and so any matrix unit); a factor
that needs more is split into digits, one term each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MultiplierError

Integers = npt.NDArray[np.int64]
_CODES = 256
_BITS = 8


@dataclass(frozen=True)
class Factorization:
    """The terms of a table; see the module.

    Attributes:
        activation: int32 (terms, 256), the factor of each activation code.
        weight: int32 (terms, 256), the factor of each weight code.
    """

    activation: npt.NDArray[np.int32]
    weight: npt.NDArray[np.int32]

    @property
    def terms(self) -> int:
        """Number of terms: ordinary multiplications for one approximate one."""
        return len(self.activation)

    @property
    def largest_partial_sum(self) -> int:
        """Bound of any partial sum of the terms of one product, in any order."""
        sizes = np.abs(self.activation.astype(np.int64)).T @ np.abs(self.weight.astype(np.int64))
        return int(sizes.max())

    def table(self) -> npt.NDArray[np.int32]:
        """Return the products, int32 (256, 256), [activation code, weight code]."""
        products = self.activation.astype(np.int64).T @ self.weight.astype(np.int64)
        return products.astype(np.int32)


def factorize(table: npt.NDArray[Any], *, significant_bits: int = 8) -> Factorization:
    """Factorize a product table exactly.

    Args:
        table: integers (256, 256), [activation code, weight code] as raw bit patterns.
        significant_bits: of any factor, from its leading to its last set bit.

    Returns:
        The expansion of fewest terms; of equal ones that of the smallest partial sums.

    Raises:
        MultiplierError: if the table has another shape or type, or `significant_bits` is not
            positive.
    """
    if table.shape != (_CODES, _CODES) or table.dtype.kind not in "iu":
        raise MultiplierError(
            f"expected a table of integers of shape (256, 256), got {table.dtype} {table.shape}"
        )
    if significant_bits < 1:
        raise MultiplierError(f"significant_bits must be at least 1, got {significant_bits}")
    products = table.astype(np.int64)
    codes = np.eye(_CODES, dtype=np.int64)
    bits = _subset_indicators()
    found = []
    for features in (bits, codes):
        for swapped in (False, True):
            rows = products.T if swapped else products
            coefficients = _moebius(rows) if features is bits else rows
            ours, theirs = _as_terms(features, coefficients, significant_bits)
            found.append(Factorization(theirs, ours) if swapped else Factorization(ours, theirs))
    return min(found, key=lambda each: (each.terms, each.largest_partial_sum))


def _subset_indicators() -> Integers:
    """Return [subset of bits, code]: 1 where all bits of the subset are set in the code."""
    codes = np.arange(_CODES)
    return ((codes & codes[:, None]) == codes[:, None]).astype(np.int64)


def _moebius(rows: Integers) -> Integers:
    """Return c with rows[a] = sum of c[S] over the subsets S of the bits of a."""
    c = rows.copy()
    for bit in range(_BITS):
        halves = c.reshape(-1, 2, 2**bit, rows.shape[1])
        halves[:, 1] -= halves[:, 0]
    return c


def _as_terms(
    features: Integers, coefficients: Integers, significant_bits: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Merge rows that are multiples of each other and split factors of too many bits.

    Args:
        features: (n, 256), functions of one operand.
        coefficients: (n, 256), for each feature a function of the other operand.
        significant_bits: allowed in a factor.

    Returns:
        The factors of the two operands, each (terms, 256).
    """
    used = coefficients.any(axis=1)
    features, coefficients = features[used], coefficients[used]
    divisors = np.gcd.reduce(coefficients, axis=1) if used.any() else np.zeros(0, np.int64)
    leading = (coefficients != 0).argmax(axis=1) if used.any() else np.zeros(0, np.int64)
    divisors = divisors * np.sign(coefficients[np.arange(len(leading)), leading])
    primitive, group = np.unique(coefficients // divisors[:, None], axis=0, return_inverse=True)
    ours: list[Integers] = []
    theirs: list[Integers] = []
    for index, function in enumerate(primitive):
        members = group.reshape(-1) == index
        merged = [((divisors[members] @ features[members]), function)]
        alone = [(features[i], coefficients[i]) for i in np.flatnonzero(members)]
        terms = min((_split(pairs, significant_bits) for pairs in (merged, alone)), key=len)
        ours += [one for one, _ in terms]
        theirs += [other for _, other in terms]
    return _stack(ours), _stack(theirs)


def _split(
    pairs: Iterable[tuple[Integers, Integers]], significant_bits: int
) -> list[tuple[Integers, Integers]]:
    return [
        (one, other)
        for left, right in pairs
        for one in _digits(left, significant_bits)
        for other in _digits(right, significant_bits)
    ]


def _digits(values: Integers, significant_bits: int) -> list[Integers]:
    """Split values into summands of at most `significant_bits`, of the values' own sign."""
    digits: list[Integers] = []
    while values.any():
        magnitude = np.abs(values)
        if (_odd_part(magnitude) < 2**significant_bits).all():
            return [*digits, values]
        lowest = int(np.bitwise_or.reduce(magnitude))
        lowest &= -lowest
        low = np.sign(values) * (magnitude & (lowest * (2**significant_bits - 1)))
        digits.append(low)
        values = values - low
    return digits


def _odd_part(magnitude: Integers) -> Integers:
    return magnitude // np.maximum(magnitude & -magnitude, 1)


def _stack(factors: list[Integers]) -> npt.NDArray[np.int32]:
    stacked = np.array(factors, np.int32).reshape(-1, _CODES)
    stacked.flags.writeable = False
    return stacked
