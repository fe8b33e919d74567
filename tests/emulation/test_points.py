"""Operating points: one set of weights, several assignments, switched at run time."""

import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import evoapproxnas as ea
from evoapproxnas.emulation import estimate_operating_points
from evoapproxnas.errors import QuantizationError, UnknownNameError
from tests.emulation import cases

LAYERS = keras.layers
GOOD, BAD = "mul8u_or6_v2", "mul8u_trunc_a6_w6"
POINTS = {
    "high": "mul8u_exact",
    "medium": {"conv": f"{GOOD}:0-2+{BAD}:3-5", "sep": GOOD},
    "low": {"conv": BAD, "dw": f"{GOOD}+{BAD}", "sep": f"{GOOD}@a6w6", "head": BAD},
}


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((64, 8, 8, 3), dtype=np.float32)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((8, 8, 3))
    x = LAYERS.Conv2D(6, 3, padding="same", name="conv")(inputs)
    x = LAYERS.ReLU()(LAYERS.BatchNormalization(name="norm")(x))
    x = LAYERS.DepthwiseConv2D(3, name="dw")(x)
    x = LAYERS.SeparableConv2D(4, 3, strides=2, name="sep")(x)
    outputs = LAYERS.Dense(5, name="head")(LAYERS.Flatten()(x))
    made = keras.Model(inputs, outputs)
    norm = made.get_layer("norm")
    norm.moving_mean.assign(np.linspace(-0.2, 0.2, 6))
    norm.moving_variance.assign(np.linspace(0.1, 2, 6))
    return made


@pytest.fixture(params=[False, True], ids=["plain", "tuned"])
def switched(request, model, images):
    return ea.with_operating_points(
        model, POINTS, images, tune_weights=request.param, kernel="numba"
    )


def outputs_at_points(model, images):
    found = {}
    for name in ea.operating_points(model):
        ea.set_operating_point(model, name)
        found[name] = model.predict(images, verbose=0)
        np.testing.assert_array_equal(model(images, training=False), found[name])
    return found


def test_each_point_computes_with_its_own_multipliers(switched, images):
    assert ea.operating_points(switched) == ("high", "medium", "low")
    assert ea.operating_point(switched) == "high"
    conv, dw = switched.get_layer("conv"), switched.get_layer("dw")
    assert conv.multiplier.name == "mul8u_exact"
    found = outputs_at_points(switched, images)
    assert conv.multiplier.name == BAD
    assert [m.name for m in dw.multipliers] == [GOOD, BAD]
    assert switched.get_layer("sep").depthwise.quantization.widths == (6, 6)
    assert np.abs(found["high"] - found["low"]).max() > np.abs(found["high"]).max() * 1e-3
    switched.set_operating_point("medium")
    assert [m.name for m in conv.multipliers] == [GOOD, BAD]
    assert dw.multiplier.name == "mul8u_exact"
    np.testing.assert_array_equal(switched.predict(images, verbose=0), found["medium"])


def test_sums_have_the_moments_of_exact_multiplication(model, images):
    coarse = "mul8u_or10_v9"
    points = {"high": "mul8u_exact", "low": {"conv": coarse}}
    switched = ea.with_operating_points(model, points, images, error_correction=False)
    alone = ea.approximate(model, {"conv": coarse}, images, error_correction=False)
    moments = {}
    for name, each in (("high", switched), ("low", switched), ("alone", alone)):
        if each is switched:
            ea.set_operating_point(switched, name)
        layer = each.get_layer("conv")
        y = layer(images).numpy().reshape(-1, 6)
        moments[name] = y.mean(axis=0), y.std(axis=0)
    for number in (0, 1):
        wanted = moments["high"][number]
        np.testing.assert_allclose(moments["low"][number], wanted, rtol=1e-3, atol=1e-4)
        assert np.abs(moments["alone"][number] - wanted).max() > 1e-2 * np.abs(wanted).max()


