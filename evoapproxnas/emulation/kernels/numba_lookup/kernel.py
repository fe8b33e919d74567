"""Look-ups with Numba: any table, any CPU, exact, on several threads.

The layer is cut into tiles (see `tiles`). Each thread takes one after the other, lays out its
codes, sums the products of 16 or 32 output channels at a time and writes their outputs. Extra
memory, for each thread: at most three times `TILE_BYTES`, and 3 MB of sums and tables.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.host.byte_look_ups import Look
from evoapproxnas.emulation.kernels.host.codes import OF_CODES, quantizer_of
from evoapproxnas.emulation.kernels.host.cpu import lacking
from evoapproxnas.emulation.kernels.host.lanes import LANES
from evoapproxnas.emulation.kernels.host.outputs import empty_output
from evoapproxnas.emulation.kernels.host.strips import sum_order
from evoapproxnas.emulation.kernels.host.threads import run_all, thread_count
from evoapproxnas.emulation.kernels.numba_lookup import loops
from evoapproxnas.emulation.kernels.numba_lookup.plan import (
    Plan,
    plan_layer,
    product_rows,
    term_shifts,
)
from evoapproxnas.emulation.kernels.numba_lookup.tiles import (
    Tiles,
    cut_tiles,
    row_residues,
    tap_shifts,
)
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable, Operands

Array = npt.NDArray[Any]

TILE_BYTES = 2**21
ALL_TILES_BYTES = 2**24
"""Limits for the codes of one tile, and of all threads' tiles together."""
PART_CHANNELS = 64
"""Input channels that a part of a layer of several groups reads together, where it can."""


class Layer(NamedTuple):
    """A layer's weights and where their activations lie, for the compiled loops.

    Attributes:
        lane_rows: see `ProductRows`.
        byte_rows: see `NumbaKernel.byte_rows`.
        look: see `NumbaKernel.look`.
        order: see `strips.sum_order`; shape (0,) without look-ups in registers.
        vectors: blocks that are summed together, at most: as many as a register holds.
        first: see `Plan`.
        indices: see `Plan`.
        groups: see `Plan`.
        terms: see `Plan`.
        shifts: see `term_shifts`.
        residues: see `row_residues`.
        parts: int64 (parts + 1,), the first block of each part of the output channels.
        channels: the most input channels that a part needs.
        group_channels: input channels of a group.
    """

    lane_rows: Array
    byte_rows: Array
    look: Look | None
    order: Array
    vectors: int
    first: Array
    indices: Array
    groups: Array
    terms: int
    shifts: Array
    residues: Array
    parts: Array
    channels: int
    group_channels: int


