"""The quantized convolution behind every layer: forward from the table, backward smooth."""

import math
from typing import Any

import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry, Operands
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.accumulator import largest_safe_terms
from evoapproxnas.emulation.operation.backward import operand_gradients
from evoapproxnas.emulation.operation.convolution_types import Emulation, Filters, Source
from evoapproxnas.emulation.operation.running import convolve
from evoapproxnas.emulation.operation.wide_sums import wide_convolution


def emulated_convolution(
    x: tf.Tensor, filters: Filters, source: Source, *, how: Emulation, geometry: Geometry
) -> tf.Tensor:
    """Convolve as the hardware does, with the gradient that `how` asks for.

    Args:
        x: float32 (images, rows, columns, channels_in).
        filters: the weights; gradients go to `kernel` and `bias`.
        source: coding and histogram of `x`.
        how: multiplier and options.
        geometry: strides, dilation, padding, groups.

    Returns:
        float32 (images, rows, columns, channels_out).
    """
    signed = how.multiplier.signed
    weights, coding = filters.weights, source.coding

    @tf.custom_gradient  # type: ignore[untyped-decorator, unused-ignore]
    def emulated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tuple[Any, Any]:
        def gradient(upstream: tf.Tensor) -> list[tf.Tensor]:
            to_x, to_kernel = operand_gradients(x, upstream, weights, source, how, geometry)
            low, high = q.real_limits(coding, signed=signed, bits=how.activation_bits)
            to_x = tf.where((x >= low) & (x <= high), to_x, 0.0)
            return [to_x, to_kernel, tf.reduce_sum(upstream, axis=(0, 1, 2))]

        return _forward(x, bias, weights, source, how, geometry), gradient

    return emulated(x, filters.kernel, filters.bias)


def _forward(
    x: tf.Tensor,
    bias: tf.Tensor,
    weights: q.QuantizedWeights,
    source: Source,
    how: Emulation,
    geometry: Geometry,
) -> tf.Tensor:
    multiplier, coding = how.multiplier, source.coding
    signed = multiplier.signed
    scale = coding.scale * weights.scale
    if how.error_correction:
        errors = q.expected_errors(weights, multiplier.table, source.histogram, signed=signed)
        bias = bias - scale * errors
    if how.activation_bits < 8:
        # Kernels clip to 8-bit codes; these limits are codes, so the rounding cannot leave them.
        low, high = q.real_limits(coding, signed=signed, bits=how.activation_bits)
        x = tf.minimum(tf.where(x >= low, x, low), high)
    terms = math.prod(weights.codes.shape[:3])
    if terms > largest_safe_terms(multiplier.table, how.weight_scheme):
        return wide_convolution(x, weights, coding, bias, how=how, geometry=geometry)
    operands = Operands(
        weights.fed, weights.signs, weights.zero_point, coding.scale, coding.zero_point,
        q.integer_offsets(weights, coding.zero_point, signed=signed), scale, bias,
    )  # fmt: skip
    return convolve(how.kernel, x, operands, table=how.table, geometry=geometry)
