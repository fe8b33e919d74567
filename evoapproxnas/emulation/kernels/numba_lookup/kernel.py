"""Look-ups with Numba: any table, any CPU, exact, on several threads.

The images are worked on in chunks: first their codes are laid out in padded planes, then tasks
(a tile of output pixels) x (16 output channels) run on the pool and write disjoint parts of the
output. Extra memory: `CHUNK_BYTES` of codes and 0.6 MB of sums per thread.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.numba_lookup import loops
from evoapproxnas.emulation.kernels.numba_lookup.lanes import LANES, TABLE_SIZE, TERMS
from evoapproxnas.emulation.kernels.numba_lookup.plan import Block, Plan, plan_layer, product_rows
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable, Operands
from evoapproxnas.emulation.kernels.threads import run_all, thread_count

Array = npt.NDArray[Any]
Store = Callable[[Array, int, Block], None]
"""Writes the sums of a block's channels for pixels from a first one on; may change the sums."""

CHUNK_BYTES = 2**24
TILE_PIXELS = 8192
"""Output pixels whose sums (64 bytes each) stay in the L2 cache while all terms are added."""
TRANSPOSE_COST = 1500.0
LANE_PIXEL_COST = 1.0
SINGLE_PIXEL_COST = 0.8
"""Rough costs, in cycles, of preparing a term, of its look-ups in 16 lanes, and in one."""
READ_AHEAD = 256
"""Bytes behind the planes that vector loads may touch."""


@dataclass(frozen=True)
class Singles:
    """How to sum products one output channel after the other, where 16 lanes do not pay.

    Attributes:
        sum_block: sums a block of a chunk at given positions.
        pixel_cost: cycles of one look-up, given the chunk's view (see `loops`).
        prepare: from a table's rows to the form that `sum_block` reads.
    """

    sum_block: Callable[["Chunk", Block, Array, Array], None]
    pixel_cost: Callable[[Array], float]
    prepare: Callable[[LookupTable], Array]


@dataclass(frozen=True)
class Chunk:
    """A chunk of images, ready to be summed. `store` writes the sums of one task."""

    planes: Array
    view: Array
    plan: Plan
    rows: Array
    store: Store
    singles: Singles
    single_rows: Array


def sum_single_lookups(chunk: Chunk, block: Block, starts: Array, sums: Array) -> None:
    """Sum a block's products one by one, on any CPU."""
    loops.sum_singles(chunk.planes, starts, chunk.rows, block.indices, chunk.plan.shifts,
                      chunk.plan.terms, block.lane_groups, sums)  # fmt: skip


