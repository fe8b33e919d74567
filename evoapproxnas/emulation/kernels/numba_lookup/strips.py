"""The `avx512` and `avx2` kernels: the look-ups of `numba`, and those in registers where faster.

Sixteen output channels of one group are fastest in the lanes of `lane_sums` if the tile is
large. Where channels see different inputs (depthwise), are few, or where positions are few
(dense), `strips.add_rows` looks up neighbouring positions of one channel at once: by AVX-512 VBMI,
or by byte shuffles of AVX-512 BW or AVX2.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from numba import literally

from evoapproxnas.emulation.kernels.host.byte_look_ups import (
    VBMI,
    Look,
    Permute,
    shuffle_method,
    shuffle_rows,
)
from evoapproxnas.emulation.kernels.host.compiling import entry, inner
from evoapproxnas.emulation.kernels.host.cpu import lacking
from evoapproxnas.emulation.kernels.host.lanes import LANES, take
from evoapproxnas.emulation.kernels.host.strips import MOST_TERMS, add_rows
from evoapproxnas.emulation.kernels.numba_lookup.fill import fill_buffers, fill_codes
from evoapproxnas.emulation.kernels.numba_lookup.finish import extent
from evoapproxnas.emulation.kernels.numba_lookup.kernel import NumbaKernel
from evoapproxnas.emulation.kernels.numba_lookup.lane_sums import (
    blocks_together,
    lane_buffers,
    lanes_pay,
    work_in_lanes,
)
from evoapproxnas.emulation.kernels.numba_lookup.loops import STRIP, channels_of, sum_buffers
from evoapproxnas.emulation.kernels.numba_lookup.plan import byte_rows
from evoapproxnas.emulation.kernels.numba_lookup.planes import find_targets, store_planes
from evoapproxnas.emulation.kernels.protocol import LookupTable

Array = npt.NDArray[Any]


@entry
def work(counter: Any, x: Any, tiles: Any, layer: Any, quantizer: Any, pad_code: int,
         zero_points: Any, signed: bool, constants: Any, real: bool, out: Any,
         sums_out: Any) -> None:  # fmt: skip
    """Take tiles, and parts of their output channels, until none is left; see `loops.work`."""
    buffers = fill_buffers(x, tiles, layer.channels, pad_code)
    codes, sums, windows = sum_buffers(tiles, layer.channels, zero_points)
    scratch = lane_buffers(tiles.positions, layer.vectors, layer.terms)
    room = sums.shape[0] // LANES
    places = np.empty(room, np.int64), np.empty(room // LANES, np.int64)
    placed, channels = (0, 0), layer.groups.shape[0]
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
            if not lanes_pay(groups, tiles.positions, layer.look.cost * groups.shape[0]):
                together = 1
                _sum_strips(codes, base, layer, block, tiles.positions, zero_points, signed, sums)
                images, rows, pixel = extent(tiles, x.shape[0], tile)
                if placed != (images, rows):
                    find_targets(tiles, layer.order, images, rows, *places)
                    placed = (images, rows)
                if real:
                    store_planes(sums, *places, pixel, begin, end - begin, constants, channels,
                                 out)  # fmt: skip
                else:
                    store_planes(sums, *places, pixel, begin, end - begin, constants, channels,
                                 sums_out)  # fmt: skip
            elif together == 1:
                group = work_in_lanes(1, codes, base, layer, block, scratch, group, zero_points,
                                      signed, windows, sums, tiles, x.shape[0], tile, constants,
                                      real, out, sums_out)  # fmt: skip
            else:
                group = work_in_lanes(2, codes, base, layer, block, scratch, group, zero_points,
                                      signed, windows, sums, tiles, x.shape[0], tile, constants,
                                      real, out, sums_out)  # fmt: skip
            block += together


@inner
def _sum_strips(codes: Any, base: int, layer: Any, block: int, positions: int, zero_points: Any,
                signed: bool, sums: Any) -> None:  # fmt: skip
    """Sum products of one output channel after the other: its rows stay in the L1 cache.

    `sums`, int32 (16 * whole strips,), has those of one channel after those of another, in the
    order of `strips.sum_order`.
    """
    begin, end = layer.first[block], layer.first[block + 1]
    indices, room = layer.indices[block], sums.shape[0] // LANES
    for lane in range(end - begin):
        shifts = layer.shifts[layer.groups[begin + lane]]
        out = sums[lane * room : (lane + 1) * room]
        for at in range(0, positions, layer.look.positions):
            if zero_points is None:
                _add_terms(layer.look, 0, codes, base + at, layer.byte_rows, indices, lane, shifts,
                           layer.terms, np.int32(0), signed, out, at)  # fmt: skip
            else:
                zero_point = zero_points[begin + lane]
                _add_terms(layer.look, 1, codes, base + at, layer.byte_rows, indices, lane, shifts,
                           layer.terms, zero_point, signed, out, at)  # fmt: skip


@inner
def _add_terms(look: Any, windows: Any, codes: Any, start: int, rows: Any, indices: Any, lane: int,
               shifts: Any, terms: int, zero_point: Any, signed: bool, out: Any,
               at: int) -> None:  # fmt: skip
    literally(windows)
    first = min(MOST_TERMS, terms)
    add_rows(look, 0, windows, codes, start, rows, indices, lane, LANES, shifts, first,
             zero_point, signed, out, at)  # fmt: skip
    for term in range(MOST_TERMS, terms, MOST_TERMS):
        add_rows(look, 1, windows, codes, start, rows, indices, term * LANES + lane, LANES,
                 shifts[term:], min(MOST_TERMS, terms - term), zero_point, signed, out,
                 at)  # fmt: skip


class Avx512Kernel(NumbaKernel):
    """Look-ups by AVX-512 VBMI; see the module's docstring."""

    name = "avx512"
    work: ClassVar[Callable[..., None]] = staticmethod(work)

    def missing(self) -> str | None:
        """Ask the CPU."""
        return lacking(*VBMI)

    def look(self) -> Look:
        """See `NumbaKernel.look`."""
        return Permute()

    @staticmethod
    def byte_rows(table: LookupTable) -> Array:
        """Return the table's rows in bytes, uint8, shape (512 * rows,)."""
        return byte_rows(table)

    @staticmethod
    def tile_positions(total: int, blocks: int, threads: int, *, grouped: bool) -> int:
        """Take large tiles only where lanes may pay."""
        if grouped or total < 4096 * threads:
            return _strip_positions(total, blocks, threads, grouped=grouped)
        return NumbaKernel.tile_positions(total, blocks, threads, grouped=grouped)


