"""The backward pass of an emulated convolution, made of exact convolutions."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import keras
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.convolution_types import Emulation, Source
from evoapproxnas.emulation.operation.table_gradient import Terms, smoothed_error


@dataclass(frozen=True)
class GradientRule:
    """What a gradient depends on besides tensors.

    Attributes:
        signed: whether codes are two's complement.
        activation_bits: width of the activations' codes.
        smooth: whether products are those of the smoothed table; see `table_gradient`.
        error_correction: whether expected errors were subtracted; matters if `smooth`.
        geometry: strides, dilation and padding; the tensors' shapes tell the groups.
    """

    signed: bool
    activation_bits: int
    smooth: bool
    error_correction: bool
    geometry: Geometry


class Saved(NamedTuple):
    """The tensors of a forward pass that its gradient needs.

    Attributes:
        x: float32 (images, rows, columns, channels_in).
        weights: quantized.
        source: of `x`.
        terms: of the smoothed error, of activations and weights; empty unless the rule asks.
    """

    x: tf.Tensor
    weights: q.QuantizedWeights
    source: Source
    terms: tuple[Terms, ...]


def gradient_rule(how: Emulation, geometry: Geometry) -> GradientRule:
    """Return what the options of a layer ask for."""
    smooth = how.gradient == "table"
    return GradientRule(
        how.multiplier.signed, how.activation_bits, smooth, smooth and how.error_correction,
        replace(geometry, groups=1),
    )  # fmt: skip


def saved_tensors(
    x: tf.Tensor, weights: q.QuantizedWeights, source: Source, how: Emulation
) -> Saved:
    """Return what the gradient of a layer's forward pass needs."""
    if how.gradient != "table":
        return Saved(x, weights, source, ())
    terms = smoothed_error(how.table, how.activation_bits, how.weight_bits)
    tensors = tuple(Terms(tf.constant(t.values), tf.constant(t.slopes)) for t in terms)
    return Saved(x, weights, source, tensors)


def gradients(
    saved: Saved, upstream: tf.Tensor, rule: GradientRule
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the gradients to the input, the kernel and the bias.

    Rounding counts as the identity, and nothing passes to inputs outside the coding's range.
    """
    x, coding = saved.x, saved.source.coding
    to_x, to_kernel = _operand_gradients(saved, upstream, rule)
    low, high = q.real_limits(coding, signed=rule.signed, bits=rule.activation_bits)
    to_x = tf.where((x >= low) & (x <= high), to_x, 0.0)
    return to_x, to_kernel, tf.reduce_sum(upstream, axis=(0, 1, 2))


def _operand_gradients(
    saved: Saved, upstream: tf.Tensor, rule: GradientRule
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the gradients to the fake-quantized input and kernel."""
    x, weights, source, _ = saved
    fake_x = q.fake_quantize(x, source.coding, signed=rule.signed, bits=rule.activation_bits)
    met = weights._replace(codes=weights.fed) if rule.smooth else weights
    fake_kernel = q.dequantize_weights(met, signed=rule.signed)
    to_x, to_kernel = convolution_gradients(fake_x, fake_kernel, upstream, rule.geometry)
    if not rule.smooth:
        return to_x, to_kernel
    error_to_x, error_to_kernel = _error_gradients(saved, upstream, rule)
    return to_x + error_to_x, to_kernel + error_to_kernel


def _error_gradients(
    saved: Saved, upstream: tf.Tensor, rule: GradientRule
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the gradients of the smoothed products' errors; see `table_gradient`.

    What padding multiplies is constant: instead of padding with f(z_a), f(z_a) is subtracted
    from the input and its part of the kernel's gradient, the same for all taps, added.
    """
    x, weights, source, (activations, kernels) = saved
    scale, zero_point = source.coding
    values = q.quantize(x, source.coding, signed=rule.signed, bits=rule.activation_bits)
    codes = q.bit_patterns(values)
    pad_code = tf.bitwise.bitwise_and(zero_point, 255)
    signs = tf.cast(weights.signs, tf.float32)
    share = tf.math.divide_no_nan(source.histogram, tf.reduce_sum(source.histogram))
    to_outputs = tf.reduce_sum(upstream, axis=(0, 1, 2))
    to_x, to_kernel = tf.zeros_like(x), tf.zeros_like(signs)
    for r in range(activations.size):
        padding = activations.values_at(pad_code, r)
        f = scale * (activations.values_at(codes, r) - padding)
        h = weights.scale * signs * kernels.values_at(weights.fed, r)
        to_f, to_h = convolution_gradients(f, h, upstream, rule.geometry)
        constant = padding
        if rule.error_correction:
            constant -= tf.reduce_sum(share * activations.values[:, r])
        to_h += scale * constant * to_outputs
        to_x += activations.slopes_at(codes, r) * to_f
        to_kernel += tf.abs(signs) * kernels.slopes_at(weights.fed, r) * to_h
    return to_x, to_kernel


def exact_convolution(x: tf.Tensor, kernel: tf.Tensor, geometry: Geometry) -> tf.Tensor:
    """Return the exact convolution, padded with real zeros; the kernel as in `Filters`.

    As many groups as the shapes tell, whatever `geometry` says.
    """
    rows, columns, channels, outputs = kernel.shape
    options = {
        "strides": geometry.strides,
        "padding": geometry.padding,
        "dilation_rate": geometry.dilation,
        "data_format": "channels_last",
    }
    groups = x.shape[3] // channels
    if channels == 1 and groups > 1:
        per_channel = tf.reshape(kernel, (rows, columns, groups, outputs // groups))
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
