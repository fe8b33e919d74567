"""The work on tiles with look-ups for any CPU: compiled, and without the GIL."""

from typing import Any

import numpy as np

from evoapproxnas.emulation.kernels.host.compiling import entry, inner
from evoapproxnas.emulation.kernels.host.lanes import LANES, take
from evoapproxnas.emulation.kernels.numba_lookup.fill import fill_buffers, fill_codes
from evoapproxnas.emulation.kernels.numba_lookup.finish import (
    store,
    subtract_window,
    sum_windows,
)
from evoapproxnas.emulation.kernels.numba_lookup.lane_sums import (
    CACHE_LINE,
    blocks_together,
    from_line,
    lane_buffers,
    lanes_pay,
    work_in_lanes,
)

STRIP = 256
"""Positions that the vectors of `strips` work on; so many bytes behind the codes are read."""
SINGLE_POSITIONS = 512
"""Positions whose 16 sums each (32 KiB) stay in the L1 cache while channels take turns."""
SINGLE_COST = 1.5
"""Rough cost, in cycles, of a look-up of one output channel; see `lane_sums.LANE_COST`."""


@entry
def work(counter: Any, x: Any, tiles: Any, layer: Any, quantizer: Any, pad_code: int,
         zero_points: Any, signed: bool, constants: Any, real: bool, out: Any,
         sums_out: Any) -> None:  # fmt: skip
    """Take tiles, and parts of their output channels, until none is left.

    Args:
        counter: int64 (1,), the next item; shared by all threads.
        x: see `fill_codes`.
        tiles: `Tiles`.
        layer: `Layer`.
        quantizer: see `fill_codes`.
        pad_code: see `fill_codes`.
        zero_points: int32 (channels_out + 16,) of the weights, or None if all are 0.
        signed: whether codes are two's complement.
        constants: see `finish.store`.
        real: see `finish.store`.
        out: see `finish.store`.
        sums_out: see `finish.store`.
    """
    buffers = fill_buffers(x, tiles, layer.channels, pad_code)
    codes, sums, windows = sum_buffers(tiles, layer.channels, zero_points)
    scratch = lane_buffers(tiles.positions, layer.vectors, layer.terms)
    while True:
        tile, part = divmod(take(counter), layer.parts.shape[0] - 1)
        if tile >= tiles.number:
            return
        first, last = channels_of(layer, part)
        fill_codes(x, tiles, layer.residues, tile, first, last, pad_code, quantizer, buffers,
                   codes)  # fmt: skip
        base, group = -first * tiles.channel_size, np.int64(-1)
        block = layer.parts[part]
        while block < layer.parts[part + 1]:
            begin, end = layer.first[block], layer.first[block + 1]
            groups = layer.groups[begin:end]
            together = blocks_together(layer, block, layer.parts[part + 1])
            if not lanes_pay(groups, tiles.positions, SINGLE_COST * groups.shape[0]):
                together, some = 1, sums[: tiles.positions * LANES]
                group = _sum_singles(codes, base, layer, block, group, zero_points, signed,
                                     windows, some)  # fmt: skip
                store(some, tiles, x.shape[0], tile, 0, tiles.rows, begin, end - begin, constants,
                      real, layer.groups.shape[0], out, sums_out)  # fmt: skip
            elif together == 1:
                group = work_in_lanes(1, codes, base, layer, block, scratch, group, zero_points,
                                      signed, windows, sums, tiles, x.shape[0], tile, constants,
                                      real, out, sums_out)  # fmt: skip
            else:
                group = work_in_lanes(2, codes, base, layer, block, scratch, group, zero_points,
                                      signed, windows, sums, tiles, x.shape[0], tile, constants,
                                      real, out, sums_out)  # fmt: skip
            block += together


@entry
def sum_buffers(tiles: Any, channels: int, zero_points: Any) -> Any:
    """Return what else each thread needs.

    Returns:
        Codes, sums of whole strips, and windows.
    """
    strips = -(-tiles.positions // STRIP)
    return (
        np.zeros(channels * tiles.channel_size + STRIP, np.uint8),
        from_line(np.empty(strips * STRIP * LANES + CACHE_LINE, np.int32)),
        np.empty(0 if zero_points is None else tiles.positions, np.int32),
    )


@inner
def channels_of(layer: Any, part: int) -> Any:
    """Return the first input channel that a part of the blocks needs, and the one after."""
    begin, end = layer.first[layer.parts[part]], layer.first[layer.parts[part + 1]]
    first, last = layer.groups[begin], layer.groups[end - 1] + 1
    return first * layer.group_channels, last * layer.group_channels


@inner
def _sum_singles(codes: Any, base: int, layer: Any, block: int, group: int, zero_points: Any,
                 signed: bool, windows: Any, sums: Any) -> int:  # fmt: skip
    """Sum products one output channel after the other.

    Unused lanes of `sums` stay undefined.
    """
    first, last = layer.first[block], layer.first[block + 1]
    indices = layer.indices[block]
    for begin in range(0, sums.shape[0] // LANES, SINGLE_POSITIONS):
        some = sums[begin * LANES : (begin + SINGLE_POSITIONS) * LANES]
        for lane in range(last - first):
            _sum_single(codes, base + begin, layer.lane_rows, indices[lane::LANES],
                        layer.shifts[layer.groups[first + lane]], layer.terms,
                        some[lane:])  # fmt: skip
    if zero_points is None:
        return group
    for channel in range(first, last):
        if group != layer.groups[channel]:
            group = layer.groups[channel]
            sum_windows(codes, signed, base, layer.shifts[group, : layer.terms], windows)
        subtract_window(windows, zero_points[channel], channel - first, sums)
    return group


@inner
def _sum_single(codes: Any, base: int, rows: Any, indices: Any, shifts: Any, terms: int,
                sums: Any) -> None:  # fmt: skip
    """Sum the first `terms` products, filled up to a multiple of 4, into every sixteenth sum."""
    # Unsigned positions spare Numba's test for negative indices.
    row, stride = np.uint64(256), np.uint64(LANES)
    for term in range(0, terms, 4):
        a, b = np.uint64(indices[term]) * row, np.uint64(indices[term + 1]) * row
        c, d = np.uint64(indices[term + 2]) * row, np.uint64(indices[term + 3]) * row
        at_a, at_b = np.uint64(base + shifts[term]), np.uint64(base + shifts[term + 1])
        at_c, at_d = np.uint64(base + shifts[term + 2]), np.uint64(base + shifts[term + 3])
        for position in range((sums.shape[0] + LANES - 1) // LANES):
            start = np.uint64(position)
            total = (
                np.int32(rows[a + np.uint64(codes[start + at_a])])
                + np.int32(rows[b + np.uint64(codes[start + at_b])])
                + np.int32(rows[c + np.uint64(codes[start + at_c])])
                + np.int32(rows[d + np.uint64(codes[start + at_d])])
            )
            target = start * stride
            sums[target] = total if term == 0 else sums[target] + total
