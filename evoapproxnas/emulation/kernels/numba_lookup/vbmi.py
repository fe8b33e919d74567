"""Look-ups with AVX-512 VBMI: 64 activations of one output channel at once, in registers.

A row of 256 products is 256 low bytes, then 256 high bytes: eight registers. `vpermb` selects
from one of them by six bits of a code, and only where the code's two top bits say so: four of
them take fewer micro-operations than two `vpermi2b` and a blend. Bytes are summed in 16-bit
lanes, pairs of neighbours and, apart, the odd ones, for at most 256 terms.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

VECTOR = 64
MOST_TERMS = 256
"""Bytes that a 16-bit lane is certain to hold."""

_I8, _I16, _I32, _I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))
_BYTES = ir.VectorType(_I8, VECTOR)
_HALVES = ir.VectorType(_I16, VECTOR // 2)
_SUMS = ir.VectorType(_I32, VECTOR // 2)
_PERMUTE = "llvm.x86.avx512.permvar.qi.512"


@intrinsic
def add_rows(
    typing_context: Any, vectors: Any, more: Any, codes: Any, start: Any, rows: Any,
    indices: Any, first: Any, stride: Any, shifts: Any, first_shift: Any, terms: Any, out: Any,
    position: Any,
) -> Any:  # fmt: skip
    """Do out[position + i] (+)= sum over terms t of rows[index t][codes[start + shift t + i]].

    Index t is indices[first + t * stride], shift t is shifts[first_shift + t].

    Args:
        typing_context: given by Numba.
        vectors: literal, i runs from 0 to 64 * vectors - 1.
        more: literal, 1 to add to `out`, 0 to overwrite it.
        codes: uint8, flat and contiguous.
        start: int64 position in `codes`.
        rows: uint8 [n][2][256], low bytes and high bytes, flat and contiguous.
        indices: uint16, flat and contiguous.
        first: int64 position in `indices`.
        stride: int64.
        shifts: int64, flat and contiguous.
        first_shift: int64 position in `shifts`.
        terms: int64, at most `MOST_TERMS`.
        out: int32, flat and contiguous.
        position: int64 position in `out`.
    """
    if not (isinstance(vectors, types.IntegerLiteral) and isinstance(more, types.IntegerLiteral)):
        return None
    count, accumulate = vectors.literal_value, bool(more.literal_value)
    signature = types.void(vectors, more, codes, start, rows, indices, first, stride, shifts,
                           first_shift, terms, out, position)  # fmt: skip

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        codes_at, rows_at, indices_at, shifts_at, out_at = (
            context.make_array(signature.args[i])(context, builder, arguments[i]).data
            for i in (2, 4, 5, 8, 11)
        )
        start, first, stride, first_shift, terms, position = (
            arguments[i] for i in (3, 6, 7, 9, 10, 12)
        )
        totals = [
            [cgutils.alloca_once_value(builder, ir.Constant(_HALVES, None)) for _ in range(4)]
            for _ in range(count)
        ]
        with cgutils.for_range(builder, terms, intp=_I64) as loop:
            index_at = builder.add(first, builder.mul(loop.index, stride))
            index = builder.zext(builder.load(builder.gep(indices_at, [index_at])), _I64)
            shift_at = builder.add(first_shift, loop.index)
            shift = builder.load(builder.gep(shifts_at, [shift_at]))
            row = builder.gep(rows_at, [builder.mul(index, _I64(512))])
            table = [_load_bytes(builder, row, _I64(VECTOR * i)) for i in range(8)]
            for vector in range(count):
                at = builder.add(builder.add(start, shift), _I64(VECTOR * vector))
                code = _load_bytes(builder, codes_at, at)
                _add_products(builder, table, code, totals[vector])
        for vector in range(count):
            at = builder.add(position, _I64(VECTOR * vector))
            _widen(builder, totals[vector], builder.gep(out_at, [at]), accumulate)
        return context.get_dummy_value()

    return signature, generate


def _load_bytes(builder: Any, pointer: Any, offset: Any) -> Any:
    source = builder.gep(pointer, [offset])
    return builder.load(builder.bitcast(source, _BYTES.as_pointer()), align=1)


def _add_products(builder: Any, table: list[Any], code: Any, totals: list[Any]) -> None:
    """Add the low and the high bytes of 64 products: pairs of bytes, and the odd ones."""
    permute = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(_BYTES, [_BYTES] * 2), _PERMUTE
    )
    zero = ir.Constant(_BYTES, None)
    eight = ir.Constant(_HALVES, [_I16(8)] * (VECTOR // 2))
    bit_6 = builder.icmp_signed("<", builder.add(code, code), zero)
    bit_7 = builder.icmp_signed("<", code, zero)
    masks = (bit_6, bit_7, builder.and_(bit_6, bit_7))
    for half in range(2):
        quarters = table[4 * half : 4 * half + 4]
        products = builder.call(permute, [quarters[0], code])
        for mask, quarter in zip(masks, quarters[1:], strict=True):
            products = builder.select(mask, builder.call(permute, [quarter, code]), products)
        pairs = builder.bitcast(products, _HALVES)
        parts = (pairs, builder.lshr(pairs, eight))
        for slot, part in zip(totals[2 * half : 2 * half + 2], parts, strict=True):
            builder.store(builder.add(builder.load(slot), part), slot)


def _widen(builder: Any, totals: list[Any], pointer: Any, accumulate: bool) -> None:
    """Store low + 256 * high, even and odd bytes interleaved, as 64 int32."""
    low_pairs, low_odd, high_pairs, high_odd = (builder.load(slot) for slot in totals)
    eight = ir.Constant(_HALVES, [_I16(8)] * (VECTOR // 2))
    low_even = builder.sub(low_pairs, builder.shl(low_odd, eight))
    high_even = builder.sub(high_pairs, builder.shl(high_odd, eight))
    wide_eight = ir.Constant(_SUMS, [_I32(8)] * (VECTOR // 2))
    even, odd = (
        builder.add(
            builder.zext(low, _SUMS), builder.shl(builder.zext(high, _SUMS), wide_eight)
        )
        for low, high in ((low_even, high_even), (low_odd, high_odd))
    )
    for part in range(2):
        begin = part * VECTOR // 4
        lanes = [_I32(begin + i // 2 + (i % 2) * VECTOR // 2) for i in range(VECTOR // 2)]
        mask = ir.Constant(ir.VectorType(_I32, VECTOR // 2), lanes)
        target = builder.gep(pointer, [_I64(part * VECTOR // 2)])
        target = builder.bitcast(target, _SUMS.as_pointer())
        summed = builder.shuffle_vector(even, odd, mask)
        if accumulate:
            summed = builder.add(builder.load(target, align=4), summed)
        builder.store(summed, target, align=4)
