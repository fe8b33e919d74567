import gc
import weakref

import keras
import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.emulation.conversion.interchange import InterchangeableModel
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import MultiplierChoice

LAYERS = keras.layers


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((30, 6, 6, 2), dtype=np.float32)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6, 6, 2))
    shared = LAYERS.Conv2D(4, 3, padding="same", name="shared")
    x = LAYERS.Conv2D(4, 1, activation="relu", name="point")(inputs)
    x = LAYERS.Add()([shared(shared(x)), LAYERS.DepthwiseConv2D(3, padding="same", name="dw")(x)])
    x = LAYERS.SeparableConv2D(3, 3, strides=2, name="sep")(x)
    x = LAYERS.Conv2DTranspose(2, 3, name="up")(x)
    return keras.Model(inputs, LAYERS.Dense(5, name="head")(LAYERS.Flatten()(x)))


def converted(model, images, multiplier, **options):
    calibration = ea.observe(model, images)
    return calibration, ea.approximate(model, multiplier, calibration, **options)


@pytest.mark.parametrize("tune_weights", [False, True])
def test_outputs_are_those_of_a_new_conversion_whatever_came_before(model, images, tune_weights):
    library = ea.load_library()
    good, bad = library["mul8u_or6_v2"], library["mul8u_or9_v8"]
    calibration, first = converted(model, images, "exact8", tune_weights=tune_weights)
    emulated = InterchangeableModel(first, calibration, images, batch_size=8)
    choices = [
        dict.fromkeys(emulated.layers, good),
        {"shared": bad},
        {"sep/pointwise": bad, "sep/depthwise": bad},
    ]
    assigned = {}
    for choice in choices:
        assigned |= choice
        emulated.assign(choice)
        whole = {path.split("/")[0]: m for path, m in assigned.items()}
        expected = ea.approximate(model, whole, calibration, tune_weights=tune_weights)
        expected = expected(images, training=False).numpy()
        np.testing.assert_array_equal(emulated.predict(last=13), expected[:13])
        np.testing.assert_array_equal(emulated.predict(), expected)


def test_widths_are_exchanged_with_the_multiplier(model, images):
    choices = ["mul8u_exact_a6w4", "mul8u_or6_v2", "mul8u_or6_v2@a5w8", "mul8u_exact"]
    for tune_weights in (False, True):
        calibration, first = converted(model, images, "exact8", tune_weights=tune_weights)
        emulated = InterchangeableModel(first, calibration, images)
        for text in choices:
            emulated.assign(dict.fromkeys(emulated.layers, MultiplierChoice.of(text)))
            expected = ea.approximate(model, text, calibration, tune_weights=tune_weights)
            expected = expected(images, training=False).numpy()
            np.testing.assert_array_equal(emulated.predict(), expected)


def test_what_it_remembers_goes_with_it(model, images):
    calibration, first = converted(model, images, "exact8")
    emulated = InterchangeableModel(first, calibration, images)
    emulated.predict()
    alive = weakref.ref(emulated)
    del emulated
    gc.collect()
    assert alive() is None, "TensorFlow keeps it"


def test_little_memory_changes_nothing(model, images):
    calibration, first = converted(model, images, "mul8u_or8_v6")
    plenty = InterchangeableModel(first, calibration, images, batch_size=8).predict()
    for cache_bytes in (0, 3000):
        scarce = InterchangeableModel(
            first, calibration, images, batch_size=8, cache_bytes=cache_bytes
        )
        np.testing.assert_array_equal(scarce.predict(), plenty)
        np.testing.assert_array_equal(scarce.predict(), plenty)


def test_multiplications_are_counted_per_use(model, images):
    calibration, first = converted(model, images, "exact8")
    counts = InterchangeableModel(first, calibration, images).multiplications()
    assert counts["point"] == 36 * 2 * 4
    assert counts["shared"] == 2 * 36 * 9 * 4 * 4
    assert counts["dw"] == 36 * 9 * 4
    assert counts["sep/depthwise"] == 4 * 9 * 4
    assert counts["sep/pointwise"] == 4 * 4 * 3
    assert counts["up"] == 16 * 9 * 3 * 2  # the zero-point code goes through at the border
    assert counts["head"] == 32 * 5


def test_what_cannot_be_exchanged_is_refused(model, images):
    calibration, first = converted(model, images, "exact8")
    emulated = InterchangeableModel(first, calibration, images)
    with pytest.raises(QuantizationError, match="'nothing' is no approximate layer"):
        emulated.assign({"nothing": ea.load_library()["exact8"]})
    with pytest.raises(QuantizationError, match="unsigned multiplier, 'mul8s_exact' is not"):
        emulated.assign({"dw": ea.load_library()["exact8s"]})


def test_a_model_is_left_as_any_other(model, images):
    calibration, first = converted(model, images, "mul8u_or8_v6")
    before = first(images).numpy()
    InterchangeableModel(first, calibration, images).predict()
    np.testing.assert_array_equal(first(images).numpy(), before)
