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

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MultiplierError

Integers = npt.NDArray[np.int64]
Pair = tuple[Integers, Integers]
"""Two functions of 256 codes each, whose product is a term."""
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

    @cached_property
    def largest_partial_sum(self) -> int:
        """Bound of any partial sum of the terms of one product, in any order."""
        # Exact below 2^53; products of int64 matrices take a hundred times as long.
        sizes = np.abs(self.activation.astype(np.float64)).T @ np.abs(self.weight)
        return int(sizes.max())

    @cached_property
    def common_divisor(self) -> int:
        """What all products of two factors are multiples of; 0 without terms."""
        of_each = [np.gcd.reduce(each.astype(np.int64), axis=1) for each in
                   (self.activation, self.weight)]  # fmt: skip
        return int(np.gcd.reduce(of_each[0] * of_each[1], initial=0))

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
    if significant_bits < 1:
        raise MultiplierError(f"significant_bits must be at least 1, got {significant_bits}")
    split = partial(_split, significant_bits=significant_bits)
    found = []
    for pairs in expansions(check_table(table), split):
        activation = _stack([one for one, _ in pairs])
        found.append(Factorization(activation, _stack([other for _, other in pairs])))
    return min(found, key=lambda each: (each.terms, each.largest_partial_sum))


def check_table(table: npt.NDArray[Any]) -> Integers:
    """Return the products as int64.

    Raises:
        MultiplierError: unless they are integers of shape (256, 256).
    """
    if table.shape != (_CODES, _CODES) or table.dtype.kind not in "iu":
        raise MultiplierError(
            f"expected a table of integers of shape (256, 256), got {table.dtype} {table.shape}"
        )
    return table.astype(np.int64)


def expansions(
    products: Integers, split: Callable[[list[Pair]], list[Pair]]
) -> Iterator[list[Pair]]:
    """Yield the four expansions of the module's docstring.

    Args:
        products: (256, 256), [activation code, weight code].
        split: rewrites pairs (function of activation codes, function of weight codes) so that
            each has the form that a term must have.
    """
    for features in (_subset_indicators(), np.eye(_CODES, dtype=np.int64)):
        for swapped in (False, True):
            rows = products.T if swapped else products
            coefficients = rows if features[0, 1] == 0 else _moebius(rows)
            yield _as_terms(features, coefficients, split, swapped)


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
    features: Integers,
    coefficients: Integers,
    split: Callable[[list[Pair]], list[Pair]],
    swapped: bool,
) -> list[Pair]:
    """Merge rows that are multiples of each other, and split what a term cannot hold.

    Args:
        features: (n, 256), functions of one operand.
        coefficients: (n, 256), for each feature a function of the other operand.
        split: see `expansions`.
        swapped: whether the features are of the weight codes.

    Returns:
        The terms, the function of the activation codes first.
    """
    used = coefficients.any(axis=1)
    if not used.any():
        return []
    features, coefficients = features[used], coefficients[used]
    divisors = np.gcd.reduce(coefficients, axis=1)
    leading = (coefficients != 0).argmax(axis=1)
    divisors = divisors * np.sign(coefficients[np.arange(len(leading)), leading])
    primitive, group = np.unique(coefficients // divisors[:, None], axis=0, return_inverse=True)
    terms: list[Pair] = []
    for index, function in enumerate(primitive):
        members = np.flatnonzero(group.reshape(-1) == index)
        merged: list[Pair] = [(divisors[members] @ features[members], function)]
        alone: list[Pair] = [(features[i], coefficients[i]) for i in members]
        choices: list[list[Pair]] = [
            split([(right, left) if swapped else (left, right) for left, right in pairs])
            for pairs in (merged, alone)
        ]
        fewest = min(choices, key=len)
        terms += fewest
    return terms


def _split(pairs: Iterable[Pair], significant_bits: int) -> list[Pair]:
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
