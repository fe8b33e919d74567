"""What a coarse multiplier costs a classifier of digits, and what training through it recovers."""

import keras
import numpy as np
import pytest
from keras import layers

from evoapproxnas.config import DataConfig
from evoapproxnas.emulation import approximate
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.training import Dataset, load_dataset


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_dataset(DataConfig(dataset="digits"))


@pytest.fixture(scope="module")
def classifier(digits: Dataset) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(digits.input_shape),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(digits.classes),
        ]
    )
    _fit(model, digits, epochs=8, rate=1e-2)
    return model


@pytest.fixture(scope="module")
def rough() -> Multiplier:
    """It looks at three bits of an activation and two of a weight."""
    codes = np.arange(256)
    return Multiplier.from_table("rough", np.multiply.outer(codes & 224, codes & 192))


def _fit(model: keras.Model, digits: Dataset, *, epochs: int, rate: float) -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    model.fit(digits.x_train, digits.y_train, epochs=epochs, batch_size=64, verbose=0)


def _accuracy(model: keras.Model, digits: Dataset) -> float:
    logits = model.predict(digits.x_test, batch_size=512, verbose=0)
    return float(np.mean(logits.argmax(axis=1) == digits.y_test.reshape(-1)))


@pytest.mark.parametrize("gradient", ["ste", "table"])
def test_fine_tuning_recovers_most_of_the_lost_accuracy(
    gradient: str, classifier: keras.Model, digits: Dataset, rough: Multiplier
) -> None:
    before = _accuracy(classifier, digits)
    x = digits.x_train[:256]
    converted = approximate(classifier, rough, x, error_correction=False, gradient=gradient)
    lost = before - _accuracy(converted, digits)
    assert lost > 0.1
    _fit(converted, digits, epochs=3, rate=2e-3)
    assert before - _accuracy(converted, digits) < 0.5 * lost
