"""Sums of products in 16-bit lanes: as many products in a vector as there can be.

A sum of up to 512 unsigned 16-bit products is known from two 16-bit sums. One is that of the
products, modulo 2^16. The other is of the means of eight, each made of means of two, which are
rounded up, so that it is up to 1.5 too large, and cut to its upper ten bits, of which 64 fit 16
bits. It says the sum to 64 * 8 * (63 + 1.5) < 2^16, and the first sum says the rest.

For eight products these are eight additions, seven means (which x86 and ARM have an instruction
for), a shift and an addition, and no widening.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.host.lanes import LANES, TERMS, array_data

MOST_TERMS = 512
"""Products whose sum is certain to be known."""
HALVES = 2 * LANES
"""Lanes of a pixel for each vector of outputs: its sums of products, then those of means."""

_CUT = 6
_MEANS = TERMS.bit_length() - 1
"""Rounds of means of two: TERMS is a power of two."""
_ABOVE = MOST_TERMS * _MEANS // 2
"""How much the means may say too much."""
_I16, _I32, _I64 = (ir.IntType(bits) for bits in (16, 32, 64))
_SUMS = ir.VectorType(_I32, LANES)


@intrinsic
def add_halves(
    typing_context: Any, vectors: Any, more: Any, halves: Any, pixel: Any, tables: Any, codes: Any,
    start: Any, shifts: Any,
) -> Any:  # fmt: skip
    """Add TERMS products to a pixel's sums in 16 bits.

    Args:
        typing_context: given by Numba.
        vectors: literal, of 16 outputs each.
        more: literal, 1 to add to the sums, 0 to overwrite them.
        halves: uint16, vectors * HALVES for each pixel, flat and contiguous.
        pixel: int64 index.
        tables: uint16 [TERMS][256][vectors * LANES], flat and contiguous.
        codes: uint8, flat and contiguous.
        start: int64 position of the pixel in `codes`.
        shifts: tuple of TERMS int64.
    """
    literals = (vectors, more)
    if not all(isinstance(literal, types.IntegerLiteral) for literal in literals):
        return None
    signature = types.void(*literals, halves, pixel, tables, codes, start, shifts)
    lanes, accumulate = LANES * vectors.literal_value, more.literal_value
    kind = ir.VectorType(_I16, lanes)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        halves_at, tables_at, codes_at = (
            array_data(context, builder, signature, arguments, i) for i in (2, 4, 5)
        )
        products = []
        for term in range(TERMS):
            position = builder.add(arguments[6], builder.extract_value(arguments[7], term))
            code = builder.zext(builder.load(builder.gep(codes_at, [position])), _I64)
            row = builder.add(builder.mul(code, _I64(lanes)), _I64(term * 256 * lanes))
            source = builder.bitcast(builder.gep(tables_at, [row]), kind.as_pointer())
            products.append(builder.load(source, align=2))
        cut = ir.Constant(kind, [_I16(_CUT)] * lanes)
        found = (_sum(builder, products), builder.lshr(_mean(builder, products), cut))
        for slot, value in zip(_slots(builder, halves_at, arguments[3], kind), found, strict=True):
            before = [builder.load(slot, align=2)] if accumulate else []
            builder.store(_sum(builder, [value, *before]), slot, align=2)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def widen_halves(
    typing_context: Any, vectors: Any, more: Any, vector: Any, halves: Any, pixel: Any, sums: Any,
    position: Any,
) -> Any:  # fmt: skip
    """Write a pixel's sums of at most `MOST_TERMS` products to int32 sums, or add them.

    Args:
        typing_context: given by Numba.
        vectors: literal, of 16 outputs each.
        more: literal, 1 to add to `sums`, 0 to overwrite them.
        vector: int64 index of the vector whose sums are wanted.
        halves: see `add_halves`.
        pixel: int64 index.
        sums: int32, flat and contiguous.
        position: int64, of the pixel's 16 sums.
    """
    literals = (vectors, more)
    if not all(isinstance(literal, types.IntegerLiteral) for literal in literals):
        return None
    signature = types.void(*literals, types.int64, halves, types.int64, sums, types.int64)
    count, accumulate = (literal.literal_value for literal in literals)
    whole, kind = (ir.VectorType(_I16, LANES * n) for n in (count, 1))

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        halves_at, sums_at = (
            array_data(context, builder, signature, arguments, i) for i in (3, 5)
        )
        parts, offset = [], builder.mul(arguments[2], _I64(LANES))
        for slot in _slots(builder, halves_at, arguments[4], whole):
            first = builder.gep(builder.bitcast(slot, _I16.as_pointer()), [offset])
            half = builder.load(builder.bitcast(first, kind.as_pointer()), align=2)
            parts.append(builder.zext(half, _SUMS))
        low, means = parts
        least = builder.shl(means, _all(_CUT + _MEANS))
        least = builder.sub(least, _all(_ABOVE))
        rest = builder.and_(builder.sub(low, least), _all(2**16 - 1))
        lane = builder.mul(arguments[6], _I64(LANES))
        target = builder.bitcast(builder.gep(sums_at, [lane]), _SUMS.as_pointer())
        before = [builder.load(target, align=4)] if accumulate else []
        builder.store(_sum(builder, [least, rest, *before]), target, align=4)
        return context.get_dummy_value()

    return signature, generate


def _all(value: int) -> Any:
    return ir.Constant(_SUMS, [_I32(value)] * LANES)


def _sum(builder: Any, values: list[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        total = builder.add(total, value)
    return total


def _mean(builder: Any, values: list[Any]) -> Any:
    """Return means of means of two, rounded up, written so that LLVM sees the instruction."""
    kind = values[0].type
    one = ir.Constant(kind, [_I16(1)] * kind.count)
    while len(values) > 1:
        values = [
            builder.sub(builder.or_(a, b), builder.lshr(builder.xor(a, b), one))
            for a, b in zip(values[::2], values[1::2], strict=True)
        ]
    return values[0]


def _slots(builder: Any, halves: Any, pixel: Any, kind: Any) -> tuple[Any, Any]:
    """Return where a pixel's two vectors lie."""
    lane = builder.mul(pixel, _I64(2 * kind.count))
    starts = (lane, builder.add(lane, _I64(kind.count)))
    low, means = (
        builder.bitcast(builder.gep(halves, [start]), kind.as_pointer()) for start in starts
    )
    return low, means
