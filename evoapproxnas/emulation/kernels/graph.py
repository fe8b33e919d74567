"""What kernels of TensorFlow operations share: slices of images, padding, and the real result.

Sizes that are known are computed in Python: graphs are a third as large, and built and optimized
as much faster. Layers of one shape and table call the same function, which a graph contains once.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
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

    def terms(self, table: LookupTable) -> int | None:
        """Return 1, as for look-ups; a subclass may take more."""
        return 1

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
            _output_shape(codes, weight_codes.shape, geometry), tf.int32,
        )  # fmt: skip

    def convolve(
        self, x: tf.Tensor, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> tf.Tensor:
        """See `Kernel.convolve`."""
        zero_points = tf.get_static_value(tf.convert_to_tensor(operands.weight_zero_point))
        corrected = zero_points is None or bool(zero_points.any())
        if tf.executing_eagerly():
            return self._convolved(x, operands, table, geometry, corrected)
        shapes = (tuple(x.shape), tuple(operands.weight_codes.shape))
        kind: Any = type(self)
        return _shared(kind, table, geometry, corrected, *shapes)(x, *operands)

    def _convolved(
        self,
        x: tf.Tensor,
        operands: Operands,
        table: LookupTable,
        geometry: Geometry,
        corrected: bool,
    ) -> tf.Tensor:
        """Do what `convolve` does; `corrected` is False if weight zero points are all 0."""
        coding = ActivationCoding(operands.input_scale, operands.input_zero_point)
        shape = operands.weight_codes.shape
        weights = self._weights(operands.weight_codes, operands.weight_signs, table, geometry)

        def outputs(part: tf.Tensor) -> tf.Tensor:
            values = tf.cast(quantize(part, coding, signed=table.signed), tf.int32)
            values = pad(values, operands.input_zero_point, shape, geometry)
            patterns = values & 255 if table.signed else values
            total = self._sums(patterns, weights, shape, table, geometry)
            if corrected:
                total -= operands.weight_zero_point * window_sums(values, shape, geometry)
            return tf.cast(total + operands.offset, tf.float32) * operands.scale + operands.bias

        values_per_image = self._values_per_image(x, shape, table, geometry)
        size = _output_shape(x, shape, geometry)
        return _over_slices(outputs, x, values_per_image, size, tf.float32)

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


@lru_cache(maxsize=64)
def _shared(
    kernel: type[GraphKernel],
    table: LookupTable,
    geometry: Geometry,
    corrected: bool,
    input_shape: tuple[int | None, ...],
    weight_shape: tuple[int, ...],
) -> Any:
    """Return the function of all layers of the same shapes; it refers to no model."""

    def convolution(x: tf.Tensor, *operands: tf.Tensor) -> tf.Tensor:
        return kernel()._convolved(x, Operands(*operands), table, geometry, corrected)

    # Optimized as it is called first: inlined, all layers together take twice as long.
    return tf.function(convolution, autograph=False, experimental_attributes={"_noinline": True})


def shared_constant(values: npt.NDArray[Any]) -> tf.Tensor:
    """Return an eager tensor, which graphs refer to, and files contain once."""
    with tf.init_scope():
        return tf.constant(values)


def pad(
    codes: tf.Tensor, value: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry
) -> tf.Tensor:
    """Pad the map with `value`."""
    if geometry.padding == "valid" or tuple(weight_shape[:2]) == (1, 1):
        return codes
    if None not in codes.shape[1:3]:
        known = geometry.pads(tuple(codes.shape[1:3]), tuple(weight_shape[:2]))
        return tf.pad(codes, ((0, 0), *known, (0, 0)), constant_values=value)
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
) -> tuple[Any, Any]:
    """Return the rows and columns of the output for a padded input, integers where known."""
    (sy, sx), (dy, dx) = geometry.strides, geometry.dilation
    rows, columns = _sizes(padded)
    height = (rows - (weight_shape[0] - 1) * dy - 1) // sy + 1
    width = (columns - (weight_shape[1] - 1) * dx - 1) // sx + 1
    return height, width


def _output_shape(
    x: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry
) -> tuple[int | None, ...]:
    """Return rows, columns and channels of the output for an input that is not padded."""
    size: tuple[int | None, ...] = (None, None)
    if None not in x.shape[1:3]:
        size = geometry.output_size(tuple(x.shape[1:3]), tuple(weight_shape[:2]))
    return (*size, weight_shape[3])


def with_last(x: tf.Tensor, *axes: int) -> tf.Tensor:
    """Return (images, rows, columns, channels) with other axes in place of the last."""
    size = x.shape[1:3]
    if None in size or 0 in size:
        return tf.reshape(x, tf.concat([tf.shape(x)[:3], axes], axis=0))
    return tf.reshape(x, (-1, *size, *axes))


def window_sums(padded: tf.Tensor, weight_shape: tf.TensorShape, geometry: Geometry) -> tf.Tensor:
    """Return the sum of the padded code values that meet each output channel, int32."""
    kernel_rows, kernel_columns, channels, outputs = weight_shape
    channel_sums = tf.reduce_sum(with_last(padded, geometry.groups, channels), axis=-1)
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
    output_shape: tuple[int | None, ...],
    dtype: tf.DType,
) -> tf.Tensor:
    """Apply `function` to equal slices of the images, each within `SLICE_VALUES`.

    `output_shape` is what is known of an image's result.
    """
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
        filled = tf.pad(images, [[0, missing], [0, 0], [0, 0], [0, 0]])
    parts = tf.reshape(filled, (slices, step, *_known_or_dynamic(images, first=1)))
    results = tf.map_fn(
        lambda index: function(parts[index]),  # mapping over the parts would copy all of them
        tf.range(slices),
        parallel_iterations=1,
        fn_output_signature=tf.TensorSpec((None, *output_shape), dtype),
    )
    joined = tf.reshape(results, (slices * step, *_known_or_dynamic(results, first=2)))
    return joined[:count]


def _known_or_dynamic(x: tf.Tensor, *, first: int) -> list[Any]:
    """Return the sizes of the axes from the first on, integers where they are known."""
    known = list(x.shape[first:])
    if None not in known:
        return known
    dynamic = tf.unstack(tf.shape(x)[first:], num=len(known))
    return [a if b is None else b for a, b in zip(dynamic, known, strict=True)]


def _at_least_one(value: Any) -> Any:
    """Return max(value, 1), an integer if `value` is one."""
    return max(value, 1) if isinstance(value, int) else tf.maximum(value, 1)


def _sizes(x: tf.Tensor) -> tuple[Any, Any]:
    """Return the rows and columns, as integers where they are known."""
    height, width, _ = _known_or_dynamic(x, first=1)
    return height, width
