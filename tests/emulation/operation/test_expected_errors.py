"""The expected error of a channel, written out."""

import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.expected_errors import expected_errors
from evoapproxnas.multipliers import Multiplier


def test_expected_error_skips_zero_weights_and_weighs_activations(coarse: Multiplier) -> None:
    weights = tf.constant([0.0, 1.0, -0.5], shape=(1, 1, 3, 1))
    quantized = q.quantize_weights(
        weights, scheme="sign_magnitude", signed=False, per_channel=False
    )
    histogram = np.zeros(256, np.float32)
    histogram[[0, 200]] = 1, 3
    codes = quantized.codes.numpy().reshape(-1).astype(int)
    error = coarse.table - np.multiply.outer(np.arange(256), np.arange(256))
    mean = (error[0] + 3 * error[200]) / 4
    table = LookupTable(coarse.table, coarse.signed, coarse.digest)
    received = expected_errors(quantized, table, tf.constant(histogram))
    assert float(received[0]) == pytest.approx(mean[codes[1]] - mean[codes[2]], rel=1e-5)
    unknown = expected_errors(quantized, table, tf.zeros(256))
    assert float(unknown[0]) == 0.0
