"""Sums of products in 16-bit lanes, for CPUs whose vectors are narrower than AVX-512.

A sum of up to 256 unsigned 16-bit products is known from two 16-bit sums: of the products, modulo
2^16, and of their high bytes. These take three operations on half as many registers, and no
widening, which on AVX2 keeps one port busy for two cycles.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.host.lanes import LANES, TABLE_SIZE, TERMS, array_data

MOST_TERMS = 256
"""Bytes whose sum a 16-bit lane is certain to hold."""
HALVES = 2 * LANES
"""Lanes of a pixel: 16 sums of products, then 16 of their high bytes."""

_I16, _I32, _I64 = (ir.IntType(bits) for bits in (16, 32, 64))
_HALF = ir.VectorType(_I16, LANES)
_SUMS = ir.VectorType(_I32, LANES)


@intrinsic
def add_halves(
    typing_context: Any, halves: Any, pixel: Any, tables: Any, codes: Any, start: Any, shifts: Any
) -> Any:
    """Add TERMS products to a pixel's sums in 16 bits; arguments as for `lanes.add_products`.

    Args:
        typing_context: given by Numba.
        halves: uint16, HALVES for each pixel, flat and contiguous.
        pixel: int64 index.
        tables: uint16 [TERMS][256][LANES], flat and contiguous.
        codes: uint8, flat and contiguous.
        start: int64 position of the pixel in `codes`.
        shifts: tuple of TERMS int64.
    """
    signature = types.void(halves, pixel, tables, codes, start, shifts)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        halves_at, tables_at, codes_at = (
            array_data(context, builder, signature, arguments, i) for i in (0, 2, 3)
        )
        low_at, high_at = _slots(builder, halves_at, arguments[1])
        low, high = builder.load(low_at, align=2), builder.load(high_at, align=2)
        byte = ir.Constant(_HALF, [_I16(8)] * LANES)
        for term in range(TERMS):
            position = builder.add(arguments[4], builder.extract_value(arguments[5], term))
            code = builder.zext(builder.load(builder.gep(codes_at, [position])), _I64)
            row = builder.add(builder.mul(code, _I64(LANES)), _I64(term * TABLE_SIZE))
            source = builder.bitcast(builder.gep(tables_at, [row]), _HALF.as_pointer())
            products = builder.load(source, align=2)
            low = builder.add(low, products)
            high = builder.add(high, builder.lshr(products, byte))
        builder.store(low, low_at, align=2)
        builder.store(high, high_at, align=2)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def widen_halves(typing_context: Any, halves: Any, pixel: Any, sums: Any) -> Any:
    """Add a pixel's sums of at most `MOST_TERMS` products to int32 sums.

    Args:
        typing_context: given by Numba.
        halves: see `add_halves`.
        pixel: int64 index.
        sums: int32, 16 lanes a pixel, flat and contiguous.
    """
    signature = types.void(halves, pixel, sums)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        halves_at, sums_at = (
            array_data(context, builder, signature, arguments, i) for i in (0, 2)
        )
        low, high = (
            builder.load(slot, align=2) for slot in _slots(builder, halves_at, arguments[1])
        )
        # What is left of the products' sum is the sum of their low bytes.
        low = builder.sub(low, builder.shl(high, ir.Constant(_HALF, [_I16(8)] * LANES)))
        high = builder.shl(builder.zext(high, _SUMS), ir.Constant(_SUMS, [_I32(8)] * LANES))
        total = builder.add(builder.zext(low, _SUMS), high)
        lane = builder.mul(arguments[1], _I64(LANES))
        target = builder.bitcast(builder.gep(sums_at, [lane]), _SUMS.as_pointer())
        builder.store(builder.add(builder.load(target, align=4), total), target, align=4)
        return context.get_dummy_value()

    return signature, generate


def _slots(builder: Any, halves: Any, pixel: Any) -> tuple[Any, Any]:
    """Return where a pixel's two vectors lie."""
    lane = builder.mul(pixel, _I64(HALVES))
    starts = (lane, builder.add(lane, _I64(LANES)))
    low, high = (
        builder.bitcast(builder.gep(halves, [start]), _HALF.as_pointer()) for start in starts
    )
    return low, high
