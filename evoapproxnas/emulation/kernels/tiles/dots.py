"""Inner products in vector registers: the overloads of `loops.add_units` for `REGISTERS`.

Kernels take the named tuples from here, so that the overloads are there before they are called.
"""

from collections.abc import Callable
from functools import reduce
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from evoapproxnas.emulation.kernels.host.lanes import LANES, array_data
from evoapproxnas.emulation.kernels.tiles.loops import add_units, begin_block, end_block
from evoapproxnas.emulation.kernels.tiles.registers import (
    REGISTERS,
    UNIT_BYTES,
    Registers,
    Vnni256,
    Vnni512,
    Words256,
    Words512,
)

__all__ = ["UNIT_BYTES", "Vnni256", "Vnni512", "Words256", "Words512"]

_I8, _I32, _I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)


@overload(begin_block)
@overload(end_block)
def _nothing(method: Any) -> Any:
    def nothing(method: Any) -> None:
        pass

    return nothing if _registers(method) else None


def _registers(method: Any) -> Registers | None:
    return REGISTERS.get(getattr(method, "instance_class", None))  # type: ignore[arg-type]


@overload(add_units, prefer_literal=True)
def _add_units(
    method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any, begin: Any,
    end: Any, sums: Any,
) -> Any:  # fmt: skip
    registers = _registers(method)
    if registers is None:
        return None
    units = registers.units

    def together(
        method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any,
        begin: Any, end: Any, sums: Any,
    ) -> None:  # fmt: skip
        for first in range(0, starts.shape[0], method.pixels):
            add_dots(method, 2, 0, 2, 1, buffer, starts, first, offsets, weights, begin, end,
                     sums)  # fmt: skip

    def in_turn(
        method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any,
        begin: Any, end: Any, sums: Any,
    ) -> None:  # fmt: skip
        for first in range(0, starts.shape[0], method.pixels):
            add_dots(method, 2, 0, 1, 1, buffer, starts, first, offsets, weights, begin, end,
                     sums)  # fmt: skip
            add_dots(method, 2, 1, 1, 1, buffer, starts, first, offsets, weights, begin, end,
                     sums)  # fmt: skip

    def single(
        method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any,
        begin: Any, end: Any, sums: Any,
    ) -> None:  # fmt: skip
        paired = end - (end - begin) % units
        for first in range(0, starts.shape[0], method.pixels):
            add_dots(method, 1, 0, 1, units, buffer, starts, first, offsets, weights, begin,
                     paired, sums)  # fmt: skip
            if units > 1:
                add_dots(method, 1, 0, 1, 1, buffer, starts, first, offsets, weights, paired, end,
                         sums)  # fmt: skip

    if vectors.literal_value == 1:
        return single
    return together if registers.together > 1 else in_turn


@intrinsic(prefer_literal=True)
def add_dots(
    typing_context: Any, method: Any, vectors: Any, vector: Any, taken: Any, units: Any,
    buffer: Any, starts: Any, first: Any, offsets: Any, weights: Any, begin: Any, end: Any,
    sums: Any,
) -> Any:  # fmt: skip
    """Add the products of units begin .. end - 1 to the sums of some pixels from `first` on.

    Args:
        typing_context: given by Numba.
        method: selects the registers.
        vectors: literal, of 16 outputs each, in a row of weights.
        vector: literal, the first of them whose sums are wanted.
        taken: literal, how many are.
        units: literal, how many have accumulators of their own; it divides end - begin.
        buffer: uint8 or int16, flat.
        starts: int64 (pixels,), position of each pixel's window in `buffer`.
        first: int64 index of the first pixel.
        offsets: int64, see `plan.Block`.
        weights: int8 or int16, see `plan.Block`; a unit has 4 bytes.
        begin: int64 unit.
        end: int64 unit.
        sums: int32, flat: [vector][pixel][16 outputs].
    """
    literals = (vectors, vector, taken, units)
    if not all(isinstance(literal, types.IntegerLiteral) for literal in literals):
        return None
    registers = REGISTERS[method.instance_class]
    row, begun, count, parts = (literal.literal_value for literal in literals)
    signature = types.void(
        method, *literals, buffer, starts, first, offsets, weights, begin, end, sums
    )

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        buffer_at, starts_at, offsets_at, weights_at, sums_at = (
            array_data(context, builder, signature, arguments, i) for i in (5, 6, 8, 9, 12)
        )
        first, begin, end = arguments[7], arguments[10], arguments[11]
        pixels = context.make_array(signature.args[6])(context, builder, arguments[6]).nitems
        windows = []
        for pixel in range(registers.pixels):
            start = builder.load(builder.gep(starts_at, [builder.add(first, _I64(pixel))]))
            windows.append(builder.gep(buffer_at, [start]))
        slots = [
            _slot(builder, registers, sums_at, pixels, begun + each, part, first, pixel)
            for each in range(count)
            for part in range(registers.parts)
            for pixel in range(registers.pixels)
        ]
        zeros = [ir.Constant(registers.kind, None)] * ((parts - 1) * len(slots))
        initial = [builder.load(slot, align=4) for slot in slots] + zeros
        bytes_at = builder.bitcast(weights_at, _I8.as_pointer())
        bytes_at = builder.gep(bytes_at, [_I64(begun * LANES * UNIT_BYTES)])
        step = _products(builder, registers, windows, offsets_at, bytes_at, row, count, parts)
        totals = _accumulate(builder, begin, end, parts, initial, step)
        for index, slot in enumerate(slots):
            total = reduce(builder.add, totals[index :: len(slots)])
            builder.store(total, slot, align=4)
        return context.get_dummy_value()

    return signature, generate


