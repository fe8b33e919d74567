"""What examples approximate: a small network, trained on scikit-learn's embedded digits."""

from typing import Any

import keras
import numpy as np
from sklearn.datasets import load_digits

Split = tuple[Any, Any]


def digits(images: int = 1797) -> tuple[Split, Split]:
    """Return training and test split, each of images of shape (n, 8, 8, 1), 0..16, and labels.

    Args:
        images: how many in all; a third is for testing.
    """
    x, y = load_digits(return_X_y=True)
    x, y = x[:images].reshape(-1, 8, 8, 1).astype(np.float32), y[:images]
    cut = 2 * len(x) // 3
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def trained_network(train: Split, *, epochs: int = 20, seed: int = 0) -> keras.Model:
    """Return a compiled network of three convolutions that gives logits of ten classes.

    Args:
        train: images and labels.
        epochs: passes over them.
        seed: decides weights and order.
    """
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(1 / 16),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="first"),
            layers.Conv2D(16, 3, strides=2, activation="relu", name="second"),
            layers.Conv2D(32, 3, activation="relu", name="third"),
            layers.Flatten(),
            layers.Dense(10, name="head"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    model.fit(*train, epochs=epochs, verbose=0)
    return model
