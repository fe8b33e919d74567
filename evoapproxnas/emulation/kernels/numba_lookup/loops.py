"""The work on tiles with look-ups for any CPU: compiled, without the GIL, into disjoint outputs."""

from typing import Any

import numpy as np
from numba import njit
from numba.np.unsafe.ndarray import to_fixed_tuple

from evoapproxnas.emulation.kernels.numba_lookup.fill import fill_codes
from evoapproxnas.emulation.kernels.numba_lookup.finish import store, subtract_windows
from evoapproxnas.emulation.kernels.numba_lookup.lanes import (
    LANES,
    TABLE_SIZE,
    TERMS,
    add_products,
    interleave_rows,
    take,
)

READ_AHEAD = 256
"""Bytes behind the codes that vector loads may touch."""
SINGLE_POSITIONS = 512
"""Positions whose 16 sums each (32 KiB) stay in the L1 cache while channels take turns."""
INTERLEAVE_COST = 1500.0
LANE_COST = 1.0
SINGLE_COST = 0.8
"""Rough costs, in cycles, of preparing a term, of its look-ups in 16 lanes, and in one."""


@njit(nogil=True, cache=True)
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
        zero_points: int32 (channels_out + 16,) of the weights; empty if all are 0.
        signed: whether codes are two's complement.
        constants: see `finish.store`.
        real: see `finish.store`.
        out: see `finish.store`.
        sums_out: see `finish.store`.
    """
    line, planes, codes = scratch(x, tiles, layer)
    sums = np.empty(tiles.positions * LANES, np.int32)
    tables = np.empty(TERMS * TABLE_SIZE, np.uint16)
    windows = np.empty(tiles.positions if zero_points.shape[0] else 0, np.int32)
    while True:
        tile, part = divmod(take(counter), layer.parts.shape[0] - 1)
        if tile >= tiles.count:
            return
        first, last = channels_of(layer, part)
        fill_codes(x, tiles, layer.residues, tile, first, last, pad_code, quantizer,
                   line, planes, codes)  # fmt: skip
        base = -first * tiles.channel_size
        for block in range(layer.parts[part], layer.parts[part + 1]):
            begin, end = layer.first[block], layer.first[block + 1]
            groups, indices = layer.groups[begin:end], layer.indices[block]
            _sum_block(codes, base, layer, groups, indices, tables, sums)
            if windows.shape[0]:
                zeros = zero_points[begin : begin + LANES]
                if signed:
                    subtract_windows(codes.view(np.int8), base, layer.shifts, layer.terms, groups,
                                     zeros, windows, sums)  # fmt: skip
                else:
                    subtract_windows(codes, base, layer.shifts, layer.terms, groups,
                                     zeros, windows, sums)  # fmt: skip
            store(sums, tiles, x.shape[0], tile, begin, end - begin, constants, real,
                  layer.groups.shape[0], out, sums_out)  # fmt: skip


@njit(nogil=True, cache=True)
def scratch(x: Any, tiles: Any, layer: Any) -> Any:
    """Return a thread's memory for `fill_codes`: two lines and the codes, zeros at first."""
    size = layer.channels * tiles.images * x.shape[2]
    codes = np.zeros(layer.channels * tiles.channel_size + READ_AHEAD, np.uint8)
    return np.empty(size, np.uint8), np.empty(size, np.uint8), codes


@njit(nogil=True, cache=True)
def channels_of(layer: Any, part: int) -> Any:
    """Return the first input channel that a part of the blocks needs, and the one after."""
    begin, end = layer.first[layer.parts[part]], layer.first[layer.parts[part + 1]]
    first, last = layer.groups[begin], layer.groups[end - 1] + 1
    return first * layer.group_channels, last * layer.group_channels


@njit(nogil=True, cache=True)
def _sum_block(codes: Any, base: int, layer: Any, groups: Any, indices: Any, tables: Any,
               sums: Any) -> None:  # fmt: skip
    """Choose between 16 lanes and one channel at a time by their estimated costs."""
    used, positions = groups.shape[0], sums.shape[0] // LANES
    apart = SINGLE_COST * used * positions
    if groups[0] != groups[used - 1] or INTERLEAVE_COST + LANE_COST * positions > apart:
        _sum_singles(codes, base, layer.rows, indices, layer.shifts, layer.terms, groups, sums)
    else:
        _sum_lanes(codes, base, layer.rows, indices, layer.shifts[groups[0]], tables, sums)


@njit(nogil=True, cache=True)
def _sum_lanes(codes: Any, base: int, rows: Any, indices: Any, shifts: Any, tables: Any,
               sums: Any) -> None:  # fmt: skip
    """Sum products for 16 output channels at once.

    Args:
        codes: uint8, flat.
        base: added to the shifts.
        rows: uint16 (n * 256,), what a term adds for each activation code.
        indices: uint16 (terms * 16,), the row of each term and lane; terms a multiple of TERMS.
        shifts: int64 (terms,), where the codes of a term begin.
        tables: uint16 scratch, TERMS * 256 * 16.
        sums: int32 (positions * 16,), overwritten.
    """
    sums[:] = 0
    for term in range(0, shifts.shape[0], TERMS):
        for t in range(TERMS):
            interleave_rows(rows, indices, (term + t) * LANES, tables, t * TABLE_SIZE)
        eight = to_fixed_tuple(shifts[term : term + TERMS], TERMS)
        for position in range(sums.shape[0] // LANES):
            add_products(sums, position, tables, codes, base + position, eight)


@njit(nogil=True, cache=True)
def _sum_singles(codes: Any, base: int, rows: Any, indices: Any, shifts: Any, terms: int,
                 groups: Any, sums: Any) -> None:  # fmt: skip
    """Sum products one output channel after the other, where lanes do not pay.

    As `_sum_lanes`, but shifts is int64 (groups, terms) and groups, int64 (used lanes,), says
    which of them each lane takes; only the first `terms` are used, filled up to a multiple of 4.
    Unused lanes of `sums` stay undefined.
    """
    for begin in range(0, sums.shape[0] // LANES, SINGLE_POSITIONS):
        some = sums[begin * LANES : (begin + SINGLE_POSITIONS) * LANES]
        for lane in range(groups.shape[0]):
            _sum_single(codes, base + begin, rows, indices[lane::LANES], shifts[groups[lane]],
                        terms, some[lane:])  # fmt: skip


@njit(nogil=True, cache=True)
def _sum_single(codes: Any, base: int, rows: Any, indices: Any, shifts: Any, terms: int,
                sums: Any) -> None:  # fmt: skip
    """Sum products one by one into every sixteenth of `sums`; arguments as `_sum_singles`."""
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
