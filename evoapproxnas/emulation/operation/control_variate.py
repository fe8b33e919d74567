"""A correction by what each window's activations add up to: large sums bring large errors."""

from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.kernels.graph import shared_constant
from evoapproxnas.emulation.operation.accumulator import STEEPEST
from evoapproxnas.emulation.operation.expected_errors import table_errors
from evoapproxnas.emulation.operation.quantization import QuantizedWeights


class ControlVariate(NamedTuple):
    """What is subtracted from each output channel's sum, in integer units: slope * S - mean.

    Attributes:
        slope: int32 (channels_out,), for each unit of S, the sum of the window's codes.
        mean: float32 (channels_out,), what slope * S is on average.
    """

    slope: tf.Tensor
    mean: tf.Tensor


def control_variate(
    weights: QuantizedWeights, table: LookupTable, histogram: tf.Tensor
) -> ControlVariate:
    """Return the variate that leaves the least variance of errors.

    For channels whose activations are alike its slope is the mean over all weights of

        sgn * Cov(m(a, fed) - a*w, a) / Var(a).

    It is rounded to a whole number, so that integer hardware multiplies it as it multiplies the
    zero point of affine weights: one multiplication for each output, one sum for each window.
    Gradients take what it subtracts for a constant.

    Source: G. Zervakis et al., "Leveraging Highly Approximated Multipliers in DNN Inference",
    arXiv 2412.16757, where the slope is of the multiplier's design alone.

    Args:
        weights: the quantized weights.
        table: the products.
        histogram: float32 (256,), how often each activation bit pattern meets the multiplier;
            zeros mean that nothing is known, and nothing is subtracted.
    """
    share = tf.math.divide_no_nan(histogram, tf.reduce_sum(histogram))
    mean = tf.reduce_sum(share * _values(table.signed))
    slope = _slopes(weights, table, share, mean)
    terms = float(prod(weights.codes.shape[:3]))
    return ControlVariate(slope, tf.cast(slope, tf.float32) * (terms * mean))


def _slopes(
    weights: QuantizedWeights, table: LookupTable, share: tf.Tensor, mean: tf.Tensor
) -> tf.Tensor:
    centred = share * (_values(table.signed) - mean)
    variance = tf.reduce_sum(centred * _values(table.signed))
    covariance = tf.linalg.matvec(table_errors(table), centred, transpose_a=True)
    by_code = tf.math.divide_no_nan(covariance, variance)
    slopes = tf.gather(by_code, tf.cast(weights.fed, tf.int32))
    if weights.fed is not weights.codes:
        values = _values(table.signed)
        fed, codes = (tf.cast(each, tf.int32) for each in (weights.fed, weights.codes))
        slopes += tf.gather(values, fed) - tf.gather(values, codes)
    mean_slope = tf.reduce_mean(slopes * tf.cast(weights.signs, tf.float32), axis=(0, 1, 2))
    limited = tf.clip_by_value(tf.round(mean_slope), -float(STEEPEST), float(STEEPEST))
    return tf.cast(limited, tf.int32)


@lru_cache(maxsize=2)
def _values(signed: bool) -> tf.Tensor:
    """Code values by bit pattern, float32 (256,)."""
    patterns = np.arange(256, dtype=np.uint8)
    return shared_constant((patterns.view(np.int8) if signed else patterns).astype(np.float32))
