"""A small trained network of digits, shared by the tests of this folder."""

import keras
import pytest

from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.training import fit, load_dataset


@pytest.fixture(scope="session")
def digits():
    return load_dataset(DataConfig(dataset="digits"))


@pytest.fixture(scope="session")
def trained(digits):
    """Two convolutions with a shortcut, 95 % of the digits right."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Conv2D(6, 3, padding="same", activation="relu", name="first")(x)
    y = keras.layers.Conv2D(6, 3, padding="same", name="second")(x)
    x = keras.layers.Add()([x, keras.layers.BatchNormalization(name="norm")(y)])
    x = keras.layers.MaxPooling2D()(x)
    outputs = keras.layers.Dense(10, name="head")(keras.layers.Flatten()(x))
    model = keras.Model(inputs, outputs, name="small")
    fit(model, digits, TrainingConfig(epochs=6), seed=0)
    return model
