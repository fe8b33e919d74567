"""Sums of products in lanes: one load fetches the products of 16 or 32 output channels.

Products of some terms are laid out by lane, and looked up for all positions of a tile, before the
next terms: a load of two products costs as much as one of 32.
"""

from typing import Any

import numpy as np
from numba import literally
from numba.np.unsafe.ndarray import to_fixed_tuple

from evoapproxnas.emulation.kernels.host.compiling import inner
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
    interleave_rows,
)
from evoapproxnas.emulation.kernels.numba_lookup.finish import subtract_windows, sum_windows

CACHE_LINE = 64
"""Bytes; a vector that lies in two lines takes twice as long."""
INTERLEAVE_COST = 700.0
LANE_COST = 1.0
"""Rough costs, in cycles, of preparing a term, and of its look-ups in 16 lanes."""


@inner
def lane_buffers(positions: int, vectors: int) -> Any:
    """Return scratch for `sum_lanes`: uint16 tables, and sums in 16 bits."""
    return (
        from_line(np.empty(vectors * TERMS * TABLE_SIZE + CACHE_LINE, np.uint16)),
        from_line(np.empty(vectors * positions * HALVES + CACHE_LINE, np.uint16)),
    )


@inner
def from_line(room: Any) -> Any:
    """Return an array without `CACHE_LINE` of its values, that begins with a line."""
    skipped = (CACHE_LINE - np.int64(room.ctypes.data) % CACHE_LINE) % CACHE_LINE // room.itemsize
    return room[skipped : skipped + room.shape[0] - CACHE_LINE]


@inner
def lanes_pay(groups: Any, positions: int, other_cost: float) -> bool:
    """Compare a block's cost in 16 lanes with that of another way, in cycles for a position."""
    together = INTERLEAVE_COST + LANE_COST * positions
    return groups[0] == groups[-1] and together < other_cost * positions


@inner
def blocks_together(layer: Any, block: int, last: int) -> int:
    """Return how many blocks, of those before the last one, lanes can hold at once from one on."""
    if layer.vectors == 1 or block + 1 >= last:
        return 1
    first, end = layer.groups[layer.first[block]], layer.groups[layer.first[block + 2] - 1]
    return 2 if first == end else 1


@inner
def sum_lanes(vectors: int, codes: Any, base: int, layer: Any, block: int, buffers: Any,
              group: int, zero_points: Any, signed: bool, windows: Any, positions: int,
              sums: Any) -> int:  # fmt: skip
    """Sum products for one or two blocks of 16 output channels of one group.

    Args:
        vectors: literal, how many blocks.
        codes: uint8, flat.
        base: added to the shifts.
        layer: `Layer`.
        block: index of the first block.
        buffers: from `lane_buffers`.
        group: whose sums of codes `windows` holds, -1 for none.
        zero_points: see `loops.work`.
        signed: see `loops.work`.
        windows: int32 scratch (positions,), or empty.
        positions: of the tile.
        sums: int32, flat; the first positions * 16 of each block's share are overwritten.

    Returns:
        The group that `windows` is of now.
    """
    literally(vectors)
    begin = layer.first[block]
    shifts = layer.shifts[layer.groups[begin]]
    tables, halves = buffers
    count = shifts.shape[0]
    for first in range(0, count, MOST_TERMS):
        _add_terms(vectors, 0, codes, base, layer, block, shifts, first, tables, positions, halves)
        for term in range(first + TERMS, min(first + MOST_TERMS, count), TERMS):
            _add_terms(vectors, 1, codes, base, layer, block, shifts, term, tables, positions,
                       halves)  # fmt: skip
        for vector in range(vectors):
            part = share(layer, positions, vector, sums)
            if first == 0:
                _widen(vectors, 0, vector, halves, part)
            else:
                _widen(vectors, 1, vector, halves, part)
    if zero_points is None:  # what follows is not even compiled then
        return group
    if group != layer.groups[begin]:
        sum_windows(codes, signed, base, shifts[: layer.terms], windows)
    for vector in range(vectors):
        at = begin + vector * LANES
        part = share(layer, positions, vector, sums)
        subtract_windows(windows, zero_points[at : at + LANES], part)
    return layer.groups[begin]


@inner
def share(layer: Any, positions: int, vector: int, sums: Any) -> Any:
    """Return the sums of one of the blocks that are summed together."""
    begin = vector * (sums.shape[0] // layer.vectors)
    return sums[begin : begin + positions * LANES]


@inner
def _add_terms(vectors: int, more: int, codes: Any, base: int, layer: Any, block: int,
               shifts: Any, term: int, tables: Any, positions: int, halves: Any) -> None:  # fmt: skip
    """Add the products of TERMS terms, or begin with them."""
    literally(vectors)
    literally(more)
    for vector in range(vectors):
        indices = layer.indices[block + vector]
        for t in range(TERMS):
            start = t * vectors * TABLE_SIZE + vector * LANES
            interleave_rows(vectors, layer.lane_rows, indices, (term + t) * LANES, tables, start)
    eight = to_fixed_tuple(shifts[term : term + TERMS], TERMS)
    for position in range(positions):
        add_halves(vectors, more, halves, position, tables, codes, base + position, eight)


@inner
def _widen(vectors: int, more: int, vector: int, halves: Any, sums: Any) -> None:
    literally(vectors)
    literally(more)
    for position in range(sums.shape[0] // LANES):
        widen_halves(vectors, more, vector, halves, position, sums)
