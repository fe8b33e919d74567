"""What kernels of TensorFlow operations share: slices of images, padding, and the real result."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable, Operands
from evoapproxnas.emulation.operation.quantization import ActivationCoding, quantize

SLICE_VALUES = 2**21
"""Numbers that the work on one slice of images may hold at a time, 8 MiB of 32 bits."""


class GraphKernel:
    """Base of kernels that run in TensorFlow's graphs: a subclass sums products of a slice."""

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
        weights = self._weights(weight_codes, weight_signs, table, geometry)
        return _over_slices(
            lambda part: self._sums(
                pad(tf.cast(part, tf.int32), tf.cast(pad_code, tf.int32),
                    weight_codes.shape, geometry),
                weights, weight_codes.shape, table, geometry),
            codes, self._values_per_image(codes, weight_codes.shape, table, geometry),
            weight_codes.shape[3], tf.int32,
        )  # fmt: skip

    def convolve(
        self, x: tf.Tensor, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> tf.Tensor:
        """See `Kernel.convolve`."""
        coding = ActivationCoding(operands.input_scale, operands.input_zero_point)
        shape = operands.weight_codes.shape
        weights = self._weights(operands.weight_codes, operands.weight_signs, table, geometry)

        def outputs(part: tf.Tensor) -> tf.Tensor:
            values = tf.cast(quantize(part, coding, signed=table.signed), tf.int32)
            values = pad(values, operands.input_zero_point, shape, geometry)
            patterns = values & 255 if table.signed else values
            sums = self._sums(patterns, weights, shape, table, geometry)
            total = tf.cond(
                tf.reduce_any(operands.weight_zero_point != 0),
                lambda: sums - operands.weight_zero_point * window_sums(values, shape, geometry),
                lambda: sums,
            )
            return tf.cast(total + operands.offset, tf.float32) * operands.scale + operands.bias

        return _over_slices(
            outputs, x, self._values_per_image(x, shape, table, geometry), shape[3], tf.float32
        )

    def _weights(
        self, codes: tf.Tensor, signs: tf.Tensor, table: LookupTable, geometry: Geometry
    ) -> tf.Tensor:
        """Prepare the weights for all slices."""
        raise NotImplementedError

    def _sums(
        self,
        padded: tf.Tensor,
        weights: tf.Tensor,
        weight_shape: tf.TensorShape,
        table: LookupTable,
        geometry: Geometry,
    ) -> tf.Tensor:
        """Sum the products of padded bit patterns, int32, in a slice of images."""
        raise NotImplementedError

    def _values_per_image(
        self, x: tf.Tensor, weight_shape: tf.TensorShape, table: LookupTable, geometry: Geometry
    ) -> Any:
        """Say how many numbers the work on one image of `x` holds at a time."""
        height, width = _sizes(x)
        return height * width * (x.shape[3] + weight_shape[3])


def pad(
    codes: tf.Tensor, value: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry
) -> tf.Tensor:
    """Pad the map with `value`."""
    if geometry.padding == "valid" or tuple(weight_shape[:2]) == (1, 1):
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
    padded = tf.pad(codes, pads, constant_values=value)
    return tf.ensure_shape(padded, (None, None, None, codes.shape[3]))


def output_size(
    padded: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the rows and columns of the output for a padded input."""
    (sy, sx), (dy, dx) = geometry.strides, geometry.dilation
    height = (tf.shape(padded)[1] - (weight_shape[0] - 1) * dy - 1) // sy + 1
    width = (tf.shape(padded)[2] - (weight_shape[1] - 1) * dx - 1) // sx + 1
    return height, width


def window_sums(padded: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry) -> tf.Tensor:
    """Return the sum of the padded code values that meet each output channel, int32."""
    kernel_rows, kernel_columns, channels, outputs = weight_shape
    shape = tf.concat([tf.shape(padded)[:3], [geometry.groups, channels]], axis=0)
    channel_sums = tf.reduce_sum(tf.reshape(padded, shape), axis=-1)
    (sy, sx), (dy, dx) = geometry.strides, geometry.dilation
    height, width = output_size(padded, weight_shape, geometry)
    total = tf.add_n(
        [
            channel_sums[:, y * dy :, x * dx :][:, : height * sy : sy, : width * sx : sx]
            for y, x in np.ndindex(kernel_rows, kernel_columns)
        ]
    )
    return tf.repeat(total, outputs // geometry.groups, axis=-1)


def _over_slices(
    function: Callable[[tf.Tensor], tf.Tensor],
    images: tf.Tensor,
    values_per_image: Any,
    channels: int,
    dtype: tf.DType,
) -> tf.Tensor:
    """Apply `function` to equal slices of the images, each within `SLICE_VALUES`."""
    if isinstance(values_per_image, int) and images.shape[0]:
        if values_per_image * images.shape[0] <= SLICE_VALUES:
            return function(images)
    count = tf.shape(images)[0] if images.shape[0] is None else images.shape[0]
    most = _at_least_one(SLICE_VALUES // _at_least_one(values_per_image))
    slices = _at_least_one(-(-count // most))
    # At least one image: TensorFlow's convolution gives a wrong shape for none.
    step = _at_least_one(-(-count // slices))
    missing = slices * step - count
    filled = images
    if not isinstance(missing, int) or missing:  # padding copies all images
        filled = tf.pad(images, tf.concat([[[0, missing]], tf.zeros((3, 2), tf.int32)], axis=0))
    parts = tf.reshape(filled, tf.concat([[slices, step], tf.shape(images)[1:]], axis=0))
    parts = tf.ensure_shape(parts, (None, None, *images.shape[1:]))
    results = tf.map_fn(
        lambda index: function(parts[index]),  # mapping over the parts would copy all of them
        tf.range(slices),
        parallel_iterations=1,
        fn_output_signature=tf.TensorSpec((None, None, None, channels), dtype),
    )
    joined = tf.reshape(results, tf.concat([[slices * step], tf.shape(results)[2:]], axis=0))
    return joined[:count]


def _at_least_one(value: Any) -> Any:
    """Return max(value, 1), an integer if `value` is one."""
    return max(value, 1) if isinstance(value, int) else tf.maximum(value, 1)


def _sizes(x: tf.Tensor) -> tuple[Any, Any]:
    """Return the rows and columns, as integers where they are known."""
    dynamic = tf.shape(x)
    height, width = (x.shape[i] if x.shape[i] is not None else dynamic[i] for i in (1, 2))
    return height, width
