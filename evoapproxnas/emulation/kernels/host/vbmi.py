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
    typing_context: Any, vectors: Any, more: Any, windows: Any, codes: Any, start: Any,
    rows: Any, indices: Any, first: Any, stride: Any, shifts: Any, terms: Any, factor: Any,
    signed: Any, out: Any,
) -> Any:  # fmt: skip
    """Do out[i] (+)= sum over terms t of rows[index t][code] - factor * value of the code.

    The code is codes[start + shifts[t] + i], index t is indices[first + t * stride].

    Args:
        typing_context: given by Numba.
        vectors: literal, i runs from 0 to 64 * vectors - 1.
        more: literal, 1 to add to `out`, 0 to overwrite it.
        windows: literal, 0 to leave out what `factor` multiplies.
        codes: uint8, flat and contiguous.
        start: int64 position in `codes`.
        rows: uint8 [n][2][256], low bytes and high bytes, flat and contiguous.
        indices: uint16, flat and contiguous.
        first: int64 position in `indices`.
        stride: int64.
        shifts: int64, flat and contiguous.
        terms: int64, at most `MOST_TERMS`.
        factor: int32.
        signed: boolean, whether codes are two's complement.
        out: int32, flat and contiguous.
    """
    literals = (vectors, more, windows)
    if not all(isinstance(literal, types.IntegerLiteral) for literal in literals):
        return None
    count, accumulate, with_windows = (literal.literal_value for literal in literals)
    signature = types.void(*literals, codes, start, rows, indices, first, stride, shifts, terms,
                           factor, signed, out)  # fmt: skip

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        codes_at, rows_at, indices_at, shifts_at, out_at = (
            context.make_array(signature.args[i])(context, builder, arguments[i]).data
            for i in (3, 5, 6, 9, 13)
        )
        start, first, stride, terms, factor, signed = (arguments[i] for i in (4, 7, 8, 10, 11, 12))
        totals = [
            [
                cgutils.alloca_once_value(builder, ir.Constant(_HALVES, None))
                for _ in range(6 if with_windows else 4)
            ]
            for _ in range(count)
        ]
        # Two's complement codes are summed as code + 128, which flips the top bit.
        top_bit = builder.select(signed, _I8(128), _I8(0))
        flip = _broadcast(builder, top_bit, _BYTES)
        with cgutils.for_range(builder, terms, intp=_I64) as loop:
            index_at = builder.add(first, builder.mul(loop.index, stride))
            index = builder.zext(builder.load(builder.gep(indices_at, [index_at])), _I64)
            shift = builder.load(builder.gep(shifts_at, [loop.index]))
            row = builder.gep(rows_at, [builder.mul(index, _I64(512))])
            table = [_load_bytes(builder, row, _I64(VECTOR * i)) for i in range(8)]
            for vector in range(count):
                at = builder.add(builder.add(start, shift), _I64(VECTOR * vector))
                code = _load_bytes(builder, codes_at, at)
                _add_products(builder, table, code, totals[vector])
                if with_windows:
                    _add_bytes(builder, builder.xor(code, flip), totals[vector][4:])
        surplus = builder.mul(builder.trunc(terms, _I32), builder.zext(top_bit, _I32))
        for vector in range(count):
            sums = _even_and_odd(builder, totals[vector])
            if with_windows:
                window = _even_and_odd(builder, totals[vector][4:])
                scale = _broadcast(builder, factor, _SUMS)
                less = _broadcast(builder, surplus, _SUMS)
                sums = [
                    builder.sub(total, builder.mul(scale, builder.sub(values, less)))
                    for total, values in zip(sums, window, strict=True)
                ]
            _store(builder, sums, builder.gep(out_at, [_I64(VECTOR * vector)]), accumulate)
        return context.get_dummy_value()

    return signature, generate


def _load_bytes(builder: Any, pointer: Any, offset: Any) -> Any:
    source = builder.gep(pointer, [offset])
    return builder.load(builder.bitcast(source, _BYTES.as_pointer()), align=1)


def look_up_bytes(builder: Any, table: list[Any], codes: Any) -> Any:
    """Return the bytes of a table, four vectors of 64, at 64 codes."""
    permute = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(_BYTES, [_BYTES] * 2), _PERMUTE
    )
    zero = ir.Constant(_BYTES, None)
    bit_6 = builder.icmp_signed("<", builder.add(codes, codes), zero)
    bit_7 = builder.icmp_signed("<", codes, zero)
    found = builder.call(permute, [table[0], codes])
    for mask, part in zip((bit_6, bit_7, builder.and_(bit_6, bit_7)), table[1:], strict=True):
        found = builder.select(mask, builder.call(permute, [part, codes]), found)
    return found


def _add_products(builder: Any, table: list[Any], codes: Any, totals: list[Any]) -> None:
    """Add the low and the high bytes of 64 products to their sums."""
    for half in (slice(0, 4), slice(4, 8)):
        products = look_up_bytes(builder, table[half], codes)
        _add_bytes(builder, products, totals[half.start // 2 : half.stop // 2])


def _add_bytes(builder: Any, values: Any, totals: list[Any]) -> None:
    """Add 64 bytes to sums of pairs (first byte + 256 * second), and of second bytes."""
    pairs = builder.bitcast(values, _HALVES)
    second = builder.lshr(pairs, _splat(_HALVES, _I16(8)))
    for slot, part in zip(totals, (pairs, second), strict=True):
        builder.store(builder.add(builder.load(slot), part), slot)


def _even_and_odd(builder: Any, totals: list[Any]) -> list[Any]:
    """Return the sums of even and of odd bytes, int32, plus 256 times those of a second two."""
    pairs, odd = (builder.load(slot) for slot in totals[:2])
    even = builder.sub(pairs, builder.shl(odd, _splat(_HALVES, _I16(8))))
    low = [builder.zext(each, _SUMS) for each in (even, odd)]
    if len(totals) < 4:
        return low
    high = _even_and_odd(builder, totals[2:4])
    eight = _splat(_SUMS, _I32(8))
    return [builder.add(a, builder.shl(b, eight)) for a, b in zip(low, high, strict=True)]


def _store(builder: Any, sums: list[Any], pointer: Any, accumulate: bool) -> None:
    """Interleave even and odd sums into 64 int32."""
    for part in range(2):
        begin = part * VECTOR // 4
        lanes = [_I32(begin + i // 2 + (i % 2) * VECTOR // 2) for i in range(VECTOR // 2)]
        mask = ir.Constant(ir.VectorType(_I32, VECTOR // 2), lanes)
        target = builder.gep(pointer, [_I64(part * VECTOR // 2)])
        target = builder.bitcast(target, _SUMS.as_pointer())
        summed = builder.shuffle_vector(*sums, mask)
        if accumulate:
            summed = builder.add(builder.load(target, align=4), summed)
        builder.store(summed, target, align=4)


def _splat(kind: Any, value: Any) -> Any:
    return ir.Constant(kind, [value] * kind.count)


def _broadcast(builder: Any, value: Any, kind: Any) -> Any:
    """Return a vector of equal values that are known at run time only."""
    single = builder.insert_element(ir.Constant(kind, None), value, _I32(0))
    mask = ir.Constant(ir.VectorType(_I32, kind.count), None)
    return builder.shuffle_vector(single, ir.Constant(kind, None), mask)
