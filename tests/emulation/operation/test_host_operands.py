"""Operands in NumPy against those in TensorFlow, bit for bit."""

import keras
import numpy as np
import pytest

from evoapproxnas.emulation import ApproxConv2D, approximate, observe
from evoapproxnas.emulation.calibration.range_methods import resolve_range_method
from evoapproxnas.emulation.operation.host_operands import host_limits, host_source, host_weights
from evoapproxnas.emulation.operation.quantization import quantize_weights, real_limits

SCHEMES = [("sign_magnitude", False), ("affine", False), ("symmetric", True), ("affine", True)]


@pytest.mark.parametrize("bits", [8, 6, 3, 2])
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize(("scheme", "signed"), SCHEMES)
def test_weights(scheme, signed, per_channel, bits):
    kernel = np.random.default_rng(bits).standard_normal((3, 3, 4, 6)).astype(np.float32)
    kernel[..., 1] = np.abs(kernel[..., 1])
    kernel[..., 2] = 0
    options = {"scheme": scheme, "signed": signed, "per_channel": per_channel, "bits": bits}
    for each in (kernel, np.zeros_like(kernel)):
        expected, found = quantize_weights(each, **options), host_weights(each, **options)
        for name in expected._fields:
            theirs, ours = getattr(expected, name).numpy(), getattr(found, name)
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs, err_msg=name)


@pytest.mark.parametrize("bits", [8, 6, 3])
@pytest.mark.parametrize("method", ["minmax", "percentile"])
@pytest.mark.parametrize("multiplier", ["mul8u_exact", "mul8s_exact"])
@pytest.mark.parametrize("low", [0.0, -0.7])
def test_activations(multiplier, method, bits, low):
    images = np.random.default_rng(bits).uniform(low, 1.3, (4, 6, 6, 2)).astype(np.float32)
    inputs = keras.Input((6, 6, 2))
    layer = keras.layers.Conv2D(3, 3, padding="same", name="only")(inputs)
    model = keras.Model(inputs, layer)
    calibration = observe(model, images)
    converted = approximate(
        model, multiplier, calibration, activation_bits=bits, range_method=method
    )
    (layer,) = (x for x in converted.layers if isinstance(x, ApproxConv2D))
    expected = layer._frozen()
    statistics, signed = calibration.inputs["only"], layer.multiplier.signed
    low_end, high_end = resolve_range_method(method)(statistics)
    found = host_source(statistics, low_end, high_end, signed=signed, bits=bits)
    np.testing.assert_array_equal(found.scale, expected.coding.scale.numpy())
    np.testing.assert_array_equal(found.zero_point, expected.coding.zero_point.numpy())
    np.testing.assert_array_equal(found.histogram, expected.histogram.numpy())
    limits = real_limits(expected.coding, signed=signed, bits=bits)
    for ours, theirs in zip(host_limits(found, signed=signed, bits=bits), limits, strict=True):
        np.testing.assert_array_equal(ours, theirs.numpy())
