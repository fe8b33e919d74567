"""Whole published architectures with random weights."""

import keras
import numpy as np
import pytest

from evoapproxnas.emulation import approximate, conversion_report
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.multipliers import Multiplier

LAYERS = {"MobileNetV3Small": (54, 34), "ConvNeXtTiny": (59, 0), "ResNet50": (54, 53)}
"""How many layers are approximated, and how many batch norms folded."""


@pytest.mark.parametrize("name", LAYERS)
def test_applications(name: str, exact: Multiplier) -> None:
    keras.utils.set_random_seed(0)
    make = getattr(keras.applications, name)
    model = make(input_shape=(32, 32, 3), weights=None, classes=5, classifier_activation=None)
    x = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype(np.float32)
    converted = approximate(model, exact, x, per_channel=True)
    report = conversion_report(converted)
    assert (len(report.paths("approximated")), len(report.paths("folded"))) == LAYERS[name]
    expected, received = np.asarray(model(x)), np.asarray(converted(x))
    assert np.abs(received - expected).mean() < 0.1 * expected.std()
    for layer in emulated_layers(converted).values():
        layer._observer = lambda *_: None  # computes in float, as in calibration
    np.testing.assert_allclose(converted(x), expected, atol=1e-4 * np.abs(expected).max())
