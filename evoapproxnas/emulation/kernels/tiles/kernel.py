"""The `vnni`, `amx` and `words` kernels: integer inner products over the terms of a table.

The input is worked on in chunks of images, or of rows of one image, that fit the L2 cache with
their features. A thread quantizes and expands a chunk, with padding, then sums windows straight
from there, block of output channels after block, and stores final results. Extra memory: a chunk
per thread.

Any table works, but only tables of few terms are fast; `auto` weighs that (see `cost`).
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.host.byte_look_ups import Look, look_up_method
from evoapproxnas.emulation.kernels.host.codes import OF_CODES, Quantizer, quantizer_of
from evoapproxnas.emulation.kernels.host.lanes import LANES
from evoapproxnas.emulation.kernels.host.outputs import empty_output
from evoapproxnas.emulation.kernels.host.threads import run_all, thread_count
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable, Operands
from evoapproxnas.emulation.kernels.tiles import loops
from evoapproxnas.emulation.kernels.tiles.chunks import Chunk, cut_chunks
from evoapproxnas.emulation.kernels.tiles.plan import Block, LayerKey, Plan, plan_layer
from evoapproxnas.multipliers.byte_terms import BYTE_BITS

Array = npt.NDArray[Any]


class TileKernel:
    """What the kernels share; see the module.

    Attributes:
        unit: values of the expanded input that an inner product takes at once.
        digit_bits: see `plan.LayerKey`.
    """

    name: str
    in_graph = False
    unit: int
    digit_bits = BYTE_BITS

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
        key = self.key(codes, weight_codes, weight_signs, zero_points, table, geometry)
        plan = plan_layer(key)
        out = empty_output(codes.shape, key.shape, geometry, np.int32)
        finish = (plan.constants, None, None)
        self._run(codes, int(pad_code), OF_CODES, key, plan, finish, out)
        return out

    def convolve(
        self, x: Array, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> Array:
        """See `Kernel.convolve`."""
        key = self.key(
            x, operands.weight_codes, operands.weight_signs, operands.weight_zero_point, table,
            geometry,
        )  # fmt: skip
        plan = plan_layer(key)
        out = empty_output(x.shape, key.shape, geometry, np.float32)
        zero = int(operands.input_zero_point)
        quantizer = quantizer_of(operands, signed=table.signed)
        finish = (plan.constants + operands.offset, operands.scale, operands.bias)
        self._run(x, zero & 255, quantizer, key, plan, finish, out)
        return out

    def key(
        self,
        x: Array,
        codes: Array,
        signs: Array,
        zero_points: Array,
        table: LookupTable,
        geometry: Geometry,
    ) -> LayerKey:
        """Return what the layer's packed weights depend on; arguments as in `Operands`."""
        kernel = (codes.shape[0], codes.shape[1])
        _, (left, right) = geometry.pads((x.shape[1], x.shape[2]), kernel)
        pitch, sampling = left + x.shape[2] + right, (1, 1)
        if kernel == (1, 1):  # other pixels than every stride-th meet no weight
            sampling, geometry = geometry.strides, replace(geometry, strides=(1, 1))
            pitch = -(-x.shape[2] // sampling[1])
        return LayerKey(
            table, codes.shape, codes.tobytes(), signs.tobytes(),
            np.asarray(zero_points, np.int32).tobytes(), geometry, sampling, pitch, self.unit,
            self.digit_bits,
        )  # fmt: skip

    def _run(
        self,
        x: Array,
        pad_code: int,
        quantizer: Quantizer,
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

        threads, features = thread_count(), len(plan.features)
        chunks = list(cut_chunks(len(x), out.shape[1], key, features=features, threads=threads))
        size = max(chunk.expanded_bytes(key, features) for chunk in chunks)
        size = size // key.value_bytes + loops.READ_AHEAD
        dtype = np.uint8 if key.value_bytes == 1 else np.int16
        waiting = iter(chunks)  # the threads take turns; `next` is atomic
        look = look_up_method()

        def work() -> None:
            method, buffer = self.method(), np.empty(size, dtype)
            for chunk in waiting:
                view = _expand(
                    look, x, chunk, pad_code, quantizer, key, plan.features, out, buffer
                )
                pixels = chunk.images * chunk.rows * out.shape[2]
                base = (chunk.first_image * out.shape[1] + chunk.first_row) * out.shape[2]
                for block, lanes in blocks:
                    loops.sum_block(
                        method, block.vectors, buffer, view, block.offsets, block.weights,
                        block.segments, plan.shift, base, pixels, block.first, block.used,
                        *lanes, flat,
                    )  # fmt: skip

        run_all([work] * min(threads, len(chunks)))


def _expand(
    look: Look, x: Array, chunk: Chunk, pad_code: int, quantizer: Quantizer, key: LayerKey,
    features: Array, out: Array, buffer: Array,
) -> Array:  # fmt: skip
    """Write the features of a chunk's padded input, and return the view of its windows."""
    kernel = (key.shape[0], key.shape[1])
    (top, _), (left, _) = key.geometry.pads((x.shape[1], x.shape[2]), kernel)
    row_step, column_step = key.geometry.strides
    height, line = chunk.padded_rows(key), key.line_values(len(features))
    loops.expand_rows(
        look, x[chunk.first_image : chunk.last_image], key.sampling,
        chunk.first_row * row_step - top, left, pad_code, quantizer, features, height, key.pitch,
        buffer,
    )  # fmt: skip
    pixel = column_step * x.shape[3]
    view = (chunk.rows, out.shape[2], row_step, pixel, line, height * line)
    return np.array(view, np.int64)


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
