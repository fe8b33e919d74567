"""The quantization contract (DESIGN section 3), as pure functions on TensorFlow tensors.

An activation x becomes the code q = clip(round(x / s_a) + z_a), stored as the raw bit pattern
(uint8) that the multiplier sees. A weight w becomes, by scheme,

    sign_magnitude  |w| / s_w as magnitude code and a sign of -1, 0 or +1
    affine          round(w / s_w) + z_w, sign always +1
    symmetric       round(w / s_w), two's complement, sign always +1 (signed multipliers)

and a layer computes s_a*s_w*( sum sgn*m(qa, qw) - z_w*sum qa - z_a*sum sgn*qw + K*z_a*z_w )
with the bracket in exact int32 arithmetic. Codes may be narrower than the table's 8 bits: then
they are the codes 0 to 2^b - 1 (signed: -2^(b-1) to 2^(b-1) - 1) of the same table.
"""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from evoapproxnas.quantization import WeightScheme


class ActivationCoding(NamedTuple):
    """How real activations map to codes.

    Attributes:
        scale: float32 scalar, the real step between two codes.
        zero_point: int32 scalar, the code value of real zero.
    """

    scale: tf.Tensor
    zero_point: tf.Tensor


class QuantizedWeights(NamedTuple):
    """Weights of shape (kh, kw, channels_in / groups, channels_out) as a multiplier sees them.

    Attributes:
        codes: uint8 bit patterns, the shape of the weights.
        signs: int8, the same shape; the factor of each product. 0 marks a weight that is skipped.
        scale: float32 (channels_out,), the real step between two codes.
        zero_point: int32 (channels_out,), the code value of a real zero.
        fed: uint8 bit patterns that the multiplier is given: the codes, unless they are tuned.
    """

    codes: tf.Tensor
    signs: tf.Tensor
    scale: tf.Tensor
    zero_point: tf.Tensor
    fed: tf.Tensor


def code_limits(*, signed: bool, bits: int = 8) -> tuple[int, int]:
    """Return the smallest and the largest operand value of `bits` bits, 2 to 8."""
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


def activation_coding(low: Any, high: Any, *, signed: bool, bits: int = 8) -> ActivationCoding:
    """Return the coding of activations in [low, high]; real zero is always representable.

    Args:
        low: smallest activation, scalar; values above zero count as zero.
        high: largest activation, scalar; values below zero count as zero.
        signed: signed codes, symmetric around a zero point of 0, instead of unsigned codes.
        bits: width of the codes.
    """
    top = code_limits(signed=signed, bits=bits)[1]
    low = tf.minimum(tf.cast(low, tf.float32), 0.0)
    high = tf.maximum(tf.cast(high, tf.float32), 0.0)
    if signed:
        return ActivationCoding(_step(tf.maximum(-low, high), top), tf.constant(0))
    scale = _step(high - low, top)
    zero_point = tf.cast(tf.clip_by_value(tf.round(-low / scale), 0.0, float(top)), tf.int32)
    return ActivationCoding(scale, zero_point)


def coding_between(ends: tf.Tensor, *, signed: bool, bits: int = 8) -> ActivationCoding:
    """Return the coding of activations between two ends, (2,); see `activation_coding`."""
    return activation_coding(ends[0], ends[1], signed=signed, bits=bits)


def quantize(x: tf.Tensor, coding: ActivationCoding, *, signed: bool, bits: int = 8) -> tf.Tensor:
    """Return the code values of real activations as float32; NaN becomes the smallest code."""
    low, high = code_limits(signed=signed, bits=bits)
    values = tf.round(x * (1.0 / coding.scale)) + tf.cast(coding.zero_point, tf.float32)
    return tf.minimum(tf.where(values >= low, values, float(low)), float(high))