def _slot(
    builder: Any, registers: Registers, sums: Any, pixels: Any, vector: int, part: int,
    first: Any, pixel: int,
) -> Any:  # fmt: skip
    """Return where the sums of a register lie: [vector][pixel][part of the 16 outputs]."""
    row = builder.add(builder.mul(pixels, _I64(vector)), builder.add(first, _I64(pixel)))
    at = builder.add(builder.mul(row, _I64(LANES)), _I64(part * registers.lanes))
    return builder.bitcast(builder.gep(sums, [at]), registers.kind.as_pointer())


def _products(
    builder: Any, registers: Registers, windows: list[Any], offsets: Any, weights: Any,
    vectors: int, taken: int, units: int,
) -> Callable[[Any, list[Any]], list[Any]]:  # fmt: skip
    """Return the step that adds the products of units to sums [unit][vector][part][pixel]."""
    row_bytes, register_bytes = vectors * LANES * UNIT_BYTES, registers.lanes * UNIT_BYTES
    each = taken * registers.parts

    def step(first: Any, sums: list[Any]) -> list[Any]:
        row = builder.gep(weights, [builder.mul(first, _I64(row_bytes))])
        for unit in range(units):
            offset = builder.load(builder.gep(offsets, [builder.add(first, _I64(unit))]))
            factors = [
                _load(builder, row, unit * row_bytes + i * register_bytes, registers.kind)
                for i in range(each)
            ]
            for pixel, window in enumerate(windows):
                here = builder.gep(window, [offset])
                four = _splat(builder, _load(builder, here, 0, _I32), registers.kind)
                for i, factor in enumerate(factors):
                    at = (unit * each + i) * registers.pixels + pixel
                    sums[at] = registers.dot(builder, sums[at], four, factor)
        return sums

    return step


def _accumulate(
    builder: Any, begin: Any, end: Any, units: int, initial: list[Any], step: Any
) -> list[Any]:
    """Return what `step` makes of the initial sums, some units after others, in registers."""
    before = builder.block
    head, body, done = (builder.append_basic_block(name) for name in ("head", "body", "done"))
    builder.branch(head)
    builder.position_at_end(head)
    unit = builder.phi(_I64)
    sums = [builder.phi(each.type) for each in initial]
    builder.cbranch(builder.icmp_signed("<", unit, end), body, done)
    builder.position_at_end(body)
    added = step(unit, list(sums))
    following = builder.add(unit, _I64(units))
    builder.branch(head)
    for phi, value, later in zip([unit, *sums], [begin, *initial], [following, *added],
                                 strict=True):  # fmt: skip
        phi.add_incoming(value, before)
        phi.add_incoming(later, body)
    builder.position_at_end(done)
    return sums


def _load(builder: Any, pointer: Any, offset: int, kind: Any) -> Any:
    source = builder.gep(pointer, [_I64(offset)])
    return builder.load(builder.bitcast(source, kind.as_pointer()), align=1)


def _splat(builder: Any, value: Any, kind: Any) -> Any:
    empty = ir.Constant(kind, ir.Undefined)
    alone = builder.insert_element(empty, value, _I32(0))
    mask = ir.Constant(ir.VectorType(_I32, kind.count), None)
    return builder.shuffle_vector(alone, empty, mask)
