"""Batch normalization in trainings of a few hundred steps."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

_WINDOWS = 10
"""Training lasts so many times the memory of the moving averages: e^-10 of their start is left."""


@contextlib.contextmanager
def short_memory(model: Any, total_steps: int) -> Iterator[None]:
    """Let the moving averages of batch normalizations forget their initial values in time.

    With Keras' momentum of 0.99 and 180 steps, a sixth of a moving average is still its initial
    value, and a net that learned digits to 96 % is evaluated at 87 %. While this context lasts,
    momentum is at most 1 - 10 / `total_steps`; the layers' own values are put back afterwards.

    Args:
        model: a Keras model; what it traces inside the context keeps the lowered momentum.
        total_steps: training steps to come.
    """
    layers = list(_batch_norms(model))
    own = [layer.momentum for layer in layers]
    limit = max(0.0, 1.0 - _WINDOWS / total_steps)
    try:
        for layer in layers:
            layer.momentum = min(layer.momentum, limit)
        yield
    finally:
        for layer, momentum in zip(layers, own, strict=True):
            layer.momentum = momentum


def _batch_norms(layer: Any) -> Iterator[Any]:
    if isinstance(layer, keras.layers.BatchNormalization):
        yield layer
    for inner in getattr(layer, "layers", ()):
        yield from _batch_norms(inner)
