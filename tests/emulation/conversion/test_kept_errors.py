"""What a layer keeps of errors, against what its outputs show."""

import keras
import numpy as np
import pytest
from scipy.stats import spearmanr

from evoapproxnas.emulation import approximate, observe
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.calibration.range_methods import minmax
from evoapproxnas.emulation.conversion.exchanged_layer import ExchangedLayer
from evoapproxnas.emulation.conversion.kept_errors import kept_errors
from evoapproxnas.multipliers import MultiplierChoice

NAMES = (
    "mul8u_exact", "mul8u_evo_layer461_p32p8", "mul8u_evo_layer1610_p18p4", "mul8u_or9_v6",
    "mul8u_evo_layer5320_p10p8", "mul8u_or11_v8", "mul8u_or11_v9", "mul8u_exact_a7w7",
    "mul8u_exact_a6w6", "mul8u_exact_a5w5", "mul8u_exact_a4w4", "mul8u_exact_a8w4",
    "mul8u_or4_v0@a6w6",
)  # fmt: skip


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((12, 12, 3))
    x = keras.layers.Conv2D(8, 3, activation="relu", padding="same", name="first")(inputs)
    x = keras.layers.Conv2D(8, 3, padding="same", name="second")(x)
    images = np.random.default_rng(0).random((16, 12, 12, 3)).astype(np.float32)
    return keras.Model(inputs, x), images


def _second(model, images, multiplier, **options):
    calibration = observe(model, images)
    converted = approximate(model, multiplier, calibration, **options)
    layer = emulated_layers(converted)["second"]
    return ExchangedLayer(layer, calibration.inputs["second"], minmax)


def _measured(model, images, name, **options):
    """Return the squared error of the second layer, whose input is exact."""
    exact = {"first": "mul8u_exact", "second": "mul8u_exact"}
    outputs = [
        approximate(model, names, images, **options)(images).numpy()
        for names in (exact, exact | {"second": name})
    ]
    return float(np.mean((outputs[0] - outputs[1]) ** 2))


@pytest.mark.parametrize(
    "options",
    [{}, {"per_channel": True}, {"error_correction": False}, {"weight_scheme": "affine"},
     {"tune_weights": True}],
    ids=lambda options: next(iter(options), "default"),
)  # fmt: skip
def test_it_orders_multipliers_as_the_outputs_do(network, options):
    model, images = network
    layer = _second(model, images, "mul8u_exact", **options)
    kept = kept_errors(layer, [MultiplierChoice.of(name) for name in NAMES])
    measured = [_measured(model, images, name, **options) for name in NAMES]
    assert kept[0] == measured[0] == 0
    assert spearmanr(kept, measured).statistic > 0.85


def test_signed_codes(network):
    model, images = network
    layer = _second(model, images, "mul8s_exact")
    names = ("mul8s_exact", "mul8s_exact_a7w7", "mul8s_exact_a6w6", "mul8s_exact_a4w4")
    kept = kept_errors(layer, [MultiplierChoice.of(name) for name in names])
    assert kept[0] == 0
    assert (np.diff(kept) > 0).all()
