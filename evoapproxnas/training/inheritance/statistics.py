"""Statistics of batch normalizations, measured anew on images instead of averaged in training."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.errors import DatasetError
from evoapproxnas.training.augmentation import augment
from evoapproxnas.training.batch_norm import batch_norms
from evoapproxnas.training.datasets import Dataset

Images = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_EAGER_BATCHES = 4
"""So few batches are sooner done layer by layer than a graph is traced and prepared."""


def statistics_images(dataset: Dataset, *, count: int = 2000, seed: int = 0) -> Images:
    """Return images to measure statistics on: of the training split, augmented as in training.

    A network has learned what follows from the statistics of augmented images. With those of
    images as they are, a ResNet-8 that had seen 10,000 images of CIFAR-10 three times classified
    48.2 instead of 50.8 % (500 to 4000 images; with the moving averages of training 50.7 %).

    Args:
        dataset: what the network was or will be trained on.
        count: at most so many; with a thousand it was 50.5 %.
        seed: decides moves and flips.
    """
    images = dataset.x_train[:count]
    if dataset.augmentation is None:
        return images
    return augment(images, dataset.augmentation, np.random.default_rng(seed))


def reestimate_batch_norm(model: Any, images: Images, *, batch: int = 250) -> None:
    """Measure the moving statistics of all batch normalizations anew.

    All of them normalize by the statistics of the batch while they are measured, as in training,
    but nothing is dropped out, as when the model infers. The mean and variance of all images
    follow from those of the batches.

    Source: Y. Wu, J. Johnson, "Rethinking Batch in BatchNorm", 2021, section 3.

    Args:
        model: a built Keras model from pixels 0..255; layers that are frozen stay as they are.
        images: as training sees them (`statistics_images`).
        batch: images per step; those beyond the last whole batch are left out.

    Raises:
        DatasetError: if there is no image.
    """
    for layer, mean, variance in _measured(model, images, batch=batch, carried={}):
        layer.moving_mean.assign(mean)
        layer.moving_variance.assign(variance)


def settle_batch_norm(
    model: Any, carried: Mapping[str, Mask], images: Images, *, batch: int = 250
) -> None:
    """Let new batch normalizations begin by passing channels on as they are.

    Their scale and shift undo what their statistics do: gamma is the standard deviation, beta the
    mean of what comes in.

    Args:
        model: a built Keras model.
        carried: by layer, which channels it is to pass on; it normalizes the others.
        images: as in `reestimate_batch_norm`.
        batch: likewise.
    """
    for layer, mean, variance in _measured(model, images, batch=batch, carried=carried):
        if layer.name in carried:
            passed = carried[layer.name]
            deviation = np.sqrt(variance + np.float32(layer.epsilon))
            layer.moving_mean.assign(mean)
            layer.moving_variance.assign(variance)
            layer.gamma.assign(np.where(passed, deviation, layer.gamma.numpy()))
            layer.beta.assign(np.where(passed, mean, layer.beta.numpy()))


@dataclass
class _Sums:
    """What a layer has seen: sums over batches of the mean and of the mean square."""

    mean: Any
    square: Any


def _measured(
    model: Any, images: Images, *, batch: int, carried: Mapping[str, Mask]
) -> Iterator[tuple[Any, Any, Any]]:
    """Yield every batch norm with mean and variance of its input, (channels,) each."""
    if len(images) == 0:
        raise DatasetError("no image to measure statistics on: expected shape (n, ...) with n > 0")
    layers = [layer for layer in batch_norms(model) if layer.trainable]
    if not layers:
        return
    sums = [_Sums(*(tf.Variable(tf.zeros(x.moving_mean.shape)) for _ in range(2))) for x in layers]
    batch = min(batch, len(images))
    count = len(images) // batch

    def run(some: Any) -> None:
        with _measuring(layers, sums, carried):
            model(tf.cast(some, tf.float32), training=False)

    forward = run if count <= _EAGER_BATCHES else tf.function(run, autograph=False)
    for start in range(0, count * batch, batch):
        forward(tf.constant(images[start : start + batch]))
    for layer, seen in zip(layers, sums, strict=True):
        mean = seen.mean.numpy() / count
        yield layer, mean, np.maximum(seen.square.numpy() / count - mean**2, 0.0)


@contextlib.contextmanager
def _measuring(layers: Any, sums: Any, carried: Mapping[str, Mask]) -> Iterator[None]:
    try:
        for layer, seen in zip(layers, sums, strict=True):
            layer.call = partial(_measure, layer, seen, carried.get(layer.name))
        yield
    finally:
        for layer in layers:
            vars(layer).pop("call", None)


def _measure(
    layer: Any,
    sums: _Sums,
    passed: Mask | None,
    inputs: Any,
    training: Any = None,
    mask: Any = None,
) -> Any:
    """Normalize by the statistics of the batch, and add them up."""
    axis = layer.axis % len(inputs.shape)
    others = [i for i in range(len(inputs.shape)) if i != axis]
    shape = [1] * len(inputs.shape)
    shape[axis] = inputs.shape[axis]
    x = tf.cast(inputs, tf.float32)
    mean, variance = tf.nn.moments(x, others)
    sums.mean.assign_add(mean)
    sums.square.assign_add(variance + mean**2)
    scale, shift = (
        None if variable is None else tf.reshape(tf.cast(variable, tf.float32), shape)
        for variable in (layer.gamma, layer.beta)
    )
    normalized = tf.nn.batch_normalization(
        x, tf.reshape(mean, shape), tf.reshape(variance, shape), shift, scale, layer.epsilon
    )
    if passed is not None:
        normalized = tf.where(passed.reshape(shape), x, normalized)
    return tf.cast(normalized, layer.compute_dtype)
