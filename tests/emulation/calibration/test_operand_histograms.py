import keras
import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.emulation.calibration.operand_histograms import (
    fed_operands,
    operand_distribution,
)
from evoapproxnas.errors import QuantizationError, UnknownNameError


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (8, 6, 6, 1)).astype("float32")


@pytest.fixture(scope="module")
def model(images: np.ndarray) -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = [
        keras.layers.Conv2D(3, 3, padding="same", activation="relu", name="first"),
        keras.layers.Flatten(),
        keras.layers.Dense(4, name="last"),
    ]
    return keras.Sequential([keras.Input((6, 6, 1)), *layers])


def test_codes_of_one_layer_are_counted(model: keras.Model, images: np.ndarray) -> None:
    converted = ea.approximate(model, "exact8", calibration_data=images)
    operands = operand_distribution(converted, "first")
    codes = np.round(images / images.max() * 255).astype(int)
    padded = 1 - 16**2 / 18**2  # 3 taps at 6 places see 16 pixels and 2 zeros, each way
    inside = np.bincount(codes.ravel(), minlength=256) / codes.size
    assert operands.activations[0] == pytest.approx(padded + (1 - padded) * inside[0], abs=2e-3)
    # Calibration counts values of 8 significant bits, so codes may be one beside.
    below = np.cumsum((1 - padded) * inside[1:])
    assert np.cumsum(operands.activations[1:]) == pytest.approx(below, abs=0.012)
    weights = model.get_layer("first").kernel.numpy()
    magnitudes = np.round(np.abs(weights) / np.abs(weights).max() * 255).astype(int)
    counts = np.bincount(magnitudes[magnitudes > 0], minlength=256)
    assert operands.weights == pytest.approx(counts / counts.sum())


def test_several_layers_count_by_their_multiplications(
    model: keras.Model, images: np.ndarray
) -> None:
    converted = ea.approximate(model, "exact8", calibration_data=images)
    first, last, both = (operand_distribution(converted, name) for name in ("first", "last", "*"))
    multiplications = np.array([6 * 6 * 3 * 9, 108 * 4])
    share = multiplications / multiplications.sum()
    mixed = share[0] * first.activations + share[1] * last.activations
    assert both.activations == pytest.approx(mixed)
    assert both.weights == pytest.approx(share[0] * first.weights + share[1] * last.weights)


def test_signed_codes_are_bit_patterns(model: keras.Model, images: np.ndarray) -> None:
    converted = ea.approximate(model, "exact8s", calibration_data=images)
    operands = operand_distribution(converted)
    assert operands.activations[128:].sum() == 0  # after ReLU, and pixels
    assert 0.2 < operands.weights[128:].sum() < 0.8
    assert operands.weights[128] == 0


def test_layers_that_cannot_be_counted_are_explained(
    model: keras.Model, images: np.ndarray
) -> None:
    chosen = {"first": "exact8", "last": "exact8s"}
    converted = ea.approximate(model, chosen, calibration_data=images)
    with pytest.raises(QuantizationError, match="first, last have signed and unsigned"):
        operand_distribution(converted)
    with pytest.raises(UnknownNameError, match="no approximate layer fits 'conv'; known: first,"):
        operand_distribution(converted, "conv")
    layer = ea.ApproxDense(2, multiplier="exact8", name="loose")
    loose = keras.Sequential([keras.Input((3,)), layer])
    with pytest.raises(QuantizationError, match="'loose' is not calibrated"):
        operand_distribution(loose)


def test_weights_that_are_skipped_do_not_count(model: keras.Model, images: np.ndarray) -> None:
    pruned = keras.models.clone_model(model)
    pruned.set_weights(model.get_weights())
    kernel = pruned.get_layer("last").kernel
    kernel.assign(kernel.numpy() * (np.arange(108) < 27)[:, np.newaxis])
    converted = ea.approximate(pruned, "exact8", calibration_data=images)
    fed = fed_operands(converted.get_layer("last"))
    assert fed.share == pytest.approx(0.25, abs=0.01)
    assert fed.distribution is not None
    expected = operand_distribution(converted, "last")
    assert fed.distribution.weights == pytest.approx(expected.weights)
    assert fed.distribution.activations == pytest.approx(expected.activations)
    signed = ea.approximate(pruned, "exact8s", calibration_data=images)
    assert fed_operands(signed.get_layer("last")).share == 1
    kernel.assign(np.zeros((108, 4)))
    nothing = ea.approximate(pruned, "exact8", calibration_data=images)
    fed = fed_operands(nothing.get_layer("last"))
    assert (fed.distribution, fed.share) == (None, 0.0)
