"""The layers as Keras layers: saving, cloning, training, calibration, threads."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import ApproxConv2D, ApproxDense, calibrate
from evoapproxnas.errors import MultiplierError, QuantizationError
from evoapproxnas.multipliers import Multiplier, MultiplierChoice
from tests.emulation.cases import LAYERS, build, namesake


@pytest.mark.parametrize("name", LAYERS)
def test_saving_and_loading_is_bit_equal(name: str, coarse: Multiplier, tmp_path: Path) -> None:
    model, layer, x = build(name, coarse, per_channel=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].get_config() == layer.get_config()
    for ours, theirs in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(loaded(x), model(x))


def test_a_saved_model_names_its_multiplier_and_refuses_another_table(
    coarse: Multiplier, exact: Multiplier, tmp_path: Path
) -> None:
    lonely = Multiplier.from_table("lonely", coarse.table ^ 1)
    model, _, x = build("conv", lonely)
    expected, table = np.asarray(model(x)), lonely.table
    path = tmp_path / "model.keras"
    model.save(path)
    other = Multiplier.from_table("lonely", exact.table)
    with pytest.raises(MultiplierError, match="different table of multiplier 'lonely'"):
        keras.models.load_model(path, custom_objects={"lonely": other})
    del model, lonely
    keras.backend.clear_session()
    again = Multiplier.from_table("lonely", table)
    loaded = keras.models.load_model(path, custom_objects={"lonely": again})
    np.testing.assert_array_equal(loaded(x), expected)


def test_a_missing_multiplier_says_how_to_pass_it() -> None:
    config = {"filters": 2, "kernel_size": 3, "multiplier": "gone", "multiplier_digest": "0" * 64}
    with pytest.raises(MultiplierError, match="custom_objects"):
        ApproxConv2D.from_config(config)


@pytest.mark.parametrize("given", ["exact8@a6w4", MultiplierChoice.of("exact8@a6w4")])
def test_a_multiplier_with_widths_says_how_a_layer_takes_them(given: object) -> None:
    with pytest.raises(QuantizationError, match="'mul8u_exact', activation_bits=6, weight_bits=4"):
        ApproxDense(3, multiplier=given)  # type: ignore[arg-type]


def test_training_before_calibration_uses_the_ranges_of_batches(exact: Multiplier) -> None:
    model, layer, x = build("conv", exact, calibrated=False)
    model.compile("adam", "mse")
    target = np.ones((8, *model.output_shape[1:]), np.float32)
    history = model.fit(x, target, epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert not layer.calibrated
    with pytest.raises(QuantizationError, match="not calibrated"):
        model.predict(x, verbose=0)
    calibrate(model, x)
    model.fit(x, target, epochs=1, verbose=0)
    assert np.isfinite(model.predict(x, verbose=0)).all()


def test_batch_ranges_need_no_calibration(exact: Multiplier, coarse: Multiplier) -> None:
    model, layer, x = build("conv", exact, calibrated=False, activation_range="batch")
    small = model.predict(x * 1e-3, verbose=0)
    np.testing.assert_allclose(small, namesake("conv", layer)(x * 1e-3), atol=1e-4)
    model, _, x = build("conv", coarse, activation_range="batch")
    frozen, _, _ = build("conv", coarse)
    np.testing.assert_allclose(
        model.predict(x, verbose=0), frozen.predict(x, verbose=0), atol=1e-2
    )


def test_concurrent_predictions_are_identical(coarse: Multiplier) -> None:
    model, _, x = build("conv", coarse)
    expected = model.predict(x, verbose=0)
    call = tf.function(model)
    with ThreadPoolExecutor(2) as callers:
        for received in callers.map(call, [x] * 8):
            np.testing.assert_array_equal(received, expected)
