"""Look-ups of neighbouring activations of one output channel at once, in vector registers.

A row of 256 products is 256 low bytes, then 256 high bytes; `byte_look_ups` says how bytes are
looked up. Bytes are summed in 16-bit lanes, pairs of neighbours and, apart, the odd ones, for at
most 128 terms. Low sums + 256 * high sums are then a multiplication of pairs of words, and stay
in the order of these pairs, `sum_order`: whoever reads them puts them where they belong.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.host.byte_look_ups import (
    Look,
    instructions_of,
    load_bytes,
    splat,
    width_of,
)
from evoapproxnas.emulation.kernels.host.lanes import array_data, broadcast

MOST_TERMS = 128
"""Bytes whose sum a signed 16-bit lane is certain to hold."""

_I8, _I16, _I32, _I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))
_FOUR = 4
"""Neighbours that the interleaving of words leaves together."""


def sum_order(look: Look) -> npt.NDArray[np.int64]:
    """Return the position of each of the sums that `add_rows` makes of one vector of codes.

    Args:
        look: selects the instructions.
    """
    words = np.arange(width_of(look) // 2).reshape(-1, 2, _FOUR).transpose(1, 0, 2).reshape(-1)
    return np.concatenate([2 * words, 2 * words + 1])


@intrinsic
def add_rows(
    typing_context: Any, look: Any, more: Any, windows: Any, codes: Any, start: Any, rows: Any,
    indices: Any, first: Any, stride: Any, shifts: Any, terms: Any, factor: Any, signed: Any,
    out: Any, position: Any,
) -> Any:  # fmt: skip
    """Do out[position + j] (+)= sum over t of rows[index t][code] - factor * value of the code.

    The code is codes[start + shifts[t] + i], index t is indices[first + t * stride]; i = j, but
    for the order of each vector, which `sum_order` gives.

    Args:
        typing_context: given by Numba.
        look: selects the instructions; i runs from 0 to look.positions - 1.
        more: literal, 1 to add to `out`, 0 to overwrite it.
        windows: literal, 0 to leave out what `factor` multiplies.
        codes: uint8, flat and contiguous.
        start: int64 position in `codes`.
        rows: uint8 [n][2][256], low bytes and high bytes as `look` wants them, flat.
        indices: uint16, flat and contiguous.
        first: int64 position in `indices`.
        stride: int64.
        shifts: int64, flat and contiguous.
        terms: int64, at most `MOST_TERMS`.
        factor: int32.
        signed: boolean, whether codes are two's complement.
        out: int32, flat and contiguous.
        position: int64 position in `out`.
    """
    literals, instructions = (more, windows), instructions_of(look)
    if instructions is None or not all(isinstance(x, types.IntegerLiteral) for x in literals):
        return None
    accumulate, with_windows = (literal.literal_value for literal in literals)
    signature = types.void(look, *literals, codes, start, rows, indices, first, stride, shifts,
                           terms, factor, signed, out, position)  # fmt: skip
    width, count = instructions.width, instructions.vectors
    halves = ir.VectorType(_I16, width // 2)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        codes_at, rows_at, indices_at, shifts_at, out_at = (
            array_data(context, builder, signature, arguments, i) for i in (3, 5, 6, 9, 13)
        )
        start, first, stride, terms, factor, signed = (arguments[i] for i in (4, 7, 8, 10, 11, 12))
        target = builder.gep(out_at, [arguments[14]])
        totals = [
            [
                cgutils.alloca_once_value(builder, ir.Constant(halves, None))
                for _ in range(6 if with_windows else 4)
            ]
            for _ in range(count)
        ]
        # Two's complement codes are summed as code + 128, which flips the top bit.
        top_bit = builder.select(signed, _I8(128), _I8(0))
        flip = broadcast(builder, top_bit, instructions.kind)
        with cgutils.for_range(builder, terms, intp=_I64) as loop:
            index_at = builder.add(first, builder.mul(loop.index, stride))
            index = builder.zext(builder.load(builder.gep(indices_at, [index_at])), _I64)
            shift = builder.load(builder.gep(shifts_at, [loop.index]))
            row = builder.gep(rows_at, [builder.mul(index, _I64(512))])
            tables = [
                instructions.read(builder, builder.gep(row, [_I64(256 * half)]))
                for half in range(2)
            ]
            for vector in range(count):
                at = builder.add(builder.add(start, shift), _I64(width * vector))
                code = load_bytes(builder, codes_at, at, instructions.kind)
                low, high = instructions.find(builder, tables, code)
                _add_bytes(builder, low, totals[vector][:2])
                _add_bytes(builder, high, totals[vector][2:4])
                if with_windows:
                    _add_bytes(builder, builder.xor(code, flip), totals[vector][4:])
        surplus = builder.mul(builder.trunc(terms, _I32), builder.zext(top_bit, _I32))
        for vector in range(count):
            sums = _joined(builder, *(_even_and_odd(builder, totals[vector][i:]) for i in (0, 2)))
            if with_windows:
                window = _widened(builder, _even_and_odd(builder, totals[vector][4:]))
                scale, less = (broadcast(builder, x, sums[0].type) for x in (factor, surplus))
                sums = [
                    builder.sub(total, builder.mul(scale, builder.sub(values, less)))
                    for total, values in zip(sums, window, strict=True)
                ]
            _store(builder, sums, builder.gep(target, [_I64(width * vector)]), accumulate)
        return context.get_dummy_value()

    return signature, generate


def _add_bytes(builder: Any, values: Any, totals: list[Any]) -> None:
    """Add bytes to sums of pairs (first byte + 256 * second), and of second bytes."""
    halves = ir.VectorType(_I16, values.type.count // 2)
    pairs = builder.bitcast(values, halves)
    second = builder.lshr(pairs, splat(halves, 8))
    for slot, part in zip(totals, (pairs, second), strict=True):
        builder.store(builder.add(builder.load(slot), part), slot)


def _even_and_odd(builder: Any, totals: list[Any]) -> list[Any]:
    """Return the sums of even and of odd bytes, 16 bits."""
    pairs, odd = (builder.load(slot) for slot in totals[:2])
    return [builder.sub(pairs, builder.shl(odd, splat(odd.type, 8))), odd]


def _joined(builder: Any, low: list[Any], high: list[Any]) -> list[Any]:
    """Return low + 256 * high, int32, of sums of even and of odd bytes."""
    kind = low[0].type
    name = "avx512.pmaddw.d.512" if kind.count == 32 else "avx2.pmadd.wd"
    wide = ir.VectorType(_I32, kind.count // 2)
    multiply = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(wide, [kind] * 2), f"llvm.x86.{name}"
    )
    factors = ir.Constant(kind, [_I16(256 if i % 2 else 1) for i in range(kind.count)])
    return [
        builder.call(multiply, [_interleaved(builder, *pair, half), factors])
        for pair in zip(low, high, strict=True)
        for half in range(2)
    ]


def _widened(builder: Any, sums: list[Any]) -> list[Any]:
    """Return sums of even and of odd bytes, int32."""
    kind = sums[0].type
    wide = ir.VectorType(_I32, kind.count // 2)
    nothing = ir.Constant(kind, None)
    return [
        builder.bitcast(_interleaved(builder, each, nothing, half), wide)
        for each in sums
        for half in range(2)
    ]


def _interleaved(builder: Any, low: Any, high: Any, half: int) -> Any:
    """Interleave words of one half of each 16 bytes, as `vpunpcklwd` and `vpunpckhwd` do."""
    count = low.type.count
    lanes = [
        _I32(2 * _FOUR * lane + _FOUR * half + i // 2 + count * (i % 2))
        for lane in range(count // (2 * _FOUR))
        for i in range(2 * _FOUR)
    ]
    return builder.shuffle_vector(low, high, ir.Constant(ir.VectorType(_I32, count), lanes))


def _store(builder: Any, sums: list[Any], pointer: Any, accumulate: bool) -> None:
    """Write vectors one behind the other."""
    for i, summed in enumerate(sums):
        kind = summed.type
        target = builder.bitcast(builder.gep(pointer, [_I64(i * kind.count)]), kind.as_pointer())
        if accumulate:
            summed = builder.add(builder.load(target, align=4), summed)
        builder.store(summed, target, align=4)