class Avx2Kernel(NumbaKernel):
    """Look-ups by byte shuffles of AVX2 or AVX-512 BW; see the module's docstring."""

    name = "avx2"
    work: ClassVar[Callable[..., None]] = staticmethod(work)

    def missing(self) -> str | None:
        """Ask the CPU."""
        return lacking("avx2")

    def look(self) -> Look:
        """See `NumbaKernel.look`."""
        return shuffle_method()

    @staticmethod
    def byte_rows(table: LookupTable) -> Array:
        """Return the table's rows in bytes for byte shuffles, uint8, shape (512 * rows,)."""
        return _shuffled_rows(table)

    @staticmethod
    def tile_positions(total: int, blocks: int, threads: int, *, grouped: bool) -> int:
        """Take small tiles only where lanes cannot pay."""
        if grouped:
            return _strip_positions(total, blocks, threads, grouped=grouped)
        return NumbaKernel.tile_positions(total, blocks, threads, grouped=grouped)


def _strip_positions(total: int, blocks: int, threads: int, *, grouped: bool) -> int:
    """Return the positions of a tile that is worked on in strips; all threads have work."""
    tasks = 4 * threads // (blocks if grouped else 1)
    return min(max(total // max(tasks, 1), STRIP), 8 * STRIP)


@lru_cache(maxsize=64)
def _shuffled_rows(table: LookupTable) -> Array:
    return shuffle_rows(byte_rows(table).reshape(-1, 256)).reshape(-1)