def test_points_are_saved_and_switched_in_a_fresh_process(switched, images, tmp_path):
    expected = outputs_at_points(switched, images)
    switched.set_operating_point("medium")
    switched.save(tmp_path / "model.keras")
    np.save(tmp_path / "images.npy", images)
    np.savez(tmp_path / "expected.npz", **expected)
    code = f"""
import numpy as np, evoapproxnas as ea
model = ea.load_model({str(tmp_path / "model.keras")!r})
images = np.load({str(tmp_path / "images.npy")!r})
assert ea.operating_point(model) == "medium", ea.operating_point(model)
for name, wanted in np.load({str(tmp_path / "expected.npz")!r}).items():
    model.set_operating_point(name)
    np.testing.assert_array_equal(model.predict(images, verbose=0), wanted)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_keras_loads_clones_and_pickles_keep_the_points(model, images, tmp_path):
    switched = ea.with_operating_points(model, POINTS, images)
    expected = outputs_at_points(switched, images)
    switched.save(tmp_path / "model.keras")
    clone = keras.models.clone_model(switched)
    clone.set_weights(switched.get_weights())
    for copy in (
        keras.saving.load_model(tmp_path / "model.keras"),
        pickle.loads(pickle.dumps(switched)),  # noqa: S301
        clone,
    ):
        assert ea.operating_point(copy) == "low"
        for name, found in outputs_at_points(copy, images).items():
            np.testing.assert_array_equal(found, expected[name])


def test_weights_of_another_point_leave_the_active_one(model, images, tmp_path):
    switched = ea.with_operating_points(model, POINTS, images)
    expected = outputs_at_points(switched, images)
    path = tmp_path / "low.weights.h5"
    switched.save_weights(path)
    switched.set_operating_point("high")
    switched.load_weights(path)
    np.testing.assert_array_equal(switched.predict(images, verbose=0), expected["high"])


def test_a_calibration_is_kept_for_the_active_point(model, images):
    switched = ea.with_operating_points(model, {"high": GOOD, "low": BAD}, images)
    ea.calibrate(switched, images * 3)
    found = switched.predict(images, verbose=0)
    for name in ("low", "high"):
        switched.set_operating_point(name)
    np.testing.assert_array_equal(switched.predict(images, verbose=0), found)


def test_evaluate_and_fit_follow_the_switch(model, images):
    switched = ea.with_operating_points(model, POINTS, images)
    switched.compile("sgd", "mse")
    target = outputs_at_points(switched, images)["low"]
    switched.set_operating_point("high")
    assert switched.evaluate(images, target, verbose=0) > 0
    switched.set_operating_point("low")
    assert switched.evaluate(images, target, verbose=0) == pytest.approx(0, abs=1e-10)
    weights = switched.trainable_weights
    before = [each.numpy() for each in weights]
    switched.fit(images, target + 1, verbose=0)
    for each, old in zip(weights, before, strict=True):
        assert np.abs(each.numpy() - old).max() > 0, each.path
    estimate_operating_points(switched, images)
    assert ea.operating_point(switched) == "low"


def test_the_active_point_is_exported(model, images, tmp_path):
    switched = ea.with_operating_points(model, POINTS, images)
    for name in ("high", "low"):
        switched.set_operating_point(name)
        switched.export(tmp_path / name, verbose=False)
        served = tf.saved_model.load(str(tmp_path / name)).serve(images)
        expected = switched.predict(images, verbose=0)
        np.testing.assert_allclose(served, expected, rtol=1e-4, atol=1e-4)


def test_a_layer_takes_points_itself():
    points = {"a": {"multiplier": GOOD}, "b": {"multiplier": [GOOD, BAD]}}
    model, layer, _ = cases.build("conv", GOOD, operating_points=points, calibrated=False)
    assert layer.point == "a"
    assert layer.points["b"].channel_groups == ((0, 1, 2), (3, 4, 5))
    layer.switch("b")
    assert [m.name for m in layer.multipliers] == [GOOD, BAD]


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (GOOD, "operating point 'a' of a layer a mapping with 'multiplier'"),
        ({"weight_bits": 6}, "operating point 'a' of a layer a mapping with 'multiplier'"),
        ({"multiplier": GOOD, "bits": 6}, "weight_bits, got"),
        ({"multiplier": GOOD, "weight_bits": 6.5}, "weight_bits must be"),
    ],
)
def test_a_layer_refuses_options_that_are_no_point(point, message):
    with pytest.raises(QuantizationError, match=message):
        cases.build("conv", GOOD, operating_points={"a": point}, calibrated=False)


@pytest.mark.parametrize(
    ("points", "error", "message"),
    [
        ({}, QuantizationError, "by name"),
        (["mul8u_exact"], QuantizationError, "by name"),
        ({"a": "mul8u_exat"}, UnknownNameError, "mul8u_exat"),
        ({"a": {"nothing": BAD}}, UnknownNameError, "nothing"),
        ({"a": GOOD, "b": "exact8s"}, QuantizationError, "signed and unsigned"),
        ({"a": GOOD, "b": f"{GOOD}+{BAD}"}, QuantizationError, "one multiplier for both"),
    ],
)
def test_points_that_cannot_be_are_refused(model, images, points, error, message):
    with pytest.raises(error, match=message):
        ea.with_operating_points(model, points, images)


def test_an_unknown_point_names_those_there_are(model, images):
    switched = ea.with_operating_points(model, {"high": GOOD, "low": BAD}, images)
    with pytest.raises(UnknownNameError, match="unknown operating point 'lowest'.*low"):
        switched.set_operating_point("lowest")
    assert ea.operating_point(switched) == "high"
    for exact in (model, ea.approximate(model, GOOD, images)):
        assert ea.operating_points(exact) == ()
        with pytest.raises(QuantizationError, match="has no operating points"):
            ea.set_operating_point(exact, "high")
    with pytest.raises(QuantizationError, match="got a Calibration"):
        ea.with_operating_points(model, {"high": GOOD}, ea.observe(model, images))