def real_limits(
    coding: ActivationCoding, *, signed: bool, bits: int = 8
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the real values of the smallest and the largest code."""
    low, high = (
        tf.cast(code - coding.zero_point, tf.float32) * coding.scale
        for code in code_limits(signed=signed, bits=bits)
    )
    return low, high


def bit_patterns(values: tf.Tensor) -> tf.Tensor:
    """Return the uint8 bit patterns of code values."""
    return tf.cast(tf.bitwise.bitwise_and(tf.cast(values, tf.int32), 255), tf.uint8)


def fake_quantize(
    x: tf.Tensor, coding: ActivationCoding, *, signed: bool, bits: int = 8
) -> tf.Tensor:
    """Return the real values that the codes of `x` stand for."""
    zero_point = tf.cast(coding.zero_point, tf.float32)
    return (quantize(x, coding, signed=signed, bits=bits) - zero_point) * coding.scale


def quantize_weights(
    weights: tf.Tensor, *, scheme: WeightScheme, signed: bool, per_channel: bool, bits: int = 8
) -> QuantizedWeights:
    """Quantize float32 weights of shape (kh, kw, channels_in / groups, channels_out)."""
    if scheme == "affine":
        return _affine_weights(weights, signed=signed, per_channel=per_channel, bits=bits)
    top = code_limits(signed=signed, bits=bits)[1]
    scale = _step(tf.reduce_max(tf.abs(weights), axis=_axes(per_channel)), top)
    scale = tf.broadcast_to(scale, _channels(weights))
    zero_point = tf.zeros_like(scale, tf.int32)
    rounded = tf.clip_by_value(tf.round(weights / scale), float(-top), float(top))
    if scheme == "symmetric":
        signs = tf.ones_like(rounded, tf.int8)
        codes = bit_patterns(rounded)
    else:
        signs = tf.cast(tf.sign(rounded), tf.int8)
        codes = bit_patterns(tf.abs(rounded))
    return QuantizedWeights(codes, signs, scale, zero_point, fed=codes)


def _affine_weights(
    weights: tf.Tensor, *, signed: bool, per_channel: bool, bits: int
) -> QuantizedWeights:
    bottom, top = (float(limit) for limit in code_limits(signed=signed, bits=bits))
    low = tf.minimum(tf.reduce_min(weights, axis=_axes(per_channel)), 0.0)
    high = tf.maximum(tf.reduce_max(weights, axis=_axes(per_channel)), 0.0)
    scale = _step(high - low, 2**bits - 1)
    zero = tf.clip_by_value(tf.round(-low / scale) + bottom, bottom, top)
    values = tf.clip_by_value(tf.round(weights / scale) + zero, bottom, top)
    channels = _channels(weights)
    codes = bit_patterns(values)
    return QuantizedWeights(
        codes,
        tf.ones_like(weights, tf.int8),
        tf.broadcast_to(scale, channels),
        tf.cast(tf.broadcast_to(zero, channels), tf.int32),
        fed=codes,
    )


def dequantize_weights(weights: QuantizedWeights, *, signed: bool) -> tf.Tensor:
    """Return the real values that quantized weights stand for, float32."""
    signs = tf.cast(weights.signs, tf.int32)
    return tf.cast(signs * (_values(weights, signed) - weights.zero_point), tf.float32) * (
        weights.scale
    )


def integer_offsets(
    weights: QuantizedWeights, activation_zero_point: tf.Tensor, *, signed: bool
) -> tf.Tensor:
    """Return -z_a * sum sgn*qw + K*z_a*z_w for each output channel, int32 (channels_out,)."""
    signs = tf.cast(weights.signs, tf.int32)
    centred = signs * _values(weights, signed) - weights.zero_point
    return -activation_zero_point * tf.reduce_sum(centred, axis=(0, 1, 2))


def _channels(weights: tf.Tensor) -> Any:
    """Return the shape (channels_out,), as a tensor if it is not known."""
    known = tf.TensorShape(weights.shape)[-1:]
    return known if known.is_fully_defined() else tf.shape(weights)[-1:]


def _values(weights: QuantizedWeights, signed: bool) -> tf.Tensor:
    values = tf.cast(weights.codes, tf.int32)
    return tf.where(values > 127, values - 256, values) if signed else values


def _axes(per_channel: bool) -> tuple[int, ...] | None:
    return (0, 1, 2) if per_channel else None


def _step(span: tf.Tensor, steps: int) -> tf.Tensor:
    """Return span / steps, or 1 where there is nothing but zeros to code.

    Written as a multiplication because TensorFlow's graph optimizer turns a division by a
    constant into one, and graphs must give the same scale as eager code.
    """
    return tf.where(span > 0, span * np.float32(1 / steps), tf.ones_like(span))
