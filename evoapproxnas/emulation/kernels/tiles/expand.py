"""Look-ups of a byte for each of a line of codes, by whatever the CPU has for it.

With byte shuffles a table takes sixteen of them; most features take two, because they are the sum
or the conjunction of a function of a code's low four bits and one of its high four bits: the code
itself, some of its bits, and products of bits.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

from evoapproxnas.emulation.kernels.host.byte_look_ups import (
    Instructions,
    Permute,
    instructions_of,
    load_bytes,
    repeat_row,
    shuffle,
    splat,
)
from evoapproxnas.emulation.kernels.host.compiling import inner
from evoapproxnas.emulation.kernels.host.lanes import array_data

VECTOR = 64
"""The most codes that are looked up at once."""
SUM, CONJUNCTION, ANY = range(3)
"""Forms of a feature: of two functions of four bits, or none of these."""
_I16, _I64 = ir.IntType(16), ir.IntType(64)


def look_up_codes(
    look: Any, codes: Any, count: Any, tables: Any, feature: Any, out: Any, position: Any
) -> None:
    """Do out[position + i] = feature of codes[i] for i < count, and up to 63 values behind.

    Args:
        look: selects the instructions, see `byte_look_ups`.
        codes: uint8, flat; as far behind the last code may be read.
        count: int64.
        tables: from `feature_tables`.
        feature: int64.
        out: uint8 or int16, flat.
        position: int64 position in `out`.
    """
    raise NotImplementedError


@inner
def feature_tables(features: Any) -> Any:
    """Return what `look_up_codes` needs of features, uint8 (features, 256), all flat.

    Returns:
        The features; the same as `byte_look_ups.shuffle_rows`; the two functions of features that
        have such a form, 16 bytes each; and the forms, int64.
    """
    number = features.shape[0]
    rows, halves = features.copy(), np.zeros((number, 32), np.uint8)
    forms = np.full(number, ANY, np.int64)
    for i in range(number):
        for at in range(16, 128):
            rows[i, at] ^= features[i, at - 16]
            rows[i, 128 + at] ^= features[i, 128 + at - 16]
        for form in (SUM, CONJUNCTION):
            if forms[i] == ANY and _split(features[i], form, halves[i]):
                forms[i] = form
    return features.reshape(-1), rows.reshape(-1), halves.reshape(-1), forms


@inner
def _split(feature: Any, form: int, halves: Any) -> bool:
    """Find the two functions of a form, and say whether the feature has it."""
    halves[:] = 0
    for low in range(16):
        for high in range(16):
            if form == CONJUNCTION:
                halves[low] |= feature[16 * high + low]
                halves[16 + high] |= feature[16 * high + low]
        if form == SUM:
            halves[low] = feature[low]
            halves[16 + low] = np.uint8(feature[16 * low] - feature[0])
    for low in range(16):
        for high in range(16):
            found = halves[low] & halves[16 + high]
            if form == SUM:
                found = np.uint8(halves[low] + halves[16 + high])
            if found != feature[16 * high + low]:
                return False
    return True


@overload(look_up_codes)
def _look_up_codes(
    look: Any, codes: Any, count: Any, tables: Any, feature: Any, out: Any, position: Any
) -> Any:
    if instructions_of(look) is None:
        return None

    def permuted(
        look: Any, codes: Any, count: Any, tables: Any, feature: Any, out: Any, position: Any
    ) -> None:
        _in_table(look, codes, count, tables[0], feature * 256, out, position)

    def shuffled(
        look: Any, codes: Any, count: Any, tables: Any, feature: Any, out: Any, position: Any
    ) -> None:
        _, rows, halves, forms = tables
        if forms[feature] == SUM:
            _in_sum(look, codes, count, halves, feature * 32, out, position)
        elif forms[feature] == CONJUNCTION:
            _in_conjunction(look, codes, count, halves, feature * 32, out, position)
        else:
            _in_table(look, codes, count, rows, feature * 256, out, position)

    return permuted if look.instance_class is Permute else shuffled


Emit = Callable[[Any, Any, Instructions], Callable[[Any], Any]]
"""Emits the loading of a table, and returns what emits the look-ups of a vector of codes in it."""


def _line(emit: Emit) -> Any:
    @intrinsic
    def look_up_line(
        typing_context: Any, look: Any, codes: Any, count: Any, table: Any, row: Any, out: Any,
        position: Any,
    ) -> Any:  # fmt: skip
        signature = types.void(look, codes, count, table, row, out, position)
        instructions = instructions_of(look)
        if instructions is None:
            return None

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            codes_at, table_at, out_at = (
                array_data(context, builder, signature, arguments, i) for i in (1, 3, 5)
            )
            width, target = instructions.width, builder.gep(out_at, [arguments[6]])
            find = emit(builder, builder.gep(table_at, [arguments[4]]), instructions)
            most = builder.add(arguments[2], _I64(width - 1))
            with cgutils.for_range(builder, builder.udiv(most, _I64(width)), intp=_I64) as loop:
                offset = builder.mul(loop.index, _I64(width))
                found = find(load_bytes(builder, codes_at, offset, instructions.kind))
                if signature.args[5].dtype == types.int16:
                    found = builder.zext(found, ir.VectorType(_I16, width))
                place = builder.bitcast(builder.gep(target, [offset]), found.type.as_pointer())
                builder.store(found, place, align=1)
            return context.get_dummy_value()

        return signature, generate

    return look_up_line


def _whole(builder: Any, place: Any, instructions: Instructions) -> Callable[[Any], Any]:
    table = instructions.read(builder, place)
    return lambda codes: instructions.find(builder, [table], codes)[0]


def _halves(combine: str) -> Emit:
    def emit(builder: Any, place: Any, instructions: Instructions) -> Callable[[Any], Any]:
        low, high = (repeat_row(builder, place, at, instructions.width) for at in (0, 16))

        def find(codes: Any) -> Any:
            four = splat(codes.type, 15)
            above = builder.lshr(codes, splat(codes.type, 4))
            parts = (
                shuffle(builder, low, builder.and_(codes, four)),
                shuffle(builder, high, above),
            )
            return getattr(builder, combine)(*parts)

        return find

    return emit


_in_table = _line(_whole)
"""Looks a line of codes up in 256 bytes."""
_in_sum = _line(_halves("add"))
"""Looks it up in two times 16 bytes, and adds."""
_in_conjunction = _line(_halves("and_"))
"""Looks it up in two times 16 bytes, and conjoins."""
