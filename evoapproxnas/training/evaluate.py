"""Top-1 accuracy of a model that gives logits, float or approximated, compiled or not."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.errors import DatasetError

Predictor = Callable[[npt.NDArray[Any]], npt.NDArray[np.float32]]
"""Images (n, height, width, channels), n > 0 -> logits (n, classes)."""


_EAGER_BATCHES = 4
"""So few batches are sooner done layer by layer than a graph is traced and prepared."""


def make_predictor(model: Any, *, batch_size: int = 250, eager: bool = False) -> Predictor:
    """Compile the model's inference mode; the result follows later changes of its weights.

    Args:
        model: a Keras model from pixels 0..255 to logits (n, classes).
        batch_size: images per call; the last batch is filled up by repeating images, so that
            the model is traced for one shape only.
        eager: do not compile, for a single use on few images.

    Returns:
        A function that raises `DatasetError` if there is no image.
    """

    def run(images: Any) -> Any:
        return model(tf.cast(images, tf.float32), training=False)

    forward = run if eager else tf.function(run, autograph=False)

    def predict(x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        if len(x) == 0:
            raise DatasetError("no image to evaluate: expected shape (n, ...) with n > 0")
        batch = min(batch_size, len(x))
        parts = []
        for start in range(0, len(x), batch):
            index = np.arange(start, start + batch) % len(x)
            parts.append(forward(tf.constant(x[index])).numpy())
        return np.concatenate(parts)[: len(x)].astype(np.float32, copy=False)

    return predict


def predict_logits(
    model: Any, x: npt.NDArray[np.uint8], *, batch_size: int = 250
) -> npt.NDArray[np.float32]:
    """Return logits, shape (n, classes), computed eagerly on few images; see `make_predictor`.

    Args:
        model: that gives logits.
        x: images, shape (n, height, width, channels).
        batch_size: images at a time.

    Raises:
        DatasetError: if there is no image.
    """
    eager = len(x) <= _EAGER_BATCHES * batch_size
    return make_predictor(model, batch_size=batch_size, eager=eager)(x)


def accuracy_of(predict: Predictor, x: npt.NDArray[np.uint8], y: npt.NDArray[np.int64]) -> float:
    """Return the fraction of images whose largest logit is that of their class, 0..1.

    Raises:
        DatasetError: if images and labels differ in number or there are none.
    """
    if np.shape(y) != (len(x),):
        raise DatasetError(f"expected {len(x)} labels, shape ({len(x)},), got {np.shape(y)}")
    return float(np.mean(predict(x).argmax(axis=1) == y))


def accuracy(
    model: Any,
    x: npt.NDArray[np.uint8],
    y: npt.NDArray[np.int64],
    *,
    batch_size: int = 250,
) -> float:
    """Return the model's accuracy, 0..1; see `predict_logits` and `accuracy_of`.

    Args:
        model: that gives logits.
        x: images, shape (n, height, width, channels).
        y: classes, shape (n,).
        batch_size: images at a time.
    """
    return accuracy_of(partial(predict_logits, model, batch_size=batch_size), x, y)
