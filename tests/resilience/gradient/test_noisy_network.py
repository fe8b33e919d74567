"""Noise in the layers of a trained network, and what it costs."""

import keras
import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.emulation import observe
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.gradient.noisy_network import NoisyNetwork
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.scores import scores, squared_error

PARTS = ("first", "second")


def noisy_network(model, images, parts=PARTS):
    return NoisyNetwork(
        model,
        parts,
        images,
        calibration=observe(model, images[:100]),
        exact=MultiplierChoice.exact(),
        quantization=Quantization(),
    )


@pytest.fixture(scope="module")
def network(trained, digits):
    return noisy_network(trained, digits.x_train[:300])


def test_without_noise_it_says_what_the_float_network_says(network, trained, digits):
    expected = scores(trained.predict(digits.x_train[:300], verbose=0))
    np.testing.assert_allclose(network.clean, expected, atol=1e-4)
    np.testing.assert_array_equal(network.noisy(np.zeros(2), images=300, seed=5), network.clean)
    first = keras.Model(trained.inputs, trained.get_layer("first").output)
    assert network.spreads[0] >= np.std(first.predict(digits.x_train[:300], verbose=0))


def test_noise_changes_scores_by_its_variance_and_the_seed_decides_it(network):
    quiet, loud = (
        squared_error(network.noisy(scale * network.spreads, images=200, seed=1),
                      network.clean[:200])
        for scale in (0.01, 0.04)
    )  # fmt: skip
    assert loud / quiet == pytest.approx(16, rel=0.2)
    once, again, other = (
        network.noisy(network.spreads / 10, images=50, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other)


def test_the_gradient_is_the_slope_of_the_cost(network):
    logarithms, places = np.log([1e-2, 1e-2]), np.arange(300)
    cost, slopes = network.gradient(logarithms, places, seed=3)
    assert cost > 0
    assert (slopes > 0).all()
    step = 0.05
    for part in range(2):
        moved = np.eye(2)[part] * step
        above, _ = network.gradient(logarithms + moved, places, seed=3)
        below, _ = network.gradient(logarithms - moved, places, seed=3)
        assert slopes[part] == pytest.approx((above - below) / (2 * step), rel=0.05)


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_probabilities_are_taken_for_what_they_are(trained, digits, last):
    x = digits.x_train[:40]
    if last == "softmax":
        model = keras.Sequential([trained, keras.layers.Softmax()])
        expected = scores(trained.predict(x, verbose=0))
    else:
        weak = keras.initializers.Constant(0.02)  # far from 0 and 1, where float32 says little
        pick = keras.layers.Dense(1, activation="sigmoid", kernel_initializer=weak)
        model = keras.Model(trained.inputs, pick(trained.output))
        expected = scores(model.predict(x, verbose=0), probabilities=True)
    parts = [f"{trained.name}/{part}" if last == "softmax" else part for part in PARTS]
    network = noisy_network(model, x, parts)
    np.testing.assert_allclose(network.clean, expected, atol=1e-3)
    cost, _ = network.gradient(np.log([0.1, 0.1]), np.arange(40), seed=0)
    assert cost > 0


def test_errors_of_circuits_are_predicted_in_the_units_of_outputs(trained, digits):
    """Against what the emulation of the one layer changes in what it gives."""
    names = ("mul8u_or8_v6", "mul8u_or10_v9", "mul8u_trunc_a6_w6")
    choices = [MultiplierChoice.of(name) for name in names]
    calibration = observe(trained, digits.x_train[:200])
    network = EmulatedNetwork(
        trained, calibration, digits.x_val, exact=MultiplierChoice.exact(),
        quantization=Quantization(),
    )  # fmt: skip
    predicted = network.output_errors(choices)
    assert list(predicted) == list(PARTS)
    outputs = []
    for name in ("exact8", *names):
        model = ea.approximate(trained, {"second": name}, calibration)
        second = keras.Model(model.inputs, model.get_layer("second").output)
        outputs.append(second.predict(digits.x_val, verbose=0))
    measured = [np.mean((y - outputs[0]) ** 2) for y in outputs[1:]]
    np.testing.assert_allclose(predicted["second"], measured, rtol=0.6)
