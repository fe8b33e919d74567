"""Sums of products in lanes: one load fetches the products of 16 or 32 output channels.

Products of some terms are laid out by lane, and looked up for all positions of a tile, before the
next terms: a load of two products costs as much as one of 32.
"""

from typing import Any

import numpy as np
from numba import literally
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
    interleave_rows,
)
from evoapproxnas.emulation.kernels.numba_lookup.finish import (
    store,
    subtract_windows,
    sum_windows,
)

CACHE_LINE = 64
"""Bytes; a vector that lies in two lines takes twice as long."""
INTERLEAVE_COST = 700.0
LANE_COST = 1.0
"""Rough costs, in cycles, of preparing a term, and of its look-ups in 16 lanes."""


@entry
def lane_buffers(positions: int, vectors: int, terms: int) -> Any:
    """Return scratch for `work_in_lanes`.

    Args:
        positions: of a tile.
        vectors: blocks that are summed together, at most.
        terms: of a sum.

    Returns:
        Tables of products, uint16; sums in 16 bits; and where a sum has more than `MOST_TERMS`
        terms, int32 sums of those before the last ones.
    """
    earlier = positions * LANES if terms > MOST_TERMS else 0
    return (
        from_line(np.empty(vectors * TERMS * TABLE_SIZE + CACHE_LINE, np.uint16)),
        from_line(np.empty(vectors * positions * HALVES + CACHE_LINE, np.uint16)),
        from_line(np.empty(vectors * earlier + CACHE_LINE, np.int32)),
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
def work_in_lanes(vectors: int, codes: Any, base: int, layer: Any, block: int, buffers: Any,
                  group: int, zero_points: Any, signed: bool, windows: Any, sums: Any, tiles: Any,
                  images: int, tile: int, constants: Any, real: bool, out: Any,
                  sums_out: Any) -> int:  # fmt: skip
    """Sum products of a tile for one or two blocks of 16 output channels, and write the results.

    Args:
        vectors: literal, how many blocks.
        codes: uint8, flat.
        base: added to the shifts.
        layer: `Layer`.
        block: index of the first block; all channels are of one group.
        buffers: from `lane_buffers`.
        group: whose sums of codes `windows` holds, -1 for none.
        zero_points: see `loops.work`.
        signed: see `loops.work`.
        windows: int32 scratch (positions,), or empty.
        sums: int32 scratch, 16 for each position.
        tiles: see `finish.store`.
        images: see `finish.store`.
        tile: see `finish.store`.
        constants: see `finish.store`.
        real: see `finish.store`.
        out: see `finish.store`.
        sums_out: see `finish.store`.

    Returns:
        The group that `windows` is of now.
    """
    literally(vectors)
    own = layer.groups[layer.first[block]]
    _sum_terms(vectors, codes, base, layer, block, buffers, tiles.positions)
    if zero_points is not None and group != own:
        sum_windows(codes, signed, base, layer.shifts[own, : layer.terms], windows)
    part = sums[: tiles.line * LANES]
    for vector in range(vectors):
        first, end = layer.first[block + vector], layer.first[block + vector + 1]
        for row in range(tiles.rows):
            start = row * tiles.line
            _widen_line(vectors, vector, layer, buffers, start, part)
            if zero_points is not None:
                line = windows[start : start + tiles.line]
                subtract_windows(line, zero_points[first : first + LANES], part)
            store(part, tiles, images, tile, row, row + 1, first, end - first, constants, real,
                  layer.groups.shape[0], out, sums_out)  # fmt: skip
    return own


@inner
def _sum_terms(vectors: int, codes: Any, base: int, layer: Any, block: int, buffers: Any,
               positions: int) -> None:  # fmt: skip
    """Leave sums in 16 bits of the last terms, and in 32 bits of those before."""
    literally(vectors)
    shifts = layer.shifts[layer.groups[layer.first[block]]]
    tables, halves, earlier = buffers
    earlier[:] = 0
    count = shifts.shape[0]
    for first in range(0, count, MOST_TERMS):
        if first:
            size = earlier.shape[0] // layer.vectors
            for vector in range(vectors):
                _widen(vectors, 1, vector, halves, 0, earlier[vector * size : (vector + 1) * size])
        _add_terms(vectors, 0, codes, base, layer, block, shifts, first, tables, positions, halves)
        for term in range(first + TERMS, min(first + MOST_TERMS, count), TERMS):
            _add_terms(vectors, 1, codes, base, layer, block, shifts, term, tables, positions,
                       halves)  # fmt: skip


@inner
def _widen_line(vectors: int, vector: int, layer: Any, buffers: Any, start: int,
                sums: Any) -> None:  # fmt: skip
    """Write the whole sums of some positions for one of the blocks: int32 (positions * 16,)."""
    literally(vectors)
    _, halves, earlier = buffers
    if earlier.shape[0] == 0:
        _widen(vectors, 0, vector, halves, start, sums)
        return
    begin = vector * (earlier.shape[0] // layer.vectors) + start * LANES
    sums[:] = earlier[begin : begin + sums.shape[0]]
    _widen(vectors, 1, vector, halves, start, sums)


@inner
def _add_terms(vectors: int, more: int, codes: Any, base: int, layer: Any, block: int,
               shifts: Any, term: int, tables: Any, positions: int,
               halves: Any) -> None:  # fmt: skip
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
def _widen(vectors: int, more: int, vector: int, halves: Any, start: int,
           sums: Any) -> None:  # fmt: skip
    literally(vectors)
    literally(more)
    for position in range(sums.shape[0] // LANES):
        widen_halves(vectors, more, vector, halves, start + position, sums, position)
