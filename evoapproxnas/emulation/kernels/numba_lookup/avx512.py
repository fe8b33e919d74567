"""The `avx512` kernel: the look-ups of `numba`, and those of VBMI where they are faster.

Sixteen output channels of one group are fastest in the lanes of `loops.sum_lanes` if the tile is
large. Where channels see different inputs (depthwise), are few, or where positions are few
(dense), `vbmi.add_rows` looks up 64 neighbouring positions of one channel at once.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from numba import njit

from evoapproxnas.emulation.kernels.cpu import cpu_features
from evoapproxnas.emulation.kernels.numba_lookup.fill import fill_buffers, fill_codes
from evoapproxnas.emulation.kernels.numba_lookup.finish import store, sum_windows
from evoapproxnas.emulation.kernels.numba_lookup.kernel import NumbaKernel
from evoapproxnas.emulation.kernels.numba_lookup.lanes import (
    LANES,
    TABLE_SIZE,
    TERMS,
    take,
    transpose_sums,
)
from evoapproxnas.emulation.kernels.numba_lookup.loops import (
    READ_AHEAD,
    channels_of,
    lanes_pay,
    sum_lanes,
)
from evoapproxnas.emulation.kernels.numba_lookup.plan import byte_rows
from evoapproxnas.emulation.kernels.numba_lookup.vbmi import MOST_TERMS, VECTOR, add_rows
from evoapproxnas.emulation.kernels.protocol import LookupTable

Array = npt.NDArray[Any]

NEEDED = ("avx512f", "avx512bw", "avx512vbmi")
STRIP_VECTORS = 4
STRIP = STRIP_VECTORS * VECTOR
"""Positions for which a row of products is loaded once."""
VECTOR_COST = 0.2
"""Cycles of a look-up, as the costs in `loops`."""


@njit(nogil=True, cache=True)
def work(counter: Any, x: Any, tiles: Any, layer: Any, quantizer: Any, pad_code: int,
         zero_points: Any, signed: bool, constants: Any, real: bool, out: Any,
         sums_out: Any) -> None:  # fmt: skip
    """Take tiles, and parts of their output channels, until none is left; see `loops.work`."""
    buffers = fill_buffers(x, tiles, layer.channels, pad_code)
    codes = np.zeros(layer.channels * tiles.channel_size + READ_AHEAD, np.uint8)
    strips = -(-tiles.positions // STRIP)
    sums = np.empty(strips * STRIP * LANES, np.int32)
    buffer = np.zeros(LANES * STRIP, np.int32)
    tables = np.empty(TERMS * TABLE_SIZE, np.uint16)
    windows = np.empty(tiles.positions if zero_points.shape[0] else 0, np.int32)
    while True:
        tile, part = divmod(take(counter), layer.parts.shape[0] - 1)
        if tile >= tiles.count:
            return
        first, last = channels_of(layer, part)
        fill_codes(x, tiles, layer.residues, tile, first, last, pad_code, quantizer, buffers,
                   codes)  # fmt: skip
        base, group = -first * tiles.channel_size, -1
        for block in range(layer.parts[part], layer.parts[part + 1]):
            begin, end = layer.first[block], layer.first[block + 1]
            groups = layer.groups[begin:end]
            if lanes_pay(groups, tiles.positions, VECTOR_COST * groups.shape[0]):
                group = sum_lanes(codes, base, layer, block, tables, group, zero_points, signed,
                                  windows, sums[: tiles.positions * LANES])  # fmt: skip
            else:
                group = _sum_strips(codes, base, layer, block, buffer, group, zero_points,
                                    signed, windows, sums)  # fmt: skip
            store(sums, tiles, x.shape[0], tile, begin, end - begin, constants, real,
                  layer.groups.shape[0], out, sums_out)  # fmt: skip


@njit(nogil=True, cache=True)
def _sum_strips(codes: Any, base: int, layer: Any, block: int, buffer: Any, group: int,
                zero_points: Any, signed: bool, windows: Any, sums: Any) -> int:  # fmt: skip
    """Sum products strip by strip, one output channel after the other; as `loops.sum_lanes`.

    `sums` is for whole strips; `buffer` is int32 scratch (16 * STRIP,).
    """
    begin, end = layer.first[block], layer.first[block + 1]
    mixed = layer.groups[begin] != layer.groups[end - 1]
    if windows.shape[0] and not mixed and group != layer.groups[begin]:
        group = layer.groups[begin]
        sum_windows(codes, signed, base, layer.shifts[group, : layer.terms], windows)
    for at in range(0, sums.shape[0] // LANES, STRIP):
        window = windows[at : at + STRIP]
        for lane in range(end - begin):
            shifts = layer.shifts[layer.groups[begin + lane]]
            _add_terms(codes, base + at, layer, layer.indices[block], lane, shifts,
                       buffer[lane * STRIP : (lane + 1) * STRIP])  # fmt: skip
            if mixed and window.shape[0] and group != layer.groups[begin + lane]:
                sum_windows(codes, signed, base + at, shifts[: layer.terms], window)
            for i in range(window.shape[0]):
                buffer[np.uint64(lane * STRIP + i)] -= zero_points[begin + lane] * window[i]
        for i in range(0, STRIP, LANES):
            transpose_sums(buffer, i, STRIP, sums, (at + i) * LANES, LANES)
    return -1 if mixed else group


@njit(nogil=True, cache=True)
def _add_terms(codes: Any, base: int, layer: Any, indices: Any, lane: int, shifts: Any,
               out: Any) -> None:  # fmt: skip
    for term in range(0, layer.terms, MOST_TERMS):
        count = min(MOST_TERMS, layer.terms - term)
        first = term * LANES + lane
        if term == 0:
            add_rows(STRIP_VECTORS, 0, codes, base, layer.byte_rows, indices, first, LANES, shifts,
                     term, count, out, 0)  # fmt: skip
        else:
            add_rows(STRIP_VECTORS, 1, codes, base, layer.byte_rows, indices, first, LANES, shifts,
                     term, count, out, 0)  # fmt: skip


class Avx512Kernel(NumbaKernel):
    """See the module's docstring."""

    name = "avx512"
    work: ClassVar[Callable[..., None]] = staticmethod(work)

    def missing(self) -> str | None:
        """Ask the CPU."""
        lacking = [name for name in NEEDED if name not in cpu_features()]
        return f"a CPU with {', '.join(lacking)}" if lacking else None

    @staticmethod
    def byte_rows(table: LookupTable) -> Array:
        """Return the table's rows for `vbmi`."""
        return byte_rows(table)

    @staticmethod
    def tile_positions(total: int, threads: int, *, grouped: bool) -> tuple[int, int]:
        """Take large tiles only where lanes may pay."""
        least, most = NumbaKernel.tile_positions(total, threads, grouped=grouped)
        if grouped or total < least * threads:
            return STRIP, 8 * STRIP
        return least, most
