"""A moving average of the weights while they are trained."""

import contextlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf


class WeightAverage:
    """Follows all floating-point weights of a model, the batch norm statistics included.

    The average forgets with `decay` per step, in the first steps faster: the factor is
    min(decay, (1 + t) / (10 + t)). Averaging the statistics as well costs nothing and frees
    them of the noise of the last few batches.

    Source: B. T. Polyak, A. B. Juditsky, 1992; the rise of the factor as in TensorFlow's
    `ExponentialMovingAverage`.
    """

    def __init__(self, model: Any, decay: float) -> None:
        """Start from the model's present weights.

        Args:
            model: a built Keras model.
            decay: 0 .. 1; 0.999 averages over about the last thousand steps.
        """
        self._decay = decay
        self._weights = [w.value for w in model.weights if w.value.dtype.is_floating]
        self._averages = [tf.Variable(w, dtype=tf.float32) for w in self._weights]
        self._steps = tf.Variable(0.0)

    @property
    def state(self) -> tuple[Any, ...]:
        """The variables that a checkpoint must hold."""
        return (*self._averages, self._steps)

    def update(self) -> None:
        """Take the present weights in; call it after each step."""
        t = self._steps.assign_add(1.0)
        keep = tf.minimum(self._decay, (1.0 + t) / (10.0 + t))
        for average, weight in zip(self._averages, self._weights, strict=True):
            average.assign_add((1.0 - keep) * (tf.cast(weight, tf.float32) - average))

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Give the model the averages while the context lasts."""
        own = [tf.identity(weight) for weight in self._weights]
        self.apply()
        try:
            yield
        finally:
            self._assign(own)

    def apply(self) -> None:
        """Give the model the averages for good."""
        self._assign(self._averages)

    def _assign(self, values: Any) -> None:
        for weight, value in zip(self._weights, values, strict=True):
            weight.assign(tf.cast(value, weight.dtype))
