"""What a multiplier's errors add to an output channel on average."""

from functools import lru_cache

import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.kernels.graph import shared_constant
from evoapproxnas.emulation.operation.quantization import QuantizedWeights
from evoapproxnas.multipliers import exact_table


def expected_errors(
    weights: QuantizedWeights, table: LookupTable, histogram: tf.Tensor
) -> tf.Tensor:
    """Return the expected sum of product errors of each output channel, in integer units.

    Args:
        weights: the quantized weights.
        table: the products.
        histogram: float32 (256,), how often each activation bit pattern meets the multiplier;
            only proportions count, and zeros mean that nothing is known (no correction).

    Returns:
        float32 (channels_out,): sum over weights of sgn * E[m(a, fed) - a*w]. A skipped weight
        (sign 0) never meets the multiplier and contributes nothing.
    """
    share = tf.math.divide_no_nan(histogram, tf.reduce_sum(histogram))
    # The error of a table's own column is averaged as such: products would lose float32 digits.
    mean_errors = tf.linalg.matvec(table_errors(table), share, transpose_a=True)
    fed = tf.cast(weights.fed, tf.int32)
    errors = tf.gather(mean_errors, fed)
    if weights.fed is not weights.codes:
        mean_exact = tf.linalg.matvec(_exact_products(table.signed), share, transpose_a=True)
        codes = tf.cast(weights.codes, tf.int32)
        errors += tf.gather(mean_exact, fed) - tf.gather(mean_exact, codes)
    return tf.reduce_sum(errors * tf.cast(weights.signs, tf.float32), axis=(0, 1, 2))


@lru_cache(maxsize=64)
def table_errors(table: LookupTable) -> tf.Tensor:
    """Return what each product of a table is too large by, float32 (256, 256)."""
    errors = table.products - exact_table(signed=table.signed)
    return shared_constant(errors.astype(np.float32))


@lru_cache(maxsize=2)
def _exact_products(signed: bool) -> tf.Tensor:
    return shared_constant(exact_table(signed=signed).astype(np.float32))
