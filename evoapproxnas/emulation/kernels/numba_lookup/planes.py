"""The last step of a tile whose sums lie channel by channel: turn them, and write the outputs."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.host.compiling import inner
from evoapproxnas.emulation.kernels.host.lanes import LANES, array_data

_I32, _I64 = ir.IntType(32), ir.IntType(64)
_SUMS = ir.VectorType(_I32, LANES)
_REALS = ir.VectorType(ir.FloatType(), LANES)
_QUARTER = 4
"""Lanes of int32 in 128 bits."""
OUTSIDE = -1


@inner
def find_targets(tiles: Any, order: Any, images: int, rows: int, targets: Any,
                 filled: Any) -> None:  # fmt: skip
    """Find the pixels that a tile's sums belong to, counted from its first one.

    Args:
        tiles: `Tiles`.
        order: int64, the position of each sum in a vector, see `strips.sum_order`.
        images: of the tile.
        rows: of the tile.
        targets: int64 (sums of a channel,), overwritten; `OUTSIDE` where there is no pixel.
        filled: int64 (targets / 16,), overwritten: how many of sixteen have one.
    """
    width = order.shape[0]
    place = np.empty(width, np.int64)
    for i in range(width):
        place[order[i]] = i
    targets[:] = OUTSIDE
    filled[:] = 0
    for row in range(rows):
        for image in range(images):
            position = row * tiles.line + image * tiles.columns
            pixel = (image * tiles.rows_out + row) * tiles.columns
            begin, within = position // width * width, position % width
            for column in range(tiles.columns):
                target = begin + place[within]
                targets[target] = pixel + column
                filled[target // LANES] += 1
                within += 1
                if within == width:
                    begin, within = begin + width, 0


@inner
def store_planes(sums: Any, targets: Any, filled: Any, base: int, first: int, used: int,
                 constants: Any, channels: int, out: Any) -> None:  # fmt: skip
    """Write a block of a tile: float32(sums + offset) * scale + bias, or int32 sums + offset.

    Args:
        sums: int32 (16 * targets,), those of one channel after those of another.
        targets: see `find_targets`.
        filled: see `find_targets`.
        base: the tile's first pixel.
        first: output channel.
        used: channels of the block.
        constants: see `finish.store`.
        channels: of the output.
        out: float32 or int32, flat.
    """
    all_offsets, all_scales, all_biases = constants
    offsets = all_offsets[first : first + LANES]
    scales, biases = all_scales[first : first + LANES], all_biases[first : first + LANES]
    step, start = targets.shape[0], base * channels + first
    line, together = np.empty(LANES * LANES, out.dtype), np.arange(LANES)
    for group in range(filled.shape[0]):
        begin = group * LANES
        if used == LANES and filled[group] == LANES:
            _finish_tile(sums, begin, step, offsets, scales, biases, targets, begin, channels,
                         out, start)  # fmt: skip
        elif filled[group]:
            _finish_tile(sums, begin, step, offsets, scales, biases, together, 0, LANES, line, 0)
            for i in range(LANES):
                if targets[begin + i] != OUTSIDE:
                    target = start + targets[begin + i] * channels
                    for lane in range(used):
                        out[target + lane] = line[i * LANES + lane]


@intrinsic
def _finish_tile(
    typing_context: Any, sums: Any, first: Any, step: Any, offsets: Any, scales: Any, biases: Any,
    targets: Any, begin: Any, channels: Any, out: Any, start: Any,
) -> Any:  # fmt: skip
    """Write what 16 sums of 16 channels make, to out[start + targets[begin + i] * channels:].

    Args:
        typing_context: given by Numba.
        sums: int32, flat and contiguous: sum i of channel c is sums[first + c * step + i].
        first: int64.
        step: int64.
        offsets: int32 (16,).
        scales: float32 (16,), not read if `out` is int32.
        biases: float32 (16,), likewise.
        targets: int64, flat and contiguous.
        begin: int64 position in `targets`.
        channels: int64.
        out: float32 or int32, flat and contiguous.
        start: int64 position in `out`.
    """
    signature = types.void(sums, first, step, offsets, scales, biases, targets, begin, channels,
                           out, start)  # fmt: skip
    real = out.dtype == types.float32

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def place(index: int, at: Any) -> Any:
            return builder.gep(array_data(context, builder, signature, arguments, index), [at])

        def vector(index: int, at: Any, kind: Any) -> Any:
            pointer = builder.bitcast(place(index, at), kind.as_pointer())
            return builder.load(pointer, align=4)

        first, step, begin, channels, start = (arguments[i] for i in (1, 2, 7, 8, 10))
        offset = vector(3, _I64(0), _SUMS)
        scale, bias = (vector(i, _I64(0), _REALS) if real else None for i in (4, 5))

        def row(lane: int) -> Any:
            return place(0, builder.add(first, builder.mul(step, _I64(lane))))

        for i, total in enumerate(_columns(builder, row)):
            result = builder.add(total, offset)
            if real:
                result = builder.fmul(builder.sitofp(result, _REALS), scale)
                result = builder.fadd(result, bias)
            pixel = builder.load(place(6, builder.add(begin, _I64(i))))
            at = builder.add(start, builder.mul(pixel, channels))
            target = builder.bitcast(place(9, at), result.type.as_pointer())
            builder.store(result, target, align=4)
        return context.get_dummy_value()

    return signature, generate


def _columns(builder: Any, row: Callable[[int], Any]) -> list[Any]:
    """Return the 16 columns of 16 rows of int32 in memory.

    Four places of rows 0, 4, 8 and 12, of 1, 5, 9 and 13, ... are loaded into a vector each, so
    that two rounds of interleaving are left, which move nothing out of 128 bits.

    Args:
        builder: of the function.
        row: returns the pointer to the first element of a row.
    """
    four = ir.VectorType(_I32, _QUARTER)
    starts = [row(i) for i in range(LANES)]

    def read(i: int, column: int) -> Any:
        start = builder.gep(starts[i], [_I64(column)])
        return builder.load(builder.bitcast(start, four.as_pointer()), align=4)

    def both(left: Any, right: Any) -> Any:
        return builder.shuffle_vector(left, right, _lanes(range(2 * left.type.count)))

    def interleaved(left: Any, right: Any, size: int) -> list[Any]:
        masks = (_in_quarters(size, high) for high in (False, True))
        return [builder.shuffle_vector(left, right, mask) for mask in masks]

    columns = []
    for column in range(0, LANES, _QUARTER):
        parts = []
        for first in range(_QUARTER):
            a, b, c, d = (read(i, column) for i in range(first, LANES, _QUARTER))
            parts.append(both(both(a, b), both(c, d)))
        pairs = (interleaved(*pair, 1) for pair in ((parts[0], parts[1]), (parts[2], parts[3])))
        for left, right in zip(*pairs, strict=True):
            columns += interleaved(left, right, 2)
    return columns


def _in_quarters(size: int, high: bool) -> Any:
    """Return the mask that interleaves `size` neighbours of a half of each 128 bits."""
    half = _QUARTER // 2
    places = range(half * high, half * high + half, size)
    return _lanes(
        quarter + place + i + LANES * other
        for quarter in range(0, LANES, _QUARTER)
        for place in places
        for other in (0, 1)
        for i in range(size)
    )


def _lanes(lanes: Iterable[int]) -> Any:
    """Return the mask of a shuffle."""
    found = [_I32(lane) for lane in lanes]
    return ir.Constant(ir.VectorType(_I32, len(found)), found)