class NumbaKernel:
    """See the module's docstring. A subclass may sum differently."""

    name = "numba"
    in_graph = False
    work: ClassVar[Callable[..., None]] = staticmethod(loops.work)

    @staticmethod
    def byte_rows(table: LookupTable) -> Array:
        """Return a table's rows in bytes, one after the other; shape (0,) if `work` reads none.

        Args:
            table: the multiplier.
        """
        return np.zeros(0, np.uint8)

    def look(self) -> Look | None:
        """Return what selects the instructions of look-ups in registers; None for none."""
        return None

    @staticmethod
    def tile_positions(total: int, blocks: int, threads: int, *, grouped: bool) -> int:
        """Return about how many of `total` positions a tile should have.

        More share the preparation of a row of products, but their sums (64 bytes each, twice that
        in 32 lanes) should stay near, and there should be work for all threads. With 8192 instead
        of 4096 a ResNet-8 takes 5 to 6 % less with 1 MB of L2 cache, with 16384 no less.

        Args:
            total: positions of the output.
            blocks: of output channels; if grouped, of such as are worked on together.
            threads: that share the work.
            grouped: whether channels are in groups.
        """
        return min(max(total * blocks // (2 * threads), 1024), 8192)

    def missing(self) -> str | None:
        """Return nothing: Numba is a required package."""
        return None

    def terms(self, table: LookupTable) -> int:
        """Return 1: a product is one look-up."""
        return 1

    def product_sums(
        self,
        codes: Array,
        weight_codes: Array,
        weight_signs: Array,
        pad_code: int,
        *,
        table: LookupTable,
        geometry: Geometry,
    ) -> Array:
        """Return the sums of products; see `Kernel.product_sums`."""
        plan = plan_layer(weight_codes, weight_signs, product_rows(table).lifts, geometry.groups)
        out = empty_output(codes.shape, weight_codes.shape, geometry, np.int32)
        no_real = np.zeros(0, np.float32)
        constants = (_lanes(plan.lifts), no_real, no_real)
        self._run(
            codes, weight_codes.shape, plan, table, geometry, out.shape,
            (OF_CODES, int(pad_code), None, table.signed, constants, False,
             no_real, out.reshape(-1)),
        )  # fmt: skip
        return out

    def convolve(
        self, x: Array, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> Array:
        """Return the layer's output; see `Kernel.convolve`."""
        plan = plan_layer(
            operands.weight_codes, operands.weight_signs, product_rows(table).lifts,
            geometry.groups,
        )  # fmt: skip
        out = empty_output(x.shape, operands.weight_codes.shape, geometry, np.float32)
        zero = int(operands.input_zero_point)
        quantizer = quantizer_of(operands, signed=table.signed)
        zero_points, none = _lanes(operands.weight_zero_point), np.zeros(0, np.int32)
        constants = tuple(
            _lanes(each) for each in (plan.lifts + operands.offset, operands.scale, operands.bias)
        )
        self._run(
            x, operands.weight_codes.shape, plan, table, geometry, out.shape,
            (quantizer, zero & 255, zero_points if zero_points.any() else None, table.signed,
             constants, True, out.reshape(-1), none),
        )  # fmt: skip
        return out

    def _run(
        self,
        x: Array,
        weight_shape: tuple[int, ...],
        plan: Plan,
        table: LookupTable,
        geometry: Geometry,
        out_shape: tuple[int, ...],
        options: tuple[Any, ...],
    ) -> None:
        """Work through the layer's tiles; `options` are the last arguments of `work`."""
        if 0 in out_shape:
            return
        parts, tiles, channels = self.cut(x.shape, weight_shape, plan, geometry, out_shape)
        taps, look = tap_shifts(tiles, weight_shape[0], geometry), self.look()
        layer = Layer(
            lane_rows=product_rows(table).rows,
            byte_rows=self.byte_rows(table),
            look=look,
            order=np.zeros(0, np.int64) if look is None else sum_order(look),
            vectors=2 if lacking("avx512f", "avx512bw") is None else 1,
            first=plan.first,
            indices=plan.indices,
            groups=plan.groups,
            terms=plan.terms,
            shifts=term_shifts(taps, weight_shape[2], tiles.channel_size, geometry.groups),
            residues=np.array(row_residues(geometry, weight_shape[0]), np.int64),
            parts=parts,
            channels=channels,
            group_channels=weight_shape[2],
        )
        counter = np.zeros(1, np.int64)
        items = tiles.number * (len(parts) - 1)
        job = partial(self.work, counter, np.ascontiguousarray(x), tiles, layer, *options)
        run_all([job] * min(thread_count(), items))

    def cut(
        self,
        shape: tuple[int, ...],
        weight_shape: tuple[int, ...],
        plan: Plan,
        geometry: Geometry,
        out_shape: tuple[int, ...],
    ) -> tuple[Array, Tiles, int]:
        """Cut the output into parts of its channels, and into tiles.

        Args:
            shape: of the activation codes, (images, rows, columns, channels_in).
            weight_shape: (kh, kw, channels_in / groups, channels_out).
            plan: the layer's weights as row indices.
            geometry: of the convolution.
            out_shape: of the sums, (images, rows, columns, channels_out).

        Returns:
            The first block of each part, the tiles, and the most input channels of a part.
        """
        threads, blocks = thread_count(), len(plan.first) - 1
        kernel = (weight_shape[0], weight_shape[1])
        grouped = geometry.groups > 1
        parts = _parts(plan, weight_shape[2]) if grouped else np.array([0, blocks])
        total = out_shape[0] * out_shape[1] * out_shape[2]
        channels = _most_channels(plan, parts, weight_shape[2])
        apart = len(parts) - 1 if grouped else blocks
        tiles = cut_tiles(
            shape, kernel, geometry,
            positions=self.tile_positions(total, apart, threads, grouped=grouped),
            channels=channels,
            most_bytes=min(TILE_BYTES, ALL_TILES_BYTES // threads),
        )  # fmt: skip
        wanted = -(-threads // tiles.number)
        if wanted >= len(parts):
            parts = np.arange(0, blocks + 1, -(-blocks // wanted))
            parts = np.append(parts, blocks) if parts[-1] < blocks else parts
        return parts.astype(np.int64), tiles, channels


def _parts(plan: Plan, group_channels: int) -> Array:
    """Cut the blocks of a layer of several groups: each part needs inputs of its own.

    Nothing is quantized twice, and runs of neighbouring inputs are long.
    """
    blocks = len(plan.first) - 1
    channels = _most_channels(plan, np.arange(blocks + 1), group_channels)
    return np.append(np.arange(0, blocks, max(PART_CHANNELS // channels, 1)), blocks)


def _most_channels(plan: Plan, parts: Array, group_channels: int) -> int:
    """Return the most input channels that a part of the blocks needs."""
    first, last = plan.groups[plan.first[parts[:-1]]], plan.groups[plan.first[parts[1:]] - 1]
    return int((last - first).max() + 1) * group_channels


def _lanes(constant: Array) -> Array:
    """Return per-channel constants, filled up so that 16 can be read from any channel on."""
    return np.append(constant, np.zeros(LANES, constant.dtype))
