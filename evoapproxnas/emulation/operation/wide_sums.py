"""Sums of more products than an int32 accumulator is certain to hold: split, added in int64."""

import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.kernels.graph import pad, window_sums
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.accumulator import most_products
from evoapproxnas.emulation.operation.convolution_types import Emulation
from evoapproxnas.emulation.operation.running import output_shape, product_sums


def wide_convolution(
    x: tf.Tensor,
    weights: q.QuantizedWeights,
    coding: q.ActivationCoding,
    window_factor: tf.Tensor,
    bias: tf.Tensor,
    *,
    how: Emulation,
    geometry: Geometry,
) -> tf.Tensor:
    """Do what `Kernel.convolve` does, over blocks of input channels and one image at a time.

    Args:
        x: float32 (images, rows, columns, channels_in), within the coding's limits.
        weights: quantized, (kh, kw, channels_in, channels_out); a single group.
        coding: of `x`.
        window_factor: int32 (channels_out,), subtracted for each unit of the window's codes.
        bias: float32 (channels_out,).
        how: multiplier and options.
        geometry: of one group.

    Returns:
        float32 (images, rows, columns, channels_out).
    """
    shape = output_shape(x, tuple(weights.codes.shape), geometry)
    y = tf.map_fn(
        lambda i: _one_image(x[i : i + 1], weights, coding, window_factor, bias, how, geometry)[0],
        tf.range(tf.shape(x)[0]),  # mapping over the images would copy all of them
        parallel_iterations=1,
        fn_output_signature=tf.TensorSpec(shape[1:], tf.float32),
    )
    return tf.ensure_shape(y, shape)


def _one_image(
    x: tf.Tensor,
    weights: q.QuantizedWeights,
    coding: q.ActivationCoding,
    window_factor: tf.Tensor,
    bias: tf.Tensor,
    how: Emulation,
    geometry: Geometry,
) -> tf.Tensor:
    signed = how.multiplier.signed
    rows, columns, channels, _ = weights.codes.shape
    block = most_products(how.multiplier.table) // (rows * columns)
    values = q.quantize(x, coding, signed=signed)
    codes, pad_code = q.bit_patterns(values), tf.bitwise.bitwise_and(coding.zero_point, 255)
    parts = [slice(i, min(i + block, channels)) for i in range(0, channels, block)]
    total = tf.add_n(
        [
            tf.cast(
                product_sums(
                    how.kernel, codes[..., part], weights.fed[:, :, part],
                    weights.signs[:, :, part], pad_code, table=how.table, geometry=geometry,
                ),
                tf.int64,
            )
            for part in parts
        ]
    )  # fmt: skip
    shape = weights.codes.shape
    if how.weight_scheme == "affine" or how.control_variate:
        padded = pad(tf.cast(values, tf.int32), coding.zero_point, shape, geometry)
        met = tf.cast(window_sums(padded, shape, geometry), tf.int64)
        total -= tf.cast(window_factor, tf.int64) * met
    per_step = q.integer_offsets(weights, tf.constant(1), signed=signed)
    total += tf.cast(coding.zero_point, tf.int64) * tf.cast(per_step, tf.int64)
    return tf.cast(total, tf.float32) * (coding.scale * weights.scale) + bias
