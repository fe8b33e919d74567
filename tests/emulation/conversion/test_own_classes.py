"""Models of own classes, and the layers inside others that conversion reaches."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from evoapproxnas.emulation import approximate, conversion_report, load_model
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier

SHAPE = (8, 8, 3)


def images(count: int = 16) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (count, *SHAPE)).astype(np.float32)


class _Block(layers.Layer):
    """Holds layers in a list, a dictionary, a model, and one that it makes when built."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.convs = [layers.Conv2D(4, 3, padding="same", name=f"c{i}") for i in range(2)]
        self.table = {"dense": layers.Dense(4, name="dense")}
        norm = layers.BatchNormalization(name="norm")
        self.tail = keras.Sequential([layers.Conv2D(4, 1, name="conv"), norm], name="tail")

    def build(self, shape: Any) -> None:
        self.late = layers.Dense(4, name="late")
        self.late.build((*shape[:-1], 4))
        super().build(shape)

    def call(self, x: Any) -> Any:
        for conv in self.convs:
            x = conv(x)
        return self.late(self.tail(self.table["dense"](x)))


class _Mine(keras.Model):
    def __init__(self, classes: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.classes = classes
        self.block = _Block(name="block")
        self.shared = layers.Conv2D(4, 3, padding="same", name="shared")
        self.same = self.shared
        self.head = layers.Dense(classes, name="head")

    def call(self, x: Any) -> Any:
        x = self.same(self.shared(self.block(x)))
        return self.head(keras.ops.mean(x, axis=(1, 2)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "classes": self.classes}


def mine() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = _Mine(name="mine")
    model(images())
    model.compile("sgd", "mse")
    return model


PATHS = {"block/c0", "block/c1", "block/dense", "block/late", "block/tail/conv", "shared", "head"}


def test_a_model_of_an_own_class_converts(exact: Multiplier, tmp_path: Path) -> None:
    model, x = mine(), images()
    expected, weights = model.predict(x, verbose=0), model.get_weights()
    converted = approximate(model, exact, x)
    received = converted.predict(x, verbose=0)
    assert np.abs(received - expected).max() < 0.08 * np.abs(expected).max()
    assert set(emulated_layers(converted)) == PATHS
    assert set(conversion_report(converted).paths("approximated")) == PATHS
    assert conversion_report(converted).paths("folded") == ("block/tail/norm",)
    assert converted.same is converted.shared
    assert converted.compiled
    assert converted.count_params() < 3 * model.count_params() + len(PATHS) * 258
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    with pytest.raises(QuantizationError, match="cannot be saved"):
        converted.save(tmp_path / "model.keras")
    converted.save_weights(tmp_path / "model.weights.h5")
    again = approximate(mine(), exact, x)
    again.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(again.predict(x, verbose=0), received)


def test_layers_of_an_own_model_are_chosen_by_path(exact: Multiplier) -> None:
    converted = approximate(mine(), {"block/c*": exact, "head": exact}, images())
    assert set(emulated_layers(converted)) == {"block/c0", "block/c1", "head"}


def test_an_own_layer_in_a_functional_model_stays_exact_so_that_files_load(
    exact: Multiplier,
) -> None:
    model = keras.Sequential([keras.Input(SHAPE), _Block(name="block"), layers.Dense(2)])
    report = conversion_report(approximate(model, exact, images()))
    assert report.paths("exact") == ("block",)
    assert len(report.paths("approximated")) == 1


def test_time_distributed_layers_are_reached_and_saved(exact: Multiplier, tmp_path: Path) -> None:
    inner = layers.Conv1D(4, 3, name="conv")
    model = keras.Sequential([keras.Input(SHAPE), layers.TimeDistributed(inner, name="each")])
    converted = approximate(model, exact, images())
    assert conversion_report(converted).paths("approximated") == ("each/conv",)
    converted.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(images()), converted(images()))
