"""What a model serves is what it predicts, random layers included."""

import pickle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import approximate, load_model
from evoapproxnas.multipliers import Multiplier


class Own(keras.Model):
    """A model whose own call is in training unless it is told otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.flip = keras.layers.RandomFlip("horizontal")
        self.conv = keras.layers.Conv2D(2, 3)

    def call(self, inputs: tf.Tensor, training: bool = True) -> tf.Tensor:
        return self.conv(self.flip(inputs, training=training))


def _model(kind: str, x: np.ndarray) -> keras.Model:
    layers = keras.layers
    augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.2)])
    if kind == "functional":
        inputs = keras.Input(x.shape[1:])
        return keras.Model(inputs, layers.Dropout(0.5)(layers.Conv2D(2, 3)(augment(inputs))))
    if kind == "own":
        model = Own()
        model(x)
        return model
    return keras.Sequential([keras.Input(x.shape[1:]), augment, layers.Conv2D(2, 3)])


@pytest.mark.parametrize("kind", ["sequential", "functional", "own"])
def test_nothing_is_random_in_what_is_served(kind: str, exact: Multiplier, tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(0, 1, (6, 8, 8, 3)).astype(np.float32)
    models = [approximate(_model(kind, x), exact, x)]
    expected = models[0].predict(x, verbose=0)
    if kind == "sequential":
        models[0].save(tmp_path / "model.keras")
        models.append(load_model(tmp_path / "model.keras", multipliers=exact))
        models.append(pickle.loads(pickle.dumps(models[0])))
    for model in models:
        model.export(tmp_path / "exported", verbose=False)
        served = tf.saved_model.load(tmp_path / "exported").serve(tf.constant(x))
        np.testing.assert_allclose(served, expected, rtol=1e-4, atol=1e-5)
        assert model(x[:1], training=True).shape == expected[:1].shape
