"""The quantization contract against formulas written out in NumPy."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.errors import QuantizationError
from evoapproxnas.quantization import resolve_scheme

SCHEMES = [("sign_magnitude", False), ("affine", False), ("symmetric", True),
           ("sign_magnitude", True), ("affine", True)]  # fmt: skip
bounds = st.floats(-1e3, 1e3, width=32)


@given(bounds, bounds, st.booleans())
@settings(max_examples=50, deadline=None)
def test_real_zero_is_a_code_and_values_return_within_half_a_step(
    a: float, b: float, signed: bool
) -> None:
    low, high = min(a, b, -0.01), max(a, b, 0.01)
    coding = q.activation_coding(low, high, signed=signed)
    x = tf.constant(np.linspace(low, high, 99, dtype=np.float32))
    zero = q.fake_quantize(tf.constant([0.0]), coding, signed=signed)
    assert float(zero[0]) == 0.0
    error = np.abs(q.fake_quantize(x, coding, signed=signed) - x)
    inside = slice(1, -1)  # the zero point is rounded, so the ends may be clipped by half a step
    assert error[inside].max() <= 1.01 * float(coding.scale)
    assert np.median(error) <= 0.51 * float(coding.scale)


def test_codes_of_activations() -> None:
    coding = q.activation_coding(-1.0, 4.1, signed=False)
    assert float(coding.scale) == pytest.approx(0.02)
    assert int(coding.zero_point) == 50
    codes = q.quantize(tf.constant([-9.0, -1.0, 0.0, 4.1, 99.0, np.nan]), coding, signed=False)
    assert codes.numpy().tolist() == [0, 0, 50, 255, 255, 0]
    signed = q.activation_coding(-1.0, 2.0, signed=True)
    codes = q.quantize(tf.constant([-1.0, 0.0, 2.0]), signed, signed=True)
    assert codes.numpy().tolist() == [-64, 0, 127]
    assert q.bit_patterns(codes).numpy().tolist() == [192, 0, 127]


@given(bounds, bounds, st.booleans(), st.integers(2, 8))
@settings(max_examples=50, deadline=None)
def test_narrow_codes_keep_zero_and_their_limits(
    a: float, b: float, signed: bool, bits: int
) -> None:
    low, high = min(a, b, -0.01), max(a, b, 0.01)
    coding = q.activation_coding(low, high, signed=signed, bits=bits)
    limits = q.code_limits(signed=signed, bits=bits)
    assert limits[1] - limits[0] == 2**bits - 1
    x = tf.constant(np.linspace(2 * low, 2 * high, 999, dtype=np.float32))
    codes = q.quantize(x, coding, signed=signed, bits=bits).numpy()
    assert limits[0] <= codes.min()
    assert codes.max() <= limits[1]
    ends = tf.stack(q.real_limits(coding, signed=signed, bits=bits))
    np.testing.assert_array_equal(q.quantize(ends, coding, signed=signed), limits)
    zero = q.fake_quantize(tf.constant([0.0]), coding, signed=signed, bits=bits)
    assert float(zero[0]) == 0.0


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize(("scheme", "signed"), SCHEMES)
def test_weights_return_within_half_a_step(scheme: str, signed: bool, per_channel: bool) -> None:
    weights = np.random.default_rng(0).normal(0.02, 1, (3, 3, 4, 6)).astype(np.float32)
    weights[..., 0] *= 0.01
    quantized = q.quantize_weights(
        tf.constant(weights), scheme=scheme, signed=signed, per_channel=per_channel
    )
    returned = q.dequantize_weights(quantized, signed=signed)
    step = quantized.scale.numpy()
    assert np.all(np.abs(returned - weights).max(axis=(0, 1, 2)) <= 1.01 * step)
    assert np.all(np.median(np.abs(returned - weights), axis=(0, 1, 2)) <= 0.5 * step)
    assert (step[0] < step[1]) == per_channel
    if scheme == "sign_magnitude":
        np.testing.assert_array_equal(
            quantized.signs.numpy() * quantized.codes.numpy().astype(int) != 0,
            quantized.codes.numpy() != 0,
        )
    else:
        assert np.all(quantized.signs.numpy() == 1)


@pytest.mark.parametrize(("scheme", "signed"), SCHEMES)
def test_all_zero_weights_give_zero(scheme: str, signed: bool) -> None:
    quantized = q.quantize_weights(
        tf.zeros((3, 3, 2, 2)), scheme=scheme, signed=signed, per_channel=True
    )
    assert not np.any(q.dequantize_weights(quantized, signed=signed))


def test_scheme_follows_signedness_and_is_checked() -> None:
    assert resolve_scheme(None, signed=False) == "sign_magnitude"
    assert resolve_scheme(None, signed=True) == "symmetric"
    with pytest.raises(QuantizationError, match="did you mean 'affine'"):
        resolve_scheme("afine", signed=False)
    with pytest.raises(QuantizationError, match="needs a signed multiplier"):
        resolve_scheme("symmetric", signed=False)
