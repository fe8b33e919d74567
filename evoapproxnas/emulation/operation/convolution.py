"""The quantized convolution behind every layer: forward from the table, backward smooth."""

import math

import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry, Operands, is_exporting
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.backward import gradient_rule, saved_tensors
from evoapproxnas.emulation.operation.control_variate import control_variate
from evoapproxnas.emulation.operation.convolution_types import Emulation, Filters, Source
from evoapproxnas.emulation.operation.exported import evaluated
from evoapproxnas.emulation.operation.prepared import prepared_convolution
from evoapproxnas.emulation.operation.recorded import recorded
from evoapproxnas.emulation.operation.running import convolve
from evoapproxnas.emulation.operation.traced_once import errors_once, offsets_once
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
    weights = filters.weights

    def forward() -> tf.Tensor:
        inside = _clipped(x, source.coding, how)
        y = None
        if filters.plain:
            y = prepared_convolution(inside, filters, source, how=how, geometry=geometry)
        return _forward(inside, filters.bias, weights, source, how, geometry) if y is None else y

    if is_exporting():  # a file has no gradient, and its readers no code for one
        return forward()
    saved = saved_tensors(x, weights, source, how)
    operands = (x, filters.kernel, filters.bias)
    return recorded(forward, operands, saved, gradient_rule(how, geometry))


def _forward(
    x: tf.Tensor,
    bias: tf.Tensor,
    weights: q.QuantizedWeights,
    source: Source,
    how: Emulation,
    geometry: Geometry,
) -> tf.Tensor:
    signed, coding = how.multiplier.signed, source.coding
    with evaluated(*weights, *coding, source.histogram, bias):
        scale = coding.scale * weights.scale
        window_factor = weights.zero_point
        if how.error_correction:
            bias = bias - scale * errors_once(weights, how.table, source.histogram)
        if how.control_variate:
            variate = control_variate(weights, how.table, source.histogram)
            window_factor, bias = window_factor + variate.slope, bias + scale * variate.mean
        offset = offsets_once(weights, coding.zero_point, signed=signed)
    terms = math.prod(weights.codes.shape[:3])
    if terms > how.largest_safe_terms:
        return wide_convolution(
            x, weights, coding, window_factor, bias, how=how, geometry=geometry
        )
    operands = Operands(weights.fed, weights.signs, window_factor, *coding, offset, scale, bias)
    return convolve(how.kernel, x, operands, table=how.table, geometry=geometry)


def _clipped(x: tf.Tensor, coding: q.ActivationCoding, how: Emulation) -> tf.Tensor:
    """Return `x` within the codes of its width: kernels clip to 8-bit codes.

    The limits are codes, so the rounding cannot leave them.
    """
    if how.activation_bits == 8:
        return x
    with evaluated(*coding):
        low, high = q.real_limits(coding, signed=how.multiplier.signed, bits=how.activation_bits)
    return tf.minimum(tf.where(x >= low, x, low), high)
