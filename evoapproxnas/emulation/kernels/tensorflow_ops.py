"""Look-ups with TensorFlow operations only: runs where TensorFlow runs, and can be exported.

For one kernel tap and one input channel, the products of all output channels are one row of a
small table, so `tf.gather` fetches them together and memory stays at the size of the output.
Images are worked on in slices, so that even that is bounded.
"""

import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable, Operands
from evoapproxnas.emulation.quantization import ActivationCoding, bit_patterns, quantize

SLICE_VALUES = 2**21
"""Products that one slice of images may hold at a time, 8 MiB of int32."""


class TensorFlowKernel:
    """Sums by gathering rows, in a loop over taps and channels."""

    name = "tensorflow"
    in_graph = True

    def missing(self) -> str | None:
        """TensorFlow is always there."""
        return None

    def product_sums(
        self,
        codes: tf.Tensor,
        weight_codes: tf.Tensor,
        weight_signs: tf.Tensor,
        pad_code: tf.Tensor,
        *,
        table: LookupTable,
        geometry: Geometry,
    ) -> tf.Tensor:
        """See `Kernel.product_sums`."""
        padded = _pad(tf.cast(codes, tf.int32), tf.cast(pad_code, tf.int32),
                      weight_codes.shape, geometry)  # fmt: skip
        rows = _product_rows(weight_codes, weight_signs, table, geometry.groups)
        return _gather_sums(padded, rows, weight_codes.shape, geometry)

    def convolve(
        self, x: tf.Tensor, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> tf.Tensor:
        """See `Kernel.convolve`."""
        coding = ActivationCoding(operands.input_scale, operands.input_zero_point)
        values = tf.cast(quantize(x, coding, signed=table.signed), tf.int32)
        sums = self.product_sums(
            bit_patterns(values), operands.weight_codes, operands.weight_signs,
            tf.bitwise.bitwise_and(operands.input_zero_point, 255),
            table=table, geometry=geometry,
        )  # fmt: skip
        shape = operands.weight_codes.shape
        windows = tf.cond(
            tf.reduce_any(operands.weight_zero_point != 0),
            lambda: _window_sums(values, operands.input_zero_point, shape, geometry),
            lambda: tf.zeros_like(sums),
        )
        total = sums - operands.weight_zero_point * windows + operands.offset
        return tf.cast(total, tf.float32) * operands.scale + operands.bias


def _pad(
    codes: tf.Tensor, value: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry
) -> tf.Tensor:
    """Pad the map with `value`; the zero point is subtracted first as tf.pad wants a constant."""
    if geometry.padding == "valid":
        return codes
    size = tf.shape(codes)[1:3]
    kernel, strides, dilation = (
        tf.constant(v) for v in (tuple(weight_shape[:2]), geometry.strides, geometry.dilation)
    )
    outputs = -(-size // strides)
    total = tf.maximum((outputs - 1) * strides + (kernel - 1) * dilation + 1 - size, 0)
    before = total // 2
    spatial = tf.stack([before, total - before], axis=1)
    pads = tf.concat([[[0, 0]], spatial, [[0, 0]]], axis=0)
    padded = tf.pad(codes - value, pads) + value
    return tf.ensure_shape(padded, (None, None, None, codes.shape[3]))


def _product_rows(
    codes: tf.Tensor, signs: tf.Tensor, table: LookupTable, groups: int
) -> tf.Tensor:
    """Return signed products, int32 (terms of a group, groups * 256, outputs of a group)."""
    per_group = codes.shape[3] // groups
    products = tf.gather(tf.constant(table.products.T.copy()), tf.cast(codes, tf.int32))
    products *= tf.cast(signs, tf.int32)[..., None]
    products = tf.reshape(products, (-1, groups, per_group, 256))
    return tf.reshape(tf.transpose(products, (0, 1, 3, 2)), (-1, groups * 256, per_group))


def _gather_sums(
    padded: tf.Tensor, rows: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry
) -> tf.Tensor:
    kernel_rows, kernel_columns, channels, outputs = weight_shape
    (sy, sx), (dy, dx) = geometry.strides, geometry.dilation
    height = (tf.shape(padded)[1] - (kernel_rows - 1) * dy - 1) // sy + 1
    width = (tf.shape(padded)[2] - (kernel_columns - 1) * dx - 1) // sx + 1
    images = tf.shape(padded)[0]
    group_rows = tf.range(geometry.groups) * 256
    terms = kernel_rows * kernel_columns * channels

    def add_term(k: tf.Tensor, part: tf.Tensor, sums: tf.Tensor) -> tuple[tf.Tensor, ...]:
        y, x, c = k // channels // kernel_columns, k // channels % kernel_columns, k % channels
        window = part[:, y * dy :, x * dx :, c::channels]
        window = window[:, : height * sy : sy, : width * sx : sx]
        products = tf.gather(rows[k], window + group_rows)
        return k + 1, part, sums + tf.reshape(products, tf.shape(sums))

    def sums_of(part: tf.Tensor) -> tf.Tensor:
        start = tf.zeros((tf.shape(part)[0], height, width, outputs), tf.int32)
        return tf.while_loop(
            lambda k, *_: k < terms,
            add_term,
            (0, part, start),
            shape_invariants=(
                tf.TensorShape(()), part.shape, tf.TensorShape((None, None, None, outputs))
            ),
            parallel_iterations=1,
        )[2]  # fmt: skip

    step = tf.maximum(SLICE_VALUES // tf.maximum(height * width * outputs, 1), 1)
    slices = tf.maximum(-(-images // step), 1)
    results = tf.TensorArray(
        tf.int32, slices, infer_shape=False, element_shape=(None, None, None, outputs)
    )
    _, results = tf.while_loop(
        lambda i, _: i < slices,
        lambda i, done: (i + 1, done.write(i, sums_of(padded[i * step : (i + 1) * step]))),
        (0, results),
        parallel_iterations=1,
    )
    return results.concat()


def _window_sums(
    values: tf.Tensor, zero_point: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry
) -> tf.Tensor:
    """Return the sum of the codes that meet each output channel, int32."""
    kernel_rows, kernel_columns, channels, outputs = weight_shape
    shape = tf.concat([tf.shape(values)[:3], [geometry.groups, channels]], axis=0)
    channel_sums = tf.reduce_sum(tf.reshape(values, shape), axis=-1)
    padded = _pad(channel_sums, zero_point * channels, weight_shape, geometry)
    (sy, sx), (dy, dx) = geometry.strides, geometry.dilation
    height = (tf.shape(padded)[1] - (kernel_rows - 1) * dy - 1) // sy + 1
    width = (tf.shape(padded)[2] - (kernel_columns - 1) * dx - 1) // sx + 1
    total = tf.add_n(
        [
            padded[:, y * dy :, x * dx :][:, : height * sy : sy, : width * sx : sx]
            for y, x in np.ndindex(kernel_rows, kernel_columns)
        ]
    )
    return tf.repeat(total, outputs // geometry.groups, axis=-1)
