"""A trained network whose layers give their outputs with noise, in float and in one graph."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation import Calibration
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.conversion.convert import approximate_and_observe
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.scores import Scores, scores
from evoapproxnas.training.classifier import gives_probabilities

Values = npt.NDArray[np.float64]

_BATCH = 256
_NUMBERS = 2**21
"""Of the images of a batch: large images come in small batches, as all their maps are kept."""
_TINY = 1e-30


class NoisyNetwork:
    """A network that says less of images the more noise its layers have.

    It is the one that `approximate` makes, batch normalizations folded, so that noise stands where
    a multiplier's errors do: before a layer's activation.

    Attributes:
        images: as the model takes them, (n, ...).
        batch_size: images at a time, at most.
        spreads: standard deviation of what each part gives without noise, (parts,).
        clean: what the network says of the images without noise.
    """

    def __init__(
        self,
        model: keras.Model,
        parts: Sequence[str],
        images: npt.NDArray[Any],
        *,
        calibration: Calibration,
        exact: MultiplierChoice,
        quantization: Quantization,
    ) -> None:
        """Trace the network twice, and let it say what it says without noise.

        Args:
            model: a trained classifier; it is left alone.
            parts: paths of the approximate layers that get noise.
            images: training images.
            calibration: as for `approximate`.
            exact: of the signedness of the quantization.
            quantization: likewise.
        """
        converted, _ = approximate_and_observe(model, exact, calibration, quantization)
        self.images = images
        self.batch_size = max(min(_BATCH, _NUMBERS // math.prod(images.shape[1:])), 1)
        self._model, self._layers = converted, emulated_layers(converted)
        self._places = {id(self._layers[path]): i for i, path in enumerate(parts)}
        self._probabilities = gives_probabilities(model)
        batch = tf.TensorSpec((None, *images.shape[1:]), images.dtype)
        noise = tf.TensorSpec((len(parts),), tf.float32)
        seed = tf.TensorSpec((2,), tf.int32)
        answers = tf.TensorSpec((None, None), tf.float32)
        self._outputs = tf.function(self._run, autograph=False).get_concrete_function(
            batch, noise, seed
        )
        self._step = tf.function(self._learn, autograph=False).get_concrete_function(
            batch, answers, noise, noise, seed
        )
        quiet = np.zeros(len(parts))
        found = [self._outputs(*each) for each in self._batches(len(images), quiet, 0)]
        self._answers = tf.nn.log_softmax(tf.concat([logits for logits, _ in found], axis=0))
        squares = np.mean([spread.numpy().astype(np.float64) ** 2 for _, spread in found], axis=0)
        self.spreads: Values = np.sqrt(np.maximum(squares, _TINY))
        self.clean = self._scores(logits for logits, _ in found)

    def noisy(self, deviations: Values, *, images: int, seed: int) -> Scores:
        """Return what the network says of the first images.

        Args:
            deviations: standard deviation of the noise of each part, (parts,).
            images: how many.
            seed: decides the noise.
        """
        batches = self._batches(images, deviations, seed)
        return self._scores(self._outputs(*each)[0] for each in batches)

    def gradient(
        self, logarithms: Values, places: npt.NDArray[np.int64], *, seed: int
    ) -> tuple[float, Values]:
        """Return what noise costs, and the slope of that.

        The cost is the Kullback-Leibler divergence of what the network says with noise from what
        it says without, in nats, the mean over images.

        Args:
            logarithms: of the variance of each part's noise, relative to its outputs', (parts,).
            places: of the images that are looked at, (n,).
            seed: decides the noise.

        Returns:
            The cost, and its derivatives by the logarithms, (parts,).
        """
        cost, slopes = self._step(
            tf.constant(self.images[places]),
            tf.gather(self._answers, places),
            tf.constant(logarithms, tf.float32),
            tf.constant(self.spreads, tf.float32),
            tf.constant([seed, 1], tf.int32),
        )
        return float(cost), slopes.numpy().astype(np.float64)

    def _batches(self, images: int, deviations: Values, seed: int) -> Iterator[tuple[Any, ...]]:
        noise = tf.constant(deviations, tf.float32)
        for number, start in enumerate(range(0, images, self.batch_size)):
            batch = self.images[start : min(start + self.batch_size, images)]
            yield tf.constant(batch), noise, tf.constant([seed, 2 + number], tf.int32)

    def _scores(self, logits: Iterable[tf.Tensor]) -> Scores:
        return scores(np.concatenate([each.numpy() for each in logits]), probabilities=False)

    def _learn(
        self, images: tf.Tensor, answers: tf.Tensor, logarithms: tf.Tensor,
        spreads: tf.Tensor, seed: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:  # fmt: skip
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(logarithms)
            logits, _ = self._run(images, spreads * tf.exp(logarithms / 2), seed)
            differences = answers - tf.nn.log_softmax(logits)
            cost = tf.reduce_mean(tf.reduce_sum(tf.exp(answers) * differences, axis=-1))
        return cost, tape.gradient(cost, logarithms)

    def _run(
        self, images: tf.Tensor, deviations: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the logits, and what each part's outputs spread by without their noise."""
        spreads: dict[int, tf.Tensor] = {}
        sites = 0

        def with_noise(layer: EmulatedLayer, x: tf.Tensor) -> tf.Tensor:
            nonlocal sites
            outputs, place = _linear(layer, x), self._places.get(id(layer))
            if place is None:
                return outputs
            sites += 1
            spreads[place] = tf.math.reduce_std(outputs)
            drawn = tf.random.stateless_normal(
                tf.shape(outputs), tf.stack([seed[0], seed[1] * 1000 + sites])
            )
            return outputs + deviations[place] * drawn

        with _standing_in(self._layers.values(), with_noise):
            outputs = self._model(tf.cast(images, tf.float32), training=False)
        ordered = tf.stack([spreads[place] for place in range(len(self._places))])
        return _logits(outputs, probabilities=self._probabilities), ordered


def _linear(layer: EmulatedLayer, x: tf.Tensor) -> tf.Tensor:
    """Return what the Keras layer gives in float, before its activation."""
    activation, layer.activation = layer.activation, None
    try:
        outputs = super(EmulatedLayer, layer).call(tf.cast(x, layer.variable_dtype))
    finally:
        layer.activation = activation
    return tf.cast(outputs, tf.float32)


@contextmanager
def _standing_in(
    layers: Iterable[EmulatedLayer], stand_in: Callable[[EmulatedLayer, tf.Tensor], tf.Tensor]
) -> Iterator[None]:
    """Let a function compute the layers while the context is open."""
    for layer in layers:
        layer._stand_in = stand_in
    try:
        yield
    finally:
        for layer in layers:
            layer._stand_in = None


def _logits(outputs: tf.Tensor, *, probabilities: bool) -> tf.Tensor:
    """Return logits of all classes; a single output is that of class 1 of two."""
    values = tf.cast(outputs, tf.float32)
    values = tf.reshape(values, (tf.shape(values)[0], math.prod(values.shape[1:])))
    if values.shape[-1] == 1:
        other = 1 - values if probabilities else tf.zeros_like(values)
        values = tf.concat([other, values], axis=-1)
    return tf.math.log(tf.maximum(values, _TINY)) if probabilities else values
