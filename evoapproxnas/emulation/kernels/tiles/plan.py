"""Packing: a layer's weights as digits, in the order in which the loops meet the features.

The expanded input has, for each row of pixels, values [feature][column][channel]: bytes for
weights of int8 digits, words for int16 ones. What a window adds to an output is cut into units of
neighbouring values, as many as the inner product takes at once; a unit is an offset from the
window's first value, and weights [4 bytes of the unit][output][value]. Units whose digits have
the same power of two form a segment: sums are shifted between segments (Horner's rule), so that
any number of digits needs one set of accumulators. All sums are modulo 2^32, and right where the
result fits int32.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.host.lanes import LANES
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable
from evoapproxnas.multipliers import ByteFactorization, digits, factorize_bytes
from evoapproxnas.multipliers.byte_terms import BYTE_BITS, WORD_BITS

Array = npt.NDArray[Any]
Term = tuple[int, int, Array]
"""Shift, feature, and int8 or int16 digits of the shape of the weights."""
MOST_VECTORS = 2
"""Vectors of 16 outputs that are summed together."""
_CODES = np.arange(256)


@dataclass(frozen=True)
class Block:
    """Up to 32 consecutive output channels.

    Attributes:
        first: the first output channel.
        used: number of output channels.
        offsets: int64 (units,), values from a window's first to the unit's first.
        weights: int8 or int16, flat: [unit][4 bytes of the unit][16 * vectors outputs][value].
        segments: int64 (segments, 3): first unit, behind the last, shift of the sums before it.
    """

    first: int
    used: int
    offsets: Array
    weights: Array
    segments: Array

    @property
    def vectors(self) -> int:
        """Vectors of 16 outputs."""
        return -(-self.used // LANES)


@dataclass(frozen=True)
class Plan:
    """A layer, packed.

    Attributes:
        features: uint8 (features, 256), of each activation code.
        blocks: the output channels, in order.
        shift: of the sums at last.
        constants: int32 (channels_out,), to be added to the sums at last.
    """

    features: Array
    blocks: tuple[Block, ...]
    shift: int
    constants: Array


@dataclass(frozen=True)
class LayerKey:
    """What a packed layer depends on: arrays as bytes, so that it can be looked up.

    Attributes:
        table: the products.
        shape: of the weights.
        codes: uint8.
        signs: int8.
        zero_points: int32, of the weights of each output channel.
        geometry: strides (over the pixels that are taken), dilation, padding, groups.
        sampling: every how many rows and columns of the input are taken.
        pitch: columns of the padded input.
        unit: values of a unit.
        digit_bits: of a weight's digit without its sign, 7 for bytes and 15 for words.
    """

    table: LookupTable
    shape: tuple[int, int, int, int]
    codes: bytes
    signs: bytes
    zero_points: bytes
    geometry: Geometry
    sampling: tuple[int, int]
    pitch: int
    unit: int
    digit_bits: int = BYTE_BITS

    @property
    def value_bytes(self) -> int:
        """Size of a value of the expanded input, and of a digit."""
        return 1 if self.digit_bits == BYTE_BITS else 2

    def line_values(self, features: int) -> int:
        """Return how many values a padded row of the expanded input has."""
        return features * self.pitch * self.shape[2] * self.geometry.groups


@lru_cache(maxsize=64)
def byte_factors(table: LookupTable) -> ByteFactorization:
    """Factorize a table into byte-sized terms, once."""
    return factorize_bytes(table.products)


def word_terms(table: LookupTable) -> int:
    """Return how many terms a table has at most where digits are words."""
    weights = byte_factors(table).weights
    return sum(len(digits(each, bits=WORD_BITS)) for each in weights)


@lru_cache(maxsize=64)
def plan_layer(key: LayerKey) -> Plan:
    """Pack a layer."""
    codes = np.frombuffer(key.codes, np.uint8).reshape(key.shape)
    signs = np.frombuffer(key.signs, np.int8).reshape(key.shape)
    zero_points = np.frombuffer(key.zero_points, np.int32).astype(np.int64)
    signed = key.table.signed
    factors = byte_factors(key.table)
    features, products = _products(factors, codes, signs, zero_points, signed, key.digit_bits)
    constants = (factors.constant[codes] * signs).sum(axis=(0, 1, 2), dtype=np.int64)
    constants += zero_points * (128 * signed * codes[..., 0].size)
    terms = _in_segments(products, 2**key.digit_bits - 1)
    used = sorted({feature for _, feature, _ in terms})
    terms = [(shift, used.index(feature), digit) for shift, feature, digit in terms]
    groups = key.geometry.groups
    per_group = key.shape[3] // groups
    run = per_group if per_group >= LANES else key.shape[3]
    step = LANES * MOST_VECTORS
    blocks = [
        _block(key, terms, len(used), range(first, min(first + step, start + run)))
        for start in range(0, key.shape[3], run)
        for first in range(start, start + run, step)
    ]
    last_shift = min((shift for shift, _, _ in terms), default=0)
    return Plan(np.ascontiguousarray(features[used]), tuple(blocks), last_shift,
                constants.astype(np.int32))  # fmt: skip


def _products(
    factors: ByteFactorization, codes: Array, signs: Array, zero_points: Array, signed: bool,
    bits: int,
) -> tuple[Array, list[Term]]:  # fmt: skip
    """Return the features, uint8 (features, 256), and the layer's terms.

    The correction by weight zero points is one more product, of the activation's own value.
    """
    features, weights = factors.features, factors.weights
    corrected = -1
    if zero_points.any():
        value = (_CODES ^ 128 if signed else _CODES).astype(np.uint8)
        found = np.flatnonzero((features == value).all(axis=1))
        corrected = int(found[0]) if found.size else len(features)
        if not found.size:
            features = np.concatenate([features, value[None]])
            weights = np.concatenate([weights, np.zeros((1, 256), np.int32)])
    terms: list[Term] = []
    for feature, values in enumerate(weights):
        if feature == corrected:
            split = digits(values[codes] * signs.astype(np.int64) - zero_points, bits=bits)
        else:
            split = [(shift, digit[codes] * signs) for shift, digit in digits(values, bits=bits)]
        terms += [(shift, feature, digit) for shift, digit in split if digit.any()]
    return features, terms


def _in_segments(products: list[Term], largest_digit: int) -> list[Term]:
    """Order terms by shift, the largest first.

    A digit is multiplied by a power of two where that spares a segment.
    """
    terms: list[Term] = []
    kept: list[int] = []
    for shift, feature, digit in sorted(products, key=lambda term: term[0]):
        largest = max(int(digit.max()), -int(digit.min()))
        taken = {s for s, other, _ in terms if other == feature}
        lower = [s for s in kept if largest << (shift - s) <= largest_digit and s not in taken]
        target = lower[0] if lower else shift
        if target not in kept:
            kept.append(target)
        terms.append((target, feature, digit << digit.dtype.type(shift - target)))
    return sorted(terms, key=lambda term: -term[0])


def _block(key: LayerKey, terms: list[Term], features: int, outputs: range) -> Block:
    """Pack some output channels."""
    per_group = key.shape[3] // key.geometry.groups
    groups = range(outputs.start // per_group, (outputs.stop - 1) // per_group + 1)
    lanes = -(-len(outputs) // LANES) * LANES
    offsets, weights, segments = [], [], []
    begin, previous = 0, None
    for shift in sorted({shift for shift, _, _ in terms}, reverse=True):
        members = [(feature, digit) for s, feature, digit in terms if s == shift]
        units, unit, place = _cover(
            key.shape[:3], key.geometry, key.pitch, key.unit, features,
            tuple(feature for feature, _ in members), groups,
        )  # fmt: skip
        packed = np.zeros((len(units), key.unit, lanes), f"i{key.value_bytes}")
        rows = _rows([digit for _, digit in members], outputs, per_group, groups)
        packed[unit, place, : len(outputs)] = rows
        by_four = packed.reshape(-1, 4 // key.value_bytes, lanes).transpose(0, 2, 1)
        offsets.append(units)
        weights.append(by_four.reshape(-1))
        segments.append((begin, begin + len(units), (previous or shift) - shift))
        begin, previous = begin + len(units), shift
    return Block(
        outputs.start,
        len(outputs),
        np.concatenate(offsets) if offsets else np.zeros(0, np.int64),
        np.concatenate(weights) if weights else np.zeros(0, f"i{key.value_bytes}"),
        np.array(segments, np.int64).reshape(-1, 3),
    )


def _rows(members: list[Array], outputs: range, per_group: int, groups: range) -> Array:
    """Return the digits (values of a window, outputs), zero for the channels of other groups."""
    cut = np.stack([digit[..., outputs.start : outputs.stop] for digit in members])
    if len(groups) > 1:
        of_output = np.arange(outputs.start, outputs.stop) // per_group
        seen = np.array(groups)[:, None, None] == of_output
        cut = np.where(seen, cut[:, :, :, None], 0)
    return cut.reshape(-1, len(outputs))


@lru_cache(maxsize=256)
def _cover(
    window: tuple[int, int, int], geometry: Geometry, pitch: int, unit: int, features: int,
    members: tuple[int, ...], groups: range,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Cover the values of a window that a segment needs by units.

    Returns:
        The units' offsets; then for each value (members, rows, columns, groups, channels) its
        unit, and its place in there.
    """
    rows, columns, channels = window
    pixel = channels * geometry.groups
    member, y, x, group, channel = np.meshgrid(
        np.array(members), np.arange(rows), np.arange(columns), np.array(groups),
        np.arange(channels), indexing="ij",
    )  # fmt: skip
    at = (y * geometry.dilation[0] * features + member) * pitch + x * geometry.dilation[1]
    at = at * pixel + group * channels + channel
    flat = at.reshape(-1)
    taken = np.unique(flat)
    units = []
    position = 0
    while position < len(taken):
        units.append(taken[position])
        position = int(np.searchsorted(taken, taken[position] + unit))
    offsets = np.array(units, np.int64)
    index = np.searchsorted(offsets, flat, side="right") - 1
    return offsets, index, flat - offsets[index]
