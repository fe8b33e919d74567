"""Conversion, exchange and energy of layers with several multipliers."""

import keras
import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.emulation.conversion.interchange import InterchangeableModel
from evoapproxnas.errors import ConfigError, MultiplierError, QuantizationError
from evoapproxnas.hardware import keras_workload
from evoapproxnas.hardware.accelerators import load_accelerator, system_cost
from evoapproxnas.hardware.energy import multiplier_energy
from evoapproxnas.multipliers import layer_choice

LAYERS = keras.layers
A, B, EXACT = "mul8u_or8_v6", "mul8u_trunc_a6_w6", "mul8u_exact"


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((20, 6, 6, 2), dtype=np.float32)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6, 6, 2))
    x = LAYERS.Conv2D(4, 3, padding="same", name="conv")(inputs)
    x = LAYERS.ReLU()(LAYERS.BatchNormalization()(x))
    x = LAYERS.DepthwiseConv2D(3, padding="same", name="dw")(x)
    x = LAYERS.SeparableConv2D(3, 3, strides=2, name="sep")(x)
    x = LAYERS.Conv2DTranspose(2, 3, name="up")(x)
    return keras.Model(inputs, LAYERS.Dense(4, name="head")(LAYERS.Flatten()(x)))


def test_an_assignment_names_groups_as_it_names_one(model, images):
    chosen = {"conv": f"{A}:1,3+{B}:0,2", "dw": [A, EXACT], "head": f"{A}+{B}"}
    converted = ea.approximate(model, chosen, images)
    assert converted.get_layer("conv").channel_groups == ((1, 3), (0, 2))
    assert converted.get_layer("dw").channel_groups == ((0, 1), (2, 3))
    report = {entry.path: entry.detail for entry in ea.conversion_report(converted).layers}
    assert report["conv"] == report["head"] == f"{A}+{B}"
    again = ea.approximate(converted, {"conv": A}, images)
    assert again.get_layer("conv").multiplier.name == A


def test_all_layers_take_the_same_text(model, images):
    text = f"{A}+{B}"
    with pytest.raises(QuantizationError, match="'sep' takes one multiplier"):
        ea.approximate(model, text, images)
    converted = ea.approximate(model, {"sep": A, "*": text}, images)
    assert [converted.get_layer(n).channel_groups for n in ("up", "head")] == [
        ((0,), (1,)),
        ((0, 1), (2, 3)),
    ]
    with pytest.raises(QuantizationError, match="'up' has 2 output channels and was given 4"):
        ea.approximate(model, {"sep": A, "*": "+".join([A] * 4)}, images)


@pytest.mark.parametrize("options", [{}, {"tune_weights": True}, {"control_variate": True}])
def test_multipliers_of_groups_are_exchanged_as_by_a_new_conversion(model, images, options):
    calibration = ea.observe(model, images)
    groups = {"conv": ((1, 3), (0, 2)), "dw": ((0, 1, 2), (3,)), "up": ((1,), (0,))}

    def given(first, second):
        found = {}
        for path, (one, other) in groups.items():
            text = f"{first}:{','.join(map(str, one))}+{second}:{','.join(map(str, other))}"
            found[path] = layer_choice(text)
        return found

    start = ea.approximate(model, {**given(EXACT, EXACT), "*": EXACT}, calibration, **options)
    emulated = InterchangeableModel(start, calibration, images, batch_size=8)
    for names in ((A, B), (B, B), (EXACT, A), (EXACT, EXACT)):
        emulated.assign(given(*names))
        fresh = ea.approximate(model, {**given(*names), "*": EXACT}, calibration, **options)
        expected = fresh(images, training=False).numpy()
        np.testing.assert_array_equal(emulated.predict(), expected)
        assert emulated.layers["conv"].multipliers[0].name == names[0]
    emulated.assign({path: layer_choice(A) for path in groups})
    everywhere = {**given(A, A), "*": EXACT}
    expected = ea.approximate(model, everywhere, calibration, **options)(images, training=False)
    np.testing.assert_array_equal(emulated.predict(), expected.numpy())


def test_tuned_weights_stay_in_their_groups(model, images):
    calibration = ea.observe(model, images)
    tuned = ea.approximate(model, f"{A}", calibration, tune_weights=True)
    emulated = InterchangeableModel(tuned, calibration, images)
    with pytest.raises(QuantizationError, match="tuned for other groups of channels"):
        emulated.assign({"conv": layer_choice(f"{A}+{B}")})


def test_energy_counts_the_channels_of_each(model):
    library, work = ea.load_library(), keras_workload(model)
    mixed = multiplier_energy(work, {"conv": layer_choice(f"{A}:0+{B}:1-3")})
    count = work.multiplications["conv"]
    expected = count * (library[A].energy_pj + 3 * library[B].energy_pj) / 4
    assert mixed.energy_nj == pytest.approx(expected / 1000)
    assert mixed.exact_nj == pytest.approx(count * library[EXACT].energy_pj / 1000)


def test_where_layers_have_one_multiplier_groups_are_refused(model):
    work = keras_workload(model)
    with pytest.raises(ConfigError, match="'conv' has several multipliers"):
        system_cost(work, {"conv": layer_choice(f"{A}+{B}")}, load_accelerator("eyeriss"))
    with pytest.raises(MultiplierError, match="expected one multiplier, got several"):
        ea.MultiplierChoice.of(f"{A}+{B}")
