"""The `avx512` kernel: the look-ups of `numba`, and those of VBMI where they are faster.

Sixteen output channels of one map are fastest in the lanes of `loops.sum_lanes`. Where channels
see different maps (depthwise) or are few, `vbmi.add_rows` sums 64 neighbouring positions of one
channel's padded plane at once; positions between output pixels are computed too, and dropped.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from evoapproxnas.emulation.kernels.cpu import lacking
from evoapproxnas.emulation.kernels.numba_lookup.kernel import (
    SINGLE_PIXEL_COST,
    Chunk,
    NumbaKernel,
    Singles,
    sum_single_lookups,
)
from evoapproxnas.emulation.kernels.numba_lookup.lanes import LANES, transpose_sums
from evoapproxnas.emulation.kernels.numba_lookup.loops import WINDOW, window_end
from evoapproxnas.emulation.kernels.numba_lookup.plan import Block, product_rows
from evoapproxnas.emulation.kernels.numba_lookup.vbmi import (
    MOST_TERMS,
    VECTOR,
    add_rows,
)
from evoapproxnas.emulation.kernels.protocol import LookupTable

Array = npt.NDArray[Any]

NEEDED = ("avx512f", "avx512bw", "avx512vbmi")
POSITION_COST = 0.2
"""Cycles of a look-up, in the unit of the costs in `kernel`."""


def _sum_block(chunk: Chunk, block: Block, starts: Array, sums: Array) -> None:
    if _position_cost(chunk.view) > SINGLE_PIXEL_COST:
        sum_single_lookups(chunk, block, starts, sums)
        return
    buffer = np.empty((2, LANES * WINDOW), np.int32)
    sum_windows(chunk.planes, starts, chunk.single_rows, block.indices, chunk.plan.shifts,
                chunk.plan.terms, block.lane_groups, *buffer, sums)  # fmt: skip


def _pixel_cost(view: Array) -> float:
    return min(_position_cost(view), SINGLE_PIXEL_COST)


def _position_cost(view: Array) -> float:
    """Return the cost of an output pixel: of its share of a plane's positions, whole vectors."""
    rows, columns, *_, plane, _ = (int(value) for value in view)
    return POSITION_COST * VECTOR * -(-plane // VECTOR) / (rows * columns)


@lru_cache(maxsize=64)
def byte_rows(table: LookupTable) -> Array:
    """Return the table's rows as 256 low bytes, then 256 high bytes each, flat; 262 KB."""
    rows = product_rows(table).rows.reshape(-1, 256)
    split = np.concatenate([rows & 255, rows >> 8], axis=1)
    return split.astype(np.uint8).reshape(-1)


class Avx512Kernel(NumbaKernel):
    """See the module's docstring."""

    name = "avx512"
    singles = Singles(_sum_block, _pixel_cost, byte_rows)

    def missing(self) -> str | None:
        """Ask the CPU."""
        return lacking(*NEEDED)


@njit(nogil=True, cache=True)
def sum_windows(planes: Any, starts: Any, rows: Any, indices: Any, shifts: Any, terms: int,
                lane_groups: Any, buffer: Any, by_pixel: Any, sums: Any) -> None:  # fmt: skip
    """Sum products in windows of neighbouring positions.

    As `loops.sum_singles`, but `rows` is from `byte_rows`, and `buffer` and `by_pixel` are int32
    scratch of LANES * WINDOW. Up to `READ_AHEAD` bytes behind the last position are read.
    """
    pixel = 0
    while pixel < starts.shape[0]:
        base, end = starts[pixel], window_end(starts, pixel)
        span = starts[end - 1] - base + 1
        buffer[:] = 0
        for lane in range(lane_groups.shape[0]):
            group, out = lane_groups[lane] * shifts.shape[1], lane * WINDOW
            for term in range(0, terms, MOST_TERMS):
                count = min(MOST_TERMS, terms - term)
                first = term * LANES + lane
                if span <= VECTOR:
                    add_rows(1, planes, base, rows, indices, first, LANES, shifts, group + term,
                             count, buffer, out)  # fmt: skip
                elif span <= 2 * VECTOR:
                    add_rows(2, planes, base, rows, indices, first, LANES, shifts, group + term,
                             count, buffer, out)  # fmt: skip
                else:
                    add_rows(4, planes, base, rows, indices, first, LANES, shifts, group + term,
                             count, buffer, out)  # fmt: skip
        for offset in range(0, span, LANES):
            transpose_sums(buffer, offset, WINDOW, by_pixel, offset * LANES, LANES)
        for done in range(pixel, end):
            offset = starts[done] - base
            for lane in range(LANES):
                sums[done * LANES + lane] = by_pixel[offset * LANES + lane]
        pixel = end