class NumbaKernel:
    """See the module's docstring."""

    name = "numba"
    in_graph = False
    singles = Singles(
        sum_single_lookups, lambda view: SINGLE_PIXEL_COST, lambda table: product_rows(table).rows
    )

    def missing(self) -> str | None:
        """Numba is a required package."""
        return None

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
        """See `Kernel.product_sums`."""
        out = _empty_output(codes.shape, weight_codes.shape, geometry, np.int32)
        flat = out.reshape(-1, out.shape[3])

        def store(plan: Plan, planes: Array, view: Array, base: int) -> Store:
            def write(sums: Array, first: int, block: Block) -> None:
                (lifts,) = _lanes(block, plan.lifts)
                loops.store_sums(sums, base + first, block.first, block.used, lifts, flat)

            return write

        quantizer = (np.float32(1), np.float32(0), np.float32(0), np.float32(255))
        _run(codes, weight_codes, weight_signs, int(pad_code), quantizer,
             table, geometry, out.shape, store, self.singles)  # fmt: skip
        return out

    def convolve(
        self, x: Array, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> Array:
        """See `Kernel.convolve`."""
        out = _empty_output(x.shape, operands.weight_codes.shape, geometry, np.float32)
        flat = out.reshape(-1, out.shape[3])
        zero_points = np.ascontiguousarray(operands.weight_zero_point)

        def store(plan: Plan, planes: Array, view: Array, base: int) -> Store:
            constants = (plan.lifts + operands.offset, operands.scale, operands.bias)
            plane_sums = None
            if zero_points.any():
                shape = (planes.shape[0], geometry.groups, *planes.shape[2:])
                plane_sums = np.zeros(shape, np.int32)
                _in_parts(
                    len(planes),
                    lambda part: loops.sum_planes(
                        planes[part], geometry.groups, table.signed, plane_sums[part]
                    ),
                )

            def write(sums: Array, first: int, block: Block) -> None:
                if plane_sums is not None:
                    lane_zero_points = zero_points[block.first : block.first + block.used]
                    loops.subtract_windows(plane_sums, first, block.lane_groups, plan.taps, view,
                                           lane_zero_points, sums)  # fmt: skip
                loops.store_real(sums, base + first, block.first, block.used,
                                 *_lanes(block, *constants), flat)  # fmt: skip

            return write

        zero = int(operands.input_zero_point)
        low, high = (-128, 127) if table.signed else (0, 255)
        inverse = np.float32(1) / np.float32(operands.input_scale)
        quantizer = (inverse, np.float32(zero), np.float32(low), np.float32(high))
        _run(x, operands.weight_codes, operands.weight_signs, zero & 255, quantizer,
             table, geometry, out.shape, store, self.singles)  # fmt: skip
        return out


def _empty_output(
    shape: tuple[int, ...], weights: tuple[int, ...], geometry: Geometry, dtype: Any
) -> Array:
    size = geometry.output_size((shape[1], shape[2]), (weights[0], weights[1]))
    return np.empty((shape[0], *size, weights[3]), dtype)


def _run(
    x: Array,
    weight_codes: Array,
    weight_signs: Array,
    pad_code: int,
    quantizer: tuple[np.float32, ...],
    table: LookupTable,
    geometry: Geometry,
    out_shape: tuple[int, ...],
    make_store: Callable[[Plan, Array, Array, int], Store],
    singles: Singles,
) -> None:
    """Work through the images chunk by chunk; `make_store` says what becomes of the sums."""
    images, height, width, channels = x.shape
    kernel = (weight_codes.shape[0], weight_codes.shape[1])
    (top, bottom), (left, right) = geometry.pads((height, width), kernel)
    padded = (top + height + bottom, left + width + right)
    prepared = product_rows(table)
    plan = plan_layer(weight_codes, weight_signs, prepared.lifts, geometry, padded)
    single_rows = singles.prepare(table)
    plane = padded[0] * padded[1]
    view = np.array(
        [*out_shape[1:3], *geometry.strides, padded[1], plane, plane * channels], np.int64
    )
    pixels = out_shape[1] * out_shape[2]
    step = max(CHUNK_BYTES // max(plane * channels, 1), 1)
    x = np.ascontiguousarray(x)
    for start in range(0, images if pixels else 0, step):
        part = x[start : start + step]
        planes = _planes(part, (channels, *padded), pad_code, (top, left), quantizer)
        store = make_store(plan, planes, view, start * pixels)
        chunk = Chunk(planes.reshape(-1), view, plan, prepared.rows, store, singles, single_rows)
        _sum_chunk(chunk, len(part) * pixels)


def _planes(
    x: Array, shape: tuple[int, ...], pad_code: int, corner: tuple[int, int],
    quantizer: tuple[np.float32, ...],
) -> Array:  # fmt: skip
    """Return the codes of some images in padded planes, filled by several threads."""
    size = len(x) * math.prod(shape)
    planes = np.empty(size + READ_AHEAD, np.uint8)[:size].reshape(len(x), *shape)

    def fill(part: slice) -> None:
        planes[part] = pad_code
        loops.fill_planes(x[part], planes[part], *corner, *quantizer)

    _in_parts(len(x), fill)
    return planes


def _in_parts(images: int, work: Callable[[slice], None]) -> None:
    """Share the images among the threads."""
    step = -(-images // thread_count())
    run_all([partial(work, slice(i, min(i + step, images))) for i in range(0, images, step)])


def _sum_chunk(chunk: Chunk, pixels: int) -> None:
    """Split a chunk's output into tasks and run them."""
    threads = thread_count()
    blocks = chunk.plan.blocks
    tiles = max(-(-pixels // TILE_PIXELS), -(-threads // len(blocks)))
    tile = -(-pixels // tiles)
    tasks = [
        (first, min(first + tile, pixels), block)
        for first in range(0, pixels, tile)
        for block in blocks
    ]
    share = -(-len(tasks) // (4 * threads))
    jobs = [tasks[i : i + share] for i in range(0, len(tasks), share)]
    run_all([partial(_run_tasks, chunk, job, tile) for job in jobs])


def _run_tasks(chunk: Chunk, tasks: list[tuple[int, int, Block]], tile: int) -> None:
    sums = np.empty(tile * LANES, np.int32)
    tables = np.empty(TERMS * TABLE_SIZE, np.uint16)
    starts = np.empty(tile, np.int64)
    done = -1
    for first, last, block in tasks:
        count = last - first
        if first != done:
            loops.pixel_starts(first, starts[:count], chunk.view)
            done = first
        _sum_block(chunk, block, starts[:count], tables, sums[: count * LANES])
        chunk.store(sums[: count * LANES], first, block)


def _sum_block(chunk: Chunk, block: Block, starts: Array, tables: Array, sums: Array) -> None:
    """Choose between 16 lanes and one channel at a time by their estimated costs."""
    shifts = chunk.plan.shifts
    together = TRANSPOSE_COST + LANE_PIXEL_COST * len(starts)
    apart = chunk.singles.pixel_cost(chunk.view) * block.used * len(starts)
    if block.mixed or together > apart:
        chunk.singles.sum_block(chunk, block, starts, sums)
    else:
        loops.sum_lanes(chunk.planes, starts, chunk.rows, block.indices,
                        shifts[block.lane_groups[0]], tables, sums)  # fmt: skip


def _lanes(block: Block, *constants: Array) -> list[Array]:
    """Return the block's share of per-channel constants, filled up to 16 lanes."""
    lanes = [np.zeros(LANES, constant.dtype) for constant in constants]
    for lane, constant in zip(lanes, constants, strict=True):
        lane[: block.used] = constant[block.first : block.first + block.used]
    return lanes
