"""The work on tiles with look-ups for any CPU: compiled, and without the GIL."""

from typing import Any

import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from evoapproxnas.emulation.kernels.host.compiling import entry, inner
from evoapproxnas.emulation.kernels.host.halves import (
    HALVES,
    MOST_TERMS,
    add_halves,
    widen_halves,
)
from evoapproxnas.emulation.kernels.host.lanes import (
    LANES,
    TABLE_SIZE,
    TERMS,
    add_products,
    interleave_rows,
    take,
)
from evoapproxnas.emulation.kernels.numba_lookup.fill import fill_buffers, fill_codes
from evoapproxnas.emulation.kernels.numba_lookup.finish import (
    store,
    subtract_window,
    subtract_windows,
    sum_windows,
)

STRIP = 256
"""Positions that the vectors of `strips` work on; so many bytes behind the codes are read."""
SINGLE_POSITIONS = 512
"""Positions whose 16 sums each (32 KiB) stay in the L1 cache while channels take turns."""
INTERLEAVE_COST = 1500.0
LANE_COST = 2.3
SINGLE_COST = 1.5
"""Rough costs, in cycles, of preparing a term, of its look-ups in 16 lanes, and in one."""


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
    codes, all_sums, tables, windows, halves = sum_buffers(tiles, layer.channels, zero_points,
                                                           layer.halves)  # fmt: skip
    sums = all_sums[: tiles.positions * LANES]
    while True:
        tile, part = divmod(take(counter), layer.parts.shape[0] - 1)
        if tile >= tiles.number:
            return
        first, last = channels_of(layer, part)
        fill_codes(x, tiles, layer.residues, tile, first, last, pad_code, quantizer, buffers,
                   codes)  # fmt: skip
        base, group = -first * tiles.channel_size, np.int64(-1)
        for block in range(layer.parts[part], layer.parts[part + 1]):
            begin, end = layer.first[block], layer.first[block + 1]
            groups = layer.groups[begin:end]
            cost = SINGLE_COST * groups.shape[0]
            if lanes_pay(groups, tiles.positions, cost):
                group = sum_lanes(codes, base, layer, block, tables, halves, group, zero_points,
                                  signed, windows, sums)  # fmt: skip
            else:
                group = _sum_singles(codes, base, layer, block, group, zero_points, signed,
                                     windows, sums)  # fmt: skip
            store(sums, tiles, x.shape[0], tile, begin, end - begin, constants, real,
                  layer.groups.shape[0], out, sums_out)  # fmt: skip


@entry
def sum_buffers(tiles: Any, channels: int, zero_points: Any, halves: bool) -> Any:
    """Return what else each thread needs.

    Returns:
        Codes, sums of whole strips, tables, windows, and sums in 16 bits (none unless `halves`).
    """
    strips = -(-tiles.positions // STRIP)
    return (
        np.zeros(channels * tiles.channel_size + STRIP, np.uint8),
        np.empty(strips * STRIP * LANES, np.int32),
        np.empty(TERMS * TABLE_SIZE, np.uint16),
        np.empty(0 if zero_points is None else tiles.positions, np.int32),
        np.empty(tiles.positions * HALVES if halves else 0, np.uint16),
    )


@inner
def channels_of(layer: Any, part: int) -> Any:
    """Return the first input channel that a part of the blocks needs, and the one after."""
    begin, end = layer.first[layer.parts[part]], layer.first[layer.parts[part + 1]]
    first, last = layer.groups[begin], layer.groups[end - 1] + 1
    return first * layer.group_channels, last * layer.group_channels


@inner
def lanes_pay(groups: Any, positions: int, other_cost: float) -> bool:
    """Compare a block's cost in 16 lanes with that of another way, in cycles for a position."""
    together = INTERLEAVE_COST + LANE_COST * positions
    return groups[0] == groups[-1] and together < other_cost * positions


@inner
def sum_lanes(codes: Any, base: int, layer: Any, block: int, tables: Any, halves: Any, group: int,
              zero_points: Any, signed: bool, windows: Any, sums: Any) -> int:  # fmt: skip
    """Sum products for 16 output channels of one group at once.

    Args:
        codes: uint8, flat.
        base: added to the shifts.
        layer: `Layer` with uint16 rows.
        block: index of the block.
        tables: uint16 scratch, TERMS * 256 * 16.
        halves: uint16 scratch (positions * HALVES,), or empty to sum in 32 bits at once.
        group: whose sums of codes `windows` holds, -1 for none.
        zero_points: see `work`.
        signed: see `work`.
        windows: int32 scratch (positions,), or empty.
        sums: int32 (positions * 16 or more,), overwritten.

    Returns:
        The group that `windows` is of now.
    """
    begin = layer.first[block]
    shifts = layer.shifts[layer.groups[begin]]
    indices = layer.indices[block]
    sums[:] = 0
    if halves.shape[0] == 0:
        _add_lanes(codes, base, layer.lane_rows, indices, shifts, tables, sums)
    else:
        _add_lanes_in_halves(codes, base, layer.lane_rows, indices, shifts, tables, halves, sums)
    if zero_points is None:  # what follows is not even compiled then
        return group
    if group != layer.groups[begin]:
        sum_windows(codes, signed, base, shifts[: layer.terms], windows)
    subtract_windows(windows, zero_points[begin : begin + LANES], sums)
    return layer.groups[begin]


@inner
def _add_lanes(codes: Any, base: int, rows: Any, indices: Any, shifts: Any, tables: Any,
               sums: Any) -> None:  # fmt: skip
    for term in range(0, shifts.shape[0], TERMS):
        eight = _interleave(rows, indices, shifts, term, tables)
        for position in range(sums.shape[0] // LANES):
            add_products(sums, position, tables, codes, base + position, eight)


@inner
def _add_lanes_in_halves(codes: Any, base: int, rows: Any, indices: Any, shifts: Any, tables: Any,
                         halves: Any, sums: Any) -> None:  # fmt: skip
    count = shifts.shape[0]
    for first in range(0, count, MOST_TERMS):
        halves[:] = 0
        for term in range(first, min(first + MOST_TERMS, count), TERMS):
            eight = _interleave(rows, indices, shifts, term, tables)
            for position in range(sums.shape[0] // LANES):
                add_halves(halves, position, tables, codes, base + position, eight)
        for position in range(sums.shape[0] // LANES):
            widen_halves(halves, position, sums)


@inner
def _interleave(rows: Any, indices: Any, shifts: Any, term: int, tables: Any) -> Any:
    """Lay out the products of TERMS terms by lane, and return where their codes lie."""
    for t in range(TERMS):
        interleave_rows(rows, indices, (term + t) * LANES, tables, t * TABLE_SIZE)
    return to_fixed_tuple(shifts[term : term + TERMS], TERMS)


@inner
def _sum_singles(codes: Any, base: int, layer: Any, block: int, group: int, zero_points: Any,
                 signed: bool, windows: Any, sums: Any) -> int:  # fmt: skip
    """Sum products one output channel after the other; as `sum_lanes`.

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
