"""The backward pass of an emulated convolution, made of exact convolutions."""

import keras
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.convolution_types import Emulation, Source
from evoapproxnas.emulation.operation.table_gradient import smoothed_error


def operand_gradients(
    x: tf.Tensor,
    upstream: tf.Tensor,
    weights: q.QuantizedWeights,
    source: Source,
    how: Emulation,
    geometry: Geometry,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the gradients to the fake-quantized input and kernel."""
    signed = how.multiplier.signed
    table_gradient = how.gradient == "table"
    fake_x = q.fake_quantize(x, source.coding, signed=signed, bits=how.activation_bits)
    met = weights._replace(codes=weights.fed) if table_gradient else weights
    fake_kernel = q.dequantize_weights(met, signed=signed)
    to_x, to_kernel = convolution_gradients(fake_x, fake_kernel, upstream, geometry)
    if not table_gradient:
        return to_x, to_kernel
    error_to_x, error_to_kernel = _error_gradients(x, upstream, weights, source, how, geometry)
    return to_x + error_to_x, to_kernel + error_to_kernel


def _error_gradients(
    x: tf.Tensor,
    upstream: tf.Tensor,
    weights: q.QuantizedWeights,
    source: Source,
    how: Emulation,
    geometry: Geometry,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the gradients of the smoothed products' errors; see `table_gradient`.

    What padding multiplies is constant: instead of padding with f(z_a), f(z_a) is subtracted
    from the input and its part of the kernel's gradient, the same for all taps, added.
    """
    signed, (scale, zero_point) = how.multiplier.signed, source.coding
    activations, kernels = smoothed_error(how.table, how.activation_bits, how.weight_bits)
    codes = q.bit_patterns(q.quantize(x, source.coding, signed=signed, bits=how.activation_bits))
    pad_code = tf.bitwise.bitwise_and(zero_point, 255)
    signs = tf.cast(weights.signs, tf.float32)
    share = tf.math.divide_no_nan(source.histogram, tf.reduce_sum(source.histogram))
    to_outputs = tf.reduce_sum(upstream, axis=(0, 1, 2))
    to_x, to_kernel = tf.zeros_like(x), tf.zeros_like(signs)
    for r in range(activations.count):
        padding = activations.values_at(pad_code, r)
        f = scale * (activations.values_at(codes, r) - padding)
        h = weights.scale * signs * kernels.values_at(weights.fed, r)
        to_f, to_h = convolution_gradients(f, h, upstream, geometry)
        constant = padding
        if how.error_correction:
            constant -= tf.reduce_sum(share * activations.values[:, r])
        to_h += scale * constant * to_outputs
        to_x += activations.slopes_at(codes, r) * to_f
        to_kernel += tf.abs(signs) * kernels.slopes_at(weights.fed, r) * to_h
    return to_x, to_kernel


def exact_convolution(x: tf.Tensor, kernel: tf.Tensor, geometry: Geometry) -> tf.Tensor:
    """Return the exact convolution, padded with real zeros; the kernel as in `Filters`."""
    rows, columns, channels, outputs = kernel.shape
    options = {
        "strides": geometry.strides,
        "padding": geometry.padding,
        "dilation_rate": geometry.dilation,
        "data_format": "channels_last",
    }
    if channels == 1 and geometry.groups > 1:
        per_channel = tf.reshape(kernel, (rows, columns, geometry.groups, -1))
        return keras.ops.depthwise_conv(x, per_channel, **options)
    return keras.ops.conv(x, kernel, **options)


def convolution_gradients(
    x: tf.Tensor, kernel: tf.Tensor, upstream: tf.Tensor, geometry: Geometry
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the gradients of the exact convolution to `x` and `kernel`."""
    with tf.GradientTape() as tape:
        tape.watch([x, kernel])
        y = exact_convolution(x, kernel, geometry)
    to_x, to_kernel = tape.gradient(y, [x, kernel], upstream)
    return to_x, to_kernel
