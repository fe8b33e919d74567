"""Exact factorization for byte-sized integer units (VNNI, AMX): uint8 times int8 into int32.

    table[a, w] = constant[w] + sum over features f of features[f, a] * weights[f, w]

Features are uint8. They may be shifted, because what depends on the weight alone is a constant of
an output channel and costs nothing. A weight function is split into digits of -127 .. 127 times
powers of two, so that a sign, too, fits. One feature and one digit are one term: one byte-sized
multiplication for one approximate one. The exact 8-bit multiplier has two (255 = 2 * 64 + 127).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.multipliers.factorize import Integers, Pair, check_table, expansions

BYTE_BITS = 7
WORD_BITS = 15
"""Bits of a digit without its sign, for units of bytes and for those of 16-bit words."""
_BYTE = 256


@dataclass(frozen=True)
class ByteFactorization:
    """The terms of a table; see the module.

    Attributes:
        features: uint8 (features, 256), of each activation code.
        weights: int32 (features, 256), of each weight code.
        constant: int32 (256,), of each weight code.
    """

    features: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.int32]
    constant: npt.NDArray[np.int32]

    @property
    def terms(self) -> int:
        """Byte-sized multiplications for one approximate one, at most; see `digits`."""
        return sum(len(digits(weights)) for weights in self.weights)

    def table(self) -> npt.NDArray[np.int32]:
        """Return the products, int32 (256, 256), [activation code, weight code]."""
        products = self.features.astype(np.int64).T @ self.weights.astype(np.int64)
        return (products + self.constant).astype(np.int32)


def factorize_bytes(table: npt.NDArray[Any]) -> ByteFactorization:
    """Return a table's exact factorization into the fewest byte-sized terms that were found.

    Args:
        table: integers (256, 256), [activation code, weight code] as raw bit patterns.

    Raises:
        MultiplierError: if the table has another shape or type.
    """
    products = check_table(table)
    centred = products - products[0]  # of no higher rank, and often of a lower one
    found = [_collect(pairs, products) for pairs in expansions(centred, _as_bytes)]
    return min(found, key=lambda each: (each.terms, len(each.features)))


def digits(
    values: npt.NDArray[Any], *, bits: int = BYTE_BITS
) -> list[tuple[int, npt.NDArray[Any]]]:
    """Split integers into int8 or int16 digits: values = sum of 2^shift * digit.

    Values up to 127 (32767) times the first power of two have a single digit; other digits are 0
    there.

    Args:
        values: of any shape.
        bits: `BYTE_BITS` or `WORD_BITS`.

    Returns:
        (shift, digit) for each digit that is not zero everywhere, of different shifts.
    """
    rest, most = values.astype(np.int64), 2**bits - 1
    dtype = np.int8 if bits == BYTE_BITS else np.int16
    found = []
    while rest.any():
        shift = _power_of_two(rest)
        magnitude = np.abs(rest) >> shift
        largest = int(magnitude.max())
        spread = 1  # no two digits of equal shift
        while largest > most + (most << spread) and spread < bits:
            spread += 1
        above = np.maximum(magnitude - most, 0)
        high = -(-above >> spread) << spread  # above, rounded up
        low = magnitude - high
        found.append((shift, (np.sign(rest) * low).astype(dtype)))
        rest = (np.sign(rest) * high) << shift
    return [(shift, digit) for shift, digit in found if digit.any()]


def _as_bytes(pairs: Iterable[Pair]) -> list[Pair]:
    """Return pairs whose first function is of bytes and whose second is a single digit."""
    terms = []
    for activation, weight in pairs:
        rest = activation - activation.min()
        while rest.any():
            shift = _power_of_two(rest)
            low = rest & ((_BYTE - 1) << shift)
            terms += [
                (low >> shift, digit.astype(np.int64) << (shift + by))
                for by, digit in digits(weight)
            ]
            rest = rest - low
    return terms


def _power_of_two(values: Integers) -> int:
    """Return the exponent of the largest power of two that divides all values, not all zero."""
    combined = int(np.bitwise_or.reduce(np.abs(values).reshape(-1)))
    return (combined & -combined).bit_length() - 1


def _collect(pairs: list[Pair], products: Integers) -> ByteFactorization:
    """Add up the weight functions of equal features; the constant makes up for all shifts."""
    if not pairs:
        features, weights = np.zeros((0, _BYTE), np.uint8), np.zeros((0, _BYTE), np.int64)
    else:
        features, index = np.unique(
            np.array([one for one, _ in pairs], np.uint8), axis=0, return_inverse=True
        )
        weights = np.zeros(features.shape, np.int64)
        np.add.at(weights, index.reshape(-1), np.array([other for _, other in pairs]))
        used = weights.any(axis=1)
        features, weights = features[used], weights[used]
    constant = products[0] - features[:, 0].astype(np.int64) @ weights
    found = (features, weights.astype(np.int32), constant.astype(np.int32))
    for array in found:
        array.flags.writeable = False
    return ByteFactorization(*found)
