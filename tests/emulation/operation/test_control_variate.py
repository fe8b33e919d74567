"""Control variates: their slopes written out, and what they leave of errors."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import evoapproxnas as ea
from evoapproxnas.emulation import approximate, observe
from evoapproxnas.emulation.conversion.interchange import InterchangeableModel
from evoapproxnas.emulation.kernels import KERNELS
from evoapproxnas.emulation.operation.control_variate import control_variate
from evoapproxnas.multipliers import Multiplier, exact_table

SCHEMES = (("sign_magnitude", False), ("affine", False), ("symmetric", True))


def truncating(*, signed: bool = False) -> Multiplier:
    """Leaves out three bits of the activation and two of the weight: errors grow with both."""
    values = np.arange(256, dtype=np.uint8).view(np.int8 if signed else np.uint8).astype(int)
    return Multiplier.from_table(
        "truncating", np.multiply.outer(values & ~7, values & ~3), signed=signed, power_uw=200.0
    )


def convolution(*, positive: bool = False) -> tuple[keras.Model, np.ndarray]:
    """A layer, and images that are bright here and dark there."""
    rng = np.random.default_rng(0)
    light = rng.uniform(0, 1, (12, 1, 1, 1))
    images = (light * rng.uniform(0.2, 1, (12, 8, 8, 4))).astype(np.float32)
    model = keras.Sequential([keras.Input((8, 8, 4)), keras.layers.Conv2D(6, 3, name="only")])
    kernel = rng.normal(0.6 * positive, 1, model.layers[0].kernel.shape)
    model.layers[0].kernel.assign(kernel)
    return model, images


@pytest.mark.parametrize(("scheme", "signed"), SCHEMES)
@pytest.mark.parametrize("tuned", [False, True])
def test_the_slope_is_that_of_the_errors_over_the_activations(scheme, signed, tuned):
    model, images = convolution(positive=True)
    multiplier = truncating(signed=signed)
    options = {"weight_scheme": scheme, "control_variate": True, "tune_weights": tuned}
    layer = ea.approximate(model, multiplier, images, **options).layers[-1]
    weights, source = layer._filters().weights, layer._frozen()
    share = source.histogram.numpy().astype(float)
    share /= share.sum()
    values = np.arange(256, dtype=np.uint8).view(np.int8 if signed else np.uint8).astype(float)
    mean = share @ values
    codes, fed = (np.asarray(each).astype(int) for each in (weights.codes, weights.fed))
    errors = multiplier.table[:, fed] - exact_table(signed=signed)[:, codes]
    covariance = np.tensordot(share * (values - mean), errors, 1)
    slopes = covariance / (share @ (values - mean) ** 2) * np.asarray(weights.signs)
    expected = slopes.mean(axis=(0, 1, 2))
    found = control_variate(weights, layer._how.table, source.histogram)
    assert np.abs(found.slope.numpy() - expected).max() <= 0.51
    assert np.abs(found.slope.numpy()).max() > 0
    mean_slope = found.slope.numpy() * codes[..., 0].size * mean
    np.testing.assert_allclose(found.mean, mean_slope, rtol=1e-4, atol=2)


def test_nothing_known_is_nothing_corrected():
    model, images = convolution()
    layer = ea.approximate(model, truncating(), images, control_variate=True).layers[-1]
    found = control_variate(layer._filters().weights, layer._how.table, tf.zeros(256))
    assert not found.slope.numpy().any()
    assert not found.mean.numpy().any()


@pytest.mark.parametrize(("scheme", "signed"), SCHEMES)
def test_less_is_left_of_errors_that_grow_with_the_activations(scheme, signed):
    model, images = convolution(positive=True)
    exact = "mul8s_exact" if signed else "mul8u_exact"
    wanted = ea.approximate(model, exact, images, weight_scheme=scheme).predict(images, verbose=0)
    left = [
        np.mean((ea.approximate(model, truncating(signed=signed), images, weight_scheme=scheme,
                                control_variate=variate).predict(images, verbose=0) - wanted) ** 2)
        for variate in (False, True)
    ]  # fmt: skip
    assert left[1] < 0.5 * left[0]


def test_an_exact_multiplier_has_no_slope():
    model, images = convolution()
    for name in ("mul8u_exact", "mul8u_exact_a6w4"):
        with_it, without = (
            ea.approximate(model, name, images, control_variate=variate).predict(images, verbose=0)
            for variate in (True, False)
        )
        np.testing.assert_array_equal(with_it, without)


@pytest.mark.parametrize("kernel", [n for n, k in KERNELS.items() if k.missing() is None])
@pytest.mark.parametrize(("scheme", "signed"), SCHEMES)
def test_all_kernels_subtract_alike(kernel, scheme, signed):
    model, images = convolution(positive=True)
    found = [
        ea.approximate(model, truncating(signed=signed), images, weight_scheme=scheme,
                       control_variate=True, kernel=name).predict(images, verbose=0)
        for name in ("reference", kernel)
    ]  # fmt: skip
    np.testing.assert_array_equal(*found)


def test_it_is_saved_and_exchanged(tmp_path):
    model, images = convolution(positive=True)
    mine = truncating()
    single = ea.approximate(model, mine, images, control_variate=True)
    outputs = single.predict(images, verbose=0)
    single.save(tmp_path / "model.keras")
    loaded = ea.load_model(tmp_path / "model.keras", multipliers=[mine])
    assert loaded.layers[-1].control_variate
    np.testing.assert_array_equal(loaded.predict(images, verbose=0), outputs)
    calibration = observe(model, images)
    begun = approximate(model, "mul8u_exact", calibration, control_variate=True)
    many = InterchangeableModel(begun, calibration, images)
    many.assign({"only": mine})
    np.testing.assert_array_equal(many.predict(), outputs)


def test_codes_of_a_wide_layer_are_summed_in_parts(monkeypatch):
    model, images = convolution(positive=True)
    whole = ea.approximate(model, truncating(), images, control_variate=True)
    expected = whole.predict(images, verbose=0)
    place = "evoapproxnas.emulation.operation.convolution_types.largest_safe_terms"
    monkeypatch.setattr(place, lambda *_, **__: 3)
    split = ea.approximate(model, truncating(), images, control_variate=True)
    np.testing.assert_allclose(split.predict(images, verbose=0), expected, rtol=1e-5, atol=1e-4)
