"""The `vnni` and `amx` kernels: integer inner products over the byte-sized terms of a table.

The input is worked on in chunks of images, or of rows of one image, that fit the L2 cache with
their features. A thread quantizes and expands a chunk, with padding, then sums windows straight
from there, block of output channels after block, and stores final results. Extra memory: a chunk
per thread.

Any table works, but only tables of few terms are fast; `auto` weighs that (see `cost`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.numba_lookup.lanes import LANES
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable, Operands
from evoapproxnas.emulation.kernels.threads import run_all, thread_count
from evoapproxnas.emulation.kernels.tiles import loops
from evoapproxnas.emulation.kernels.tiles.plan import Block, LayerKey, Plan, plan_layer

Array = npt.NDArray[Any]
CHUNK_BYTES = 2**19
"""Of a chunk with its features: with weights and results it stays in 2 MiB of L2 cache."""


@dataclass(frozen=True)
class Chunk:
    """Output rows [first_row, last_row) of images [first_image, last_image)."""

    first_image: int
    last_image: int
    first_row: int
    last_row: int


class TileKernel:
    """What both kernels share; see the module.

    Attributes:
        unit: bytes that an inner product takes at once.
    """

    name: str
    in_graph = False
    unit: int

    def method(self) -> Any:
        """Return the named tuple that selects `loops.add_units`, for one task of a thread."""
        raise NotImplementedError

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
        zero_points = np.zeros(weight_codes.shape[3], np.int32)
        key, out = self._prepare(
            codes, weight_codes, weight_signs, zero_points, table, geometry, np.int32
        )
        plan = plan_layer(key)
        quantizer = (np.float32(1), np.float32(0), np.float32(0), np.float32(255))
        finish = (plan.constants, None, None)
        self._run(codes, int(pad_code), quantizer, key, plan, finish, out)
        return out

    def convolve(
        self, x: Array, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> Array:
        """See `Kernel.convolve`."""
        key, out = self._prepare(
            x, operands.weight_codes, operands.weight_signs, operands.weight_zero_point, table,
            geometry, np.float32,
        )  # fmt: skip
        plan = plan_layer(key)
        zero = int(operands.input_zero_point)
        low, high = (-128, 127) if table.signed else (0, 255)
        inverse = np.float32(1) / np.float32(operands.input_scale)
        quantizer = (inverse, np.float32(zero), np.float32(low), np.float32(high))
        finish = (plan.constants + operands.offset, operands.scale, operands.bias)
        self._run(x, zero & 255, quantizer, key, plan, finish, out)
        return out

    def _prepare(
        self,
        x: Array,
        codes: Array,
        signs: Array,
        zero_points: Array,
        table: LookupTable,
        geometry: Geometry,
        dtype: Any,
    ) -> tuple[LayerKey, Array]:
        """Return the key of the packed layer, and an empty output."""
        size, kernel = (x.shape[1], x.shape[2]), (codes.shape[0], codes.shape[1])
        _, (left, right) = geometry.pads(size, kernel)
        key = LayerKey(
            table, codes.shape, codes.tobytes(), signs.tobytes(),
            np.asarray(zero_points, np.int32).tobytes(), geometry,
            left + x.shape[2] + right, self.unit,
        )  # fmt: skip
        out = np.empty((len(x), *geometry.output_size(size, kernel), codes.shape[3]), dtype)
        return key, out

    def _run(
        self,
        x: Array,
        pad_code: int,
        quantizer: tuple[np.float32, ...],
        key: LayerKey,
        plan: Plan,
        finish: tuple[Any, ...],
        out: Array,
    ) -> None:
        """Share the chunks among the threads."""
        if not out.size:
            return
        x = np.ascontiguousarray(x)
        flat = out.reshape(-1, out.shape[3])
        blocks = [(block, _lanes(block, finish)) for block in plan.blocks]

        def work(chunks: list[Chunk]) -> None:
            method = self.method()
            for chunk in chunks:
                buffer, view = _expand(x, chunk, pad_code, quantizer, key, plan.features, out)
                rows = chunk.last_row - chunk.first_row
                pixels = (chunk.last_image - chunk.first_image) * rows * out.shape[2]
                base = (chunk.first_image * out.shape[1] + chunk.first_row) * out.shape[2]
                for block, lanes in blocks:
                    loops.sum_block(
                        method, block.vectors, buffer, view, block.offsets, block.weights,
                        block.segments, plan.shift, base, pixels, block.first, block.used,
                        *lanes, flat,
                    )  # fmt: skip

        chunks = list(_chunks(x.shape, key, plan, out.shape))
        share = -(-len(chunks) // (4 * thread_count()))
        jobs: list[Callable[[], None]] = [
            partial(work, chunks[i : i + share]) for i in range(0, len(chunks), share)
        ]
        run_all(jobs)


def _chunks(
    x: tuple[int, ...], key: LayerKey, plan: Plan, out: tuple[int, ...]
) -> Iterator[Chunk]:
    """Cut the output so that a chunk fits the cache and all threads have work."""
    images, rows, threads = out[0], out[1], thread_count()
    row_bytes = max(key.pitch * x[3] * len(plan.features) * key.geometry.strides[0], 1)
    fitting = max(CHUNK_BYTES // row_bytes, 1)
    wanted = min(fitting, -(-images * rows // threads))
    if wanted >= rows:
        step = wanted // rows
        for image in range(0, images, step):
            yield Chunk(image, min(image + step, images), 0, rows)
    else:
        step = -(-rows // -(-rows // wanted))
        for image in range(images):
            for row in range(0, rows, step):
                yield Chunk(image, image + 1, row, min(row + step, rows))


def _expand(
    x: Array, chunk: Chunk, pad_code: int, quantizer: tuple[np.float32, ...], key: LayerKey,
    features: Array, out: Array,
) -> tuple[Array, Array]:  # fmt: skip
    """Return the features of a chunk's padded input, flat, and the view of its windows."""
    kernel, geometry = key.shape[:2], key.geometry
    (top, _), (left, _) = geometry.pads((x.shape[1], x.shape[2]), (kernel[0], kernel[1]))
    step = geometry.strides[0]
    rows = chunk.last_row - chunk.first_row
    height = (rows - 1) * step + (kernel[0] - 1) * geometry.dilation[0] + 1
    images = chunk.last_image - chunk.first_image
    pixel = x.shape[3] * len(features)
    line = key.pitch * pixel
    size = images * height * line
    buffer = np.empty(size + loops.READ_AHEAD, np.uint8)
    if pixel:
        loops.expand_rows(
            x[chunk.first_image : chunk.last_image], chunk.first_row * step - top, left, pad_code,
            quantizer, features, buffer[:size].reshape(images, height, key.pitch, pixel),
        )  # fmt: skip
    view = (rows, out.shape[2], step, geometry.strides[1] * pixel, line, height * line)
    return buffer, np.array(view, np.int64)


def _lanes(block: Block, finish: tuple[Any, ...]) -> list[Array | None]:
    """Return the block's share of per-channel constants, filled up to whole vectors."""
    found: list[Array | None] = []
    for constant in finish:
        lanes = None
        if constant is not None:
            lanes = np.zeros(block.vectors * LANES, constant.dtype)
            lanes[: block.used] = constant[block.first : block.first + block.used]
        found.append(lanes)
    return found
