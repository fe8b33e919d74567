"""The `avx512` kernel: look-ups of VBMI, 64 neighbouring positions of one channel at once."""

from typing import Any, ClassVar

import numpy as np
from numba import njit

from evoapproxnas.emulation.kernels.cpu import cpu_features
from evoapproxnas.emulation.kernels.numba_lookup.fill import fill_codes
from evoapproxnas.emulation.kernels.numba_lookup.finish import store, sum_windows
from evoapproxnas.emulation.kernels.numba_lookup.kernel import NumbaKernel
from evoapproxnas.emulation.kernels.numba_lookup.lanes import LANES, take, transpose_sums
from evoapproxnas.emulation.kernels.numba_lookup.loops import channels_of, scratch
from evoapproxnas.emulation.kernels.numba_lookup.plan import byte_rows
from evoapproxnas.emulation.kernels.numba_lookup.vbmi import MOST_TERMS, VECTOR, add_rows

NEEDED = ("avx512f", "avx512bw", "avx512vbmi")
STRIP = 4 * VECTOR
"""Positions for which a row of products is loaded once."""


@njit(nogil=True, cache=True)
def work(counter: Any, x: Any, tiles: Any, layer: Any, quantizer: Any, pad_code: int,
         zero_points: Any, signed: bool, constants: Any, real: bool, out: Any,
         sums_out: Any) -> None:  # fmt: skip
    """Take tiles, and parts of their output channels, until none is left; see `loops.work`."""
    line, planes, codes = scratch(x, tiles, layer)
    strips = -(-tiles.positions // STRIP)
    sums = np.empty(strips * STRIP * LANES, np.int32)
    buffer = np.zeros(LANES * STRIP, np.int32)
    windows = np.empty(STRIP if zero_points.shape[0] else 0, np.int32)
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
            zeros = zero_points[begin : begin + LANES]
            for strip in range(strips):
                at = strip * STRIP
                _sum_strip(codes, base + at, min(tiles.positions - at, STRIP), layer, block,
                           zeros, signed, windows, buffer)  # fmt: skip
                for i in range(0, STRIP, LANES):
                    transpose_sums(buffer, i, STRIP, sums, (at + i) * LANES, LANES)
            store(sums, tiles, x.shape[0], tile, begin, end - begin, constants, real,
                  layer.groups.shape[0], out, sums_out)  # fmt: skip


@njit(nogil=True, cache=True)
def _sum_strip(codes: Any, base: int, positions: int, layer: Any, block: int, zero_points: Any,
               signed: bool, windows: Any, buffer: Any) -> None:  # fmt: skip
    """Sum products, corrected for weight zero points, into `buffer`, int32 (16 * STRIP,)."""
    begin, end = layer.first[block], layer.first[block + 1]
    indices = layer.indices[block]
    group = -1
    for lane in range(end - begin):
        shifts = layer.shifts[layer.groups[begin + lane]]
        target = lane * STRIP
        _add_terms(codes, base, positions, layer, indices, lane, shifts, buffer, target)
        if windows.shape[0]:
            if layer.groups[begin + lane] != group:
                group = layer.groups[begin + lane]
                if signed:
                    sum_windows(codes.view(np.int8), base, shifts[: layer.terms], windows)
                else:
                    sum_windows(codes, base, shifts[: layer.terms], windows)
            zero_point, out = zero_points[lane], np.uint64(target)
            for i in range(STRIP):
                buffer[out + np.uint64(i)] -= zero_point * windows[i]


@njit(nogil=True, cache=True)
def _add_terms(codes: Any, base: int, positions: int, layer: Any, indices: Any, lane: int,
               shifts: Any, buffer: Any, target: int) -> None:  # fmt: skip
    for term in range(0, layer.terms, MOST_TERMS):
        count = min(MOST_TERMS, layer.terms - term)
        first = term * LANES + lane
        if positions <= VECTOR:
            if term == 0:
                add_rows(1, 0, codes, base, layer.rows, indices, first, LANES, shifts, term,
                         count, buffer, target)  # fmt: skip
            else:
                add_rows(1, 1, codes, base, layer.rows, indices, first, LANES, shifts, term,
                         count, buffer, target)  # fmt: skip
        elif term == 0:
            add_rows(4, 0, codes, base, layer.rows, indices, first, LANES, shifts, term,
                     count, buffer, target)  # fmt: skip
        else:
            add_rows(4, 1, codes, base, layer.rows, indices, first, LANES, shifts, term,
                     count, buffer, target)  # fmt: skip


class Avx512Kernel(NumbaKernel):
    """See the module's docstring."""

    name = "avx512"
    tile_positions: ClassVar[tuple[int, int]] = (STRIP, 8 * STRIP)

    def missing(self) -> str | None:
        """Ask the CPU."""
        lacking = [name for name in NEEDED if name not in cpu_features()]
        return f"a CPU with {', '.join(lacking)}" if lacking else None

    work = staticmethod(work)
    rows = staticmethod(byte_rows)
