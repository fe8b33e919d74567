"""Sums around and beyond what an int32 accumulator holds, and float32 counts exactly."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import ApproxConv2D, ApproxDense
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.accumulator import (
    check_sum_fits,
    largest_safe_terms,
    most_products,
)
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier


def expected(layer: keras.Layer, x: np.ndarray) -> np.ndarray:
    """The layer's outputs for (images, inputs), summed in int64."""
    multiplier = layer.multiplier
    coding = layer._source(tf.constant(x), training=False).coding
    values = np.asarray(q.quantize(tf.constant(x), coding, signed=multiplier.signed), np.int64)
    weights = layer._filters().weights
    codes = np.asarray(weights.codes).reshape(-1, layer.kernel.shape[-1])
    signs = np.asarray(weights.signs, np.int64).reshape(codes.shape)
    numbers = np.asarray(q._values(weights, multiplier.signed), np.int64).reshape(codes.shape)
    zero_a, zero_w = int(coding.zero_point), np.asarray(weights.zero_point, np.int64)
    products = np.stack(
        [
            (signs[:, o] * multiplier.table[values & 255, codes[:, o]].astype(np.int64)).sum(
                axis=1
            )
            for o in range(codes.shape[1])
        ],
        axis=1,
    )
    total = products - zero_w * values.sum(axis=1, keepdims=True)
    total -= zero_a * (signs * numbers - zero_w).sum(axis=0)
    scale = np.float32(coding.scale) * np.asarray(weights.scale)
    return total.astype(np.float32) * scale + np.asarray(layer.bias)


@pytest.mark.parametrize(
    ("scheme", "kernel"),
    [("sign_magnitude", "auto"), ("affine", "factorized"), ("symmetric", "auto")],
)
def test_sums_at_the_boundary_are_exact(scheme: str, kernel: str) -> None:
    signed = scheme == "symmetric"
    largest = -(2**15) if signed else 2**16 - 1
    multiplier = Multiplier.from_table("full", np.full((256, 256), largest), signed=signed)
    limit = largest_safe_terms(multiplier.table, scheme)
    for inputs in (limit, limit + 1, most_products(multiplier.table) + 1):
        layer = ApproxDense(
            2, multiplier=multiplier, weight_scheme=scheme, kernel=kernel, error_correction=False
        )
        layer.build((None, inputs))
        layer.kernel.assign(np.random.default_rng(0).uniform(0.2, 1, layer.kernel.shape))
        layer.input_range.assign([-1.0, 1.0])
        x = np.random.default_rng(1).uniform(0.5, 1, (2, inputs)).astype(np.float32)
        received = layer(x)
        np.testing.assert_array_equal(received, expected(layer, x))


def test_a_wide_convolution_is_split_over_channels(coarse: Multiplier) -> None:
    options = {"multiplier": coarse, "weight_scheme": "affine", "error_correction": False}
    window = ApproxConv2D(3, (5, 3), padding="valid", **options)
    pixel = ApproxConv2D(3, 1, **options)
    window.build((None, 5, 3, 3000))
    pixel.build((None, 1, 1, 45_000))
    kernel = np.random.default_rng(0).normal(0, 1, window.kernel.shape).astype(np.float32)
    window.kernel.assign(kernel)
    pixel.kernel.assign(kernel.reshape(1, 1, -1, 3))
    x = np.random.default_rng(1).normal(0, 1, (2, 5, 3, 3000)).astype(np.float32)
    for layer in (window, pixel):
        layer.input_range.assign([-3.0, 3.0])
    flat = x.reshape(2, -1)
    np.testing.assert_array_equal(window(x).numpy().reshape(2, 3), expected(window, flat))
    np.testing.assert_array_equal(pixel(x.reshape(2, 1, 1, -1)), window(x))
    assert window(keras.Input((5, 3, 3000))).shape == (None, 1, 1, 3)
    assert window(x[:0]).shape == (0, 1, 1, 3)


@pytest.mark.parametrize("scheme", ["sign_magnitude", "affine"])
def test_sums_that_could_overflow_are_refused_and_the_limit_is_safe(scheme: str) -> None:
    table = np.full((256, 256), 65535, np.int32)
    limit = largest_safe_terms(table, scheme)
    check_sum_fits((1, 1, limit, 2), 2, table, scheme)
    check_sum_fits((1, 1, limit + 1, 2), 1, table, scheme)  # is split
    with pytest.raises(QuantizationError, match="could overflow the int32"):
        check_sum_fits((1, 1, limit + 1, 2), 2, table, scheme)
    with pytest.raises(QuantizationError, match="could overflow the int32"):
        check_sum_fits((1, 40_000, 1, 2), 1, table, scheme)
    assert limit * 65535 < 2**31
    assert limit > 16_000
