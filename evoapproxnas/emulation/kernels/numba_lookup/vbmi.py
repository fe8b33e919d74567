"""Look-ups with AVX-512 VBMI: 64 activations of one output channel at once, in registers.

A row of 256 products is 256 low bytes, then 256 high bytes: eight registers. `vpermi2b` selects
from two of them by seven bits of a code; the code's top bit chooses between two such results.
Bytes are summed in 16-bit lanes, low and high, even and odd apart, for at most 256 terms.
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
_PERMUTE = "llvm.x86.avx512.vpermi2var.qi.512"


@intrinsic
def add_rows(
    typing_context: Any, vectors: Any, codes: Any, start: Any, rows: Any, indices: Any,
    first: Any, stride: Any, shifts: Any, first_shift: Any, terms: Any, out: Any, position: Any,
) -> Any:  # fmt: skip
    """Do out[position + i] += sum over terms t of rows[index t][codes[start + shift t + i]].

    Index t is indices[first + t * stride], shift t is shifts[first_shift + t].

    Args:
        typing_context: given by Numba.
        vectors: literal, i runs from 0 to 64 * vectors - 1.
        codes: uint8, flat and contiguous.
        start: int64 position in `codes`.
        rows: uint8 [n][2][256], low bytes and high bytes, flat and contiguous.
        indices: int64, flat and contiguous.
        first: int64 position in `indices`.
        stride: int64.
        shifts: int64, flat and contiguous.
        first_shift: int64 position in `shifts`.
        terms: int64, at most `MOST_TERMS`.
        out: int32, flat and contiguous.
        position: int64 position in `out`.
    """
    if not isinstance(vectors, types.IntegerLiteral):
        return None
    count = vectors.literal_value
    signature = types.void(vectors, codes, start, rows, indices, first, stride, shifts,
                           first_shift, terms, out, position)  # fmt: skip

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        codes_at, rows_at, indices_at, shifts_at, out_at = (
            context.make_array(signature.args[i])(context, builder, arguments[i]).data
            for i in (1, 3, 4, 7, 10)
        )
        start, first, stride, first_shift, terms, position = (
            arguments[i] for i in (2, 5, 6, 8, 9, 11)
        )
        totals = [
            [cgutils.alloca_once_value(builder, ir.Constant(_HALVES, None)) for _ in range(4)]
            for _ in range(count)
        ]
        with cgutils.for_range(builder, terms, intp=_I64) as loop:
            index_at = builder.add(first, builder.mul(loop.index, stride))
            index = builder.load(builder.gep(indices_at, [index_at]))
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
            _widen(builder, totals[vector], builder.gep(out_at, [at]))
        return context.get_dummy_value()

    return signature, generate


def _load_bytes(builder: Any, pointer: Any, offset: Any) -> Any:
    source = builder.gep(pointer, [offset])
    return builder.load(builder.bitcast(source, _BYTES.as_pointer()), align=1)


def look_up_bytes(builder: Any, table: list[Any], codes: Any) -> Any:
    """Return the bytes of a table, four vectors of 64, at 64 codes."""
    permute = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(_BYTES, [_BYTES] * 3), _PERMUTE
    )
    upper = builder.icmp_signed("<", codes, ir.Constant(_BYTES, None))
    lower_codes = builder.call(permute, [table[0], codes, table[1]])
    upper_codes = builder.call(permute, [table[2], codes, table[3]])
    return builder.select(upper, upper_codes, lower_codes)


def _add_products(builder: Any, table: list[Any], code: Any, totals: list[Any]) -> None:
    """Add the low and the high bytes of 64 products to even and odd 16-bit lanes."""
    low_byte = ir.Constant(_HALVES, [_I16(255)] * (VECTOR // 2))
    eight = ir.Constant(_HALVES, [_I16(8)] * (VECTOR // 2))
    for half in range(2):
        quarter = table[4 * half : 4 * half + 4]
        products = builder.bitcast(look_up_bytes(builder, quarter, code), _HALVES)
        parts = (builder.and_(products, low_byte), builder.lshr(products, eight))
        for slot, part in zip(totals[2 * half : 2 * half + 2], parts, strict=True):
            builder.store(builder.add(builder.load(slot), part), slot)


def _widen(builder: Any, totals: list[Any], pointer: Any) -> None:
    """Add low + 256 * high, even and odd lanes interleaved, to 64 int32."""
    low_even, low_odd, high_even, high_odd = (
        builder.zext(builder.load(slot), _SUMS) for slot in totals
    )
    eight = ir.Constant(_SUMS, [_I32(8)] * (VECTOR // 2))
    even = builder.add(low_even, builder.shl(high_even, eight))
    odd = builder.add(low_odd, builder.shl(high_odd, eight))
    for part in range(2):
        begin = part * VECTOR // 4
        lanes = [_I32(begin + i // 2 + (i % 2) * VECTOR // 2) for i in range(VECTOR // 2)]
        mask = ir.Constant(ir.VectorType(_I32, VECTOR // 2), lanes)
        target = builder.gep(pointer, [_I64(part * VECTOR // 2)])
        target = builder.bitcast(target, _SUMS.as_pointer())
        summed = builder.add(
            builder.load(target, align=4), builder.shuffle_vector(even, odd, mask)
        )
        builder.store(summed, target, align=4)
