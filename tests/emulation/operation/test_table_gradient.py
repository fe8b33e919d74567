"""The gradient through the table against finite differences of the smoothed table."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import ApproxConv2D
from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.table_gradient import smoothed_error
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier, exact_table
from tests.emulation.cases import LAYERS, build


def smoothed(layer: Any) -> np.ndarray:
    """The smoothed table, float64 (256, 256), by bit pattern."""
    m = layer.multiplier
    table = LookupTable(m.table, m.signed, m.digest)
    f, h = smoothed_error(table, layer.activation_bits, layer.weight_bits)
    return exact_table(signed=m.signed) + f.values.astype(np.float64) @ h.values.T


def slopes(table: np.ndarray, axis: int, layer: Any) -> np.ndarray:
    """Finite differences in the order of the values that the layer's bit patterns stand for."""
    used = np.ix_(
        *(
            np.arange(low, high + 1) & 255
            for low, high in (
                q.code_limits(signed=layer.multiplier.signed, bits=bits)
                for bits in (layer.activation_bits, layer.weight_bits)
            )
        )
    )
    result = np.zeros(table.shape)
    result[used] = np.gradient(table[used], axis=axis)
    return result


def convolution_gradients(
    layer: Any, x: np.ndarray, upstream: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of a 3x3 'same' convolution to input and kernel, tap by tap."""
    signed = layer.multiplier.signed
    source = layer._source(tf.constant(x), training=False)
    weights = layer._filters().weights
    scale, zero = float(source.coding.scale), int(source.coding.zero_point)
    scale_w, zero_w = np.asarray(weights.scale, float), np.asarray(weights.zero_point)
    signs, fed = np.asarray(weights.signs, float), np.asarray(weights.fed)
    codes = np.asarray(layer._patterns(tf.constant(x), source.coding))
    padded = np.pad(codes, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=zero & 255)
    table, exact = smoothed(layer), exact_table(signed=signed).astype(float)
    by_a, by_w = (slopes(table, axis, layer) for axis in (0, 1))
    values = slopes(exact, 1, layer)  # the slope of a*w is a
    histogram = np.asarray(source.histogram, float)
    corrected = np.average(by_w - values, axis=0, weights=histogram) * layer.error_correction
    to_x, to_kernel = np.zeros(padded.shape), np.zeros(fed.shape)
    for i, j, c, o in np.ndindex(fed.shape):
        window = (slice(None), slice(i, i + x.shape[1]), slice(j, j + x.shape[2]), c)
        a, w, sign = padded[window], fed[i, j, c, o], signs[i, j, c, o]
        to_x[window] += upstream[..., o] * scale_w[o] * (sign * by_a[a, w] - zero_w[o])
        slope = by_w[a, w] - corrected[w] if sign else values[a, w]
        to_kernel[i, j, c, o] = np.sum(upstream[..., o] * scale * (slope - zero))
    return to_x[:, 1:-1, 1:-1], to_kernel


def layer_gradients(layer: Any, x: np.ndarray, upstream: np.ndarray) -> list[np.ndarray]:
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(layer(inputs) * upstream)
    variables = [v.value for v in layer.trainable_weights]
    return [np.asarray(g) for g in tape.gradient(loss, [inputs, *variables])]


@pytest.mark.parametrize("options", [{}, {"error_correction": False}, {"tune_weights": True},
                                     {"activation_bits": 6, "weight_bits": 4}])  # fmt: skip
@pytest.mark.parametrize("scheme", ["sign_magnitude", "affine", "symmetric"])
def test_gradient_is_that_of_the_smoothed_table(
    scheme: str, options: dict[str, Any], coarse: Multiplier, coarse_signed: Multiplier
) -> None:
    multiplier = coarse_signed if scheme == "symmetric" else coarse
    _, layer, x = build("conv", multiplier, weight_scheme=scheme, gradient="table", **options)
    layer.activation = keras.activations.linear
    upstream = np.random.default_rng(2).normal(0, 1, (*x.shape[:3], 6)).astype(np.float32)
    received = layer_gradients(layer, x, upstream)
    to_x, to_kernel = convolution_gradients(layer, x, upstream)
    coding = layer._source(tf.constant(x), training=False).coding
    low, high = (
        float(end)
        for end in q.real_limits(coding, signed=multiplier.signed, bits=layer.activation_bits)
    )
    inside = (x >= low) & (x <= high)
    np.testing.assert_allclose(received[0], to_x * inside, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(received[1], to_kernel, rtol=1e-3, atol=2e-2)
    np.testing.assert_allclose(received[2], upstream.sum(axis=(0, 1, 2)), rtol=1e-3, atol=1e-3)


def both_gradients(name: str, multiplier: Multiplier) -> list[list[np.ndarray]]:
    found = []
    for gradient in ("ste", "table"):
        model, layer, x = build(name, multiplier, gradient=gradient)
        upstream = np.random.default_rng(2).normal(0, 1, (8, *model.output_shape[1:]))
        found.append(layer_gradients(layer, x, upstream.astype(np.float32)))
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_an_exact_multiplier_has_the_straight_through_gradient(
    name: str, exact: Multiplier
) -> None:
    for ours, theirs in zip(*both_gradients(name, exact), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["conv", "depthwise", "transpose", "separable", "series"])
def test_a_coarse_multiplier_has_a_gradient_of_its_own(name: str, coarse: Multiplier) -> None:
    through, table = both_gradients(name, coarse)
    assert not np.allclose(table[1], through[1])


def test_the_smoothed_error_follows_the_table_and_narrow_operands(coarse: Multiplier) -> None:
    table = LookupTable(coarse.table, coarse.signed, coarse.digest)
    f, h = smoothed_error(table, 8, 8)
    errors = coarse.table - exact_table(signed=False)
    left = (f.values @ h.values.T)[16:-16, 16:-16] - errors[16:-16, 16:-16]
    assert abs(left.mean()) < 0.1 * errors.std()
    np.testing.assert_allclose(f.slopes, np.gradient(f.values, axis=0), atol=1e-4)
    f, h = smoothed_error(table, 4, 3)  # so few codes that none are averaged
    np.testing.assert_allclose((f.values @ h.values.T)[:16, :8], errors[:16, :8], atol=0.1)
    assert not f.values[16:].any()
    assert not h.values[8:].any()


def test_unknown_gradient(exact: Multiplier) -> None:
    with pytest.raises(QuantizationError, match="'ste' or 'table'"):
        ApproxConv2D(2, 3, multiplier=exact, gradient="lut")  # type: ignore[arg-type]
