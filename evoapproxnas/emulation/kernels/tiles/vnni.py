"""Inner products by AVX-512 VNNI: `vpdpbusd` adds four uint8 * int8 to each of 16 int32."""

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

from evoapproxnas.emulation.kernels.host.lanes import LANES, array_data
from evoapproxnas.emulation.kernels.tiles.loops import add_units, begin_block, end_block

_I32, _I64 = ir.IntType(32), ir.IntType(64)
_VECTOR = ir.VectorType(_I32, LANES)
_DOT = "llvm.x86.avx512.vpdpbusd.512"
PIXELS = 8
"""Pixels at once: with two accumulators for each, 16 hide the latency of 5 cycles, and 8 positions
fit the general registers. Measured: 425 GMAC/s a core; 12 x 2 gave 250. The two are for two
vectors of outputs, or for two units of one vector."""


class Vnni(NamedTuple):
    """Selects this way of summing in `loops.sum_block`.

    Attributes:
        pixels: that are summed at once.
        cached_units: units whose weights stay in the L1 cache while pixels take turns.
    """

    pixels: int = PIXELS
    cached_units: int = 192


@overload(begin_block)
@overload(end_block)
def _nothing(method: Any) -> Any:
    def nothing(method: Any) -> None:
        pass

    return nothing if _is_ours(method) else None


def _is_ours(method: Any) -> bool:
    return getattr(method, "instance_class", None) is Vnni


@overload(add_units, prefer_literal=True)
def _add_units(
    method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any, begin: Any,
    end: Any, sums: Any,
) -> Any:  # fmt: skip
    if not _is_ours(method):
        return None

    def add(
        method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any,
        begin: Any, end: Any, sums: Any,
    ) -> None:  # fmt: skip
        for first in range(0, starts.shape[0], PIXELS):
            add_dots(2, 1, buffer, starts, first, offsets, weights, begin, end, sums)

    def add_pairs(
        method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any,
        begin: Any, end: Any, sums: Any,
    ) -> None:  # fmt: skip
        paired = end - (end - begin) % 2
        for first in range(0, starts.shape[0], PIXELS):
            add_dots(1, 2, buffer, starts, first, offsets, weights, begin, paired, sums)
            add_dots(1, 1, buffer, starts, first, offsets, weights, paired, end, sums)

    return add if vectors.literal_value == 2 else add_pairs


@intrinsic(prefer_literal=True)
def add_dots(
    typing_context: Any, vectors: Any, units: Any, buffer: Any, starts: Any, first: Any,
    offsets: Any, weights: Any, begin: Any, end: Any, sums: Any,
) -> Any:  # fmt: skip
    """Add the products of units begin .. end - 1 to the sums of 8 pixels from `first` on.

    Args:
        typing_context: given by Numba.
        vectors: literal, of 16 outputs each.
        units: literal, how many have accumulators of their own; it divides end - begin.
        buffer: uint8, flat.
        starts: int64 (pixels,), position of each pixel's window in `buffer`.
        first: int64 index of the first pixel.
        offsets: int64, see `plan.Block`.
        weights: int8, see `plan.Block`; a unit has 4 bytes.
        begin: int64 unit.
        end: int64 unit.
        sums: int32, flat: [vector][pixel][16 outputs].
    """
    if not isinstance(vectors, types.IntegerLiteral) or not isinstance(
        units, types.IntegerLiteral
    ):
        return None
    count, parts = vectors.literal_value, units.literal_value
    signature = types.void(
        vectors, units, buffer, starts, first, offsets, weights, begin, end, sums
    )

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        buffer_at, starts_at, offsets_at, weights_at, sums_at = (
            array_data(context, builder, signature, arguments, i) for i in (2, 3, 5, 6, 9)
        )
        first, begin, end = arguments[4], arguments[7], arguments[8]
        pixels = context.make_array(signature.args[3])(context, builder, arguments[3]).nitems
        windows, slots = [], []
        for pixel in range(PIXELS):
            start = builder.load(builder.gep(starts_at, [builder.add(first, _I64(pixel))]))
            windows.append(builder.gep(buffer_at, [start]))
        for vector in range(count):
            row = builder.add(builder.mul(pixels, _I64(vector)), first)
            for pixel in range(PIXELS):
                at = builder.mul(builder.add(row, _I64(pixel)), _I64(LANES))
                slot = builder.bitcast(builder.gep(sums_at, [at]), _VECTOR.as_pointer())
                slots.append(slot)

        zeros = [ir.Constant(_VECTOR, None)] * ((parts - 1) * len(slots))
        initial = [builder.load(slot, align=4) for slot in slots] + zeros
        step = _products(builder, windows, offsets_at, weights_at, count, parts)
        totals = _accumulate(builder, begin, end, parts, initial, step)
        for index, slot in enumerate(slots):
            total = reduce(builder.add, totals[index :: len(slots)])
            builder.store(total, slot, align=4)
        return context.get_dummy_value()

    return signature, generate


def _products(
    builder: Any, windows: list[Any], offsets: Any, weights: Any, vectors: int, units: int
) -> Callable[[Any, list[Any]], list[Any]]:
    """Return the step that adds the products of some units to the sums [unit][vector][pixel]."""

    def step(first: Any, sums: list[Any]) -> list[Any]:
        row = builder.gep(weights, [builder.mul(first, _I64(4 * vectors * LANES))])
        for part in range(units):
            offset = builder.load(builder.gep(offsets, [builder.add(first, _I64(part))]))
            slots = range(part * vectors, (part + 1) * vectors)
            factors = [_load(builder, row, slot * 4 * LANES, _VECTOR) for slot in slots]
            for pixel, window in enumerate(windows):
                here = builder.gep(window, [offset])
                four = _splat(builder, _load(builder, here, 0, _I32))
                for slot, factor in zip(slots, factors, strict=True):
                    at = slot * PIXELS + pixel
                    sums[at] = _dot(builder, sums[at], four, factor)
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
    sums = [builder.phi(_VECTOR) for _ in initial]
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


def _splat(builder: Any, value: Any) -> Any:
    empty = ir.Constant(_VECTOR, ir.Undefined)
    alone = builder.insert_element(empty, value, _I32(0))
    return builder.shuffle_vector(alone, empty, ir.Constant(_VECTOR, None))


def _dot(builder: Any, total: Any, unsigned: Any, signed: Any) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    dot = cgutils.get_or_insert_function(builder.module, kind, _DOT)
    return builder.call(dot, [total, unsigned, signed])
