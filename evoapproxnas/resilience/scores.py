"""Comparing what networks say of the same images, whether they give logits or probabilities."""

from typing import Any

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

_TINY = np.float32(1e-30)


def scores(outputs: npt.NDArray[Any]) -> Scores:
    """Return logits up to a constant for each image, (n, classes), of mean 0 over the classes.

    Rows of positive numbers with sum 1 are taken for probabilities; what is not finite becomes
    0, as if nothing was said.
    """
    values = np.asarray(outputs, np.float32)
    sums = values.sum(axis=1)
    if values.min() >= 0 and np.allclose(sums, 1.0, atol=1e-3):
        values = np.log(np.maximum(values, _TINY))
    values = np.where(np.isfinite(values), values, np.float32(0))
    centred: Scores = values - values.mean(axis=1, keepdims=True)
    return centred


def accuracy(values: Scores, labels: npt.NDArray[np.int64]) -> float:
    """Return the share of images whose largest score is that of their class, 0..1."""
    return float(np.mean(values.argmax(axis=-1) == labels))


def squared_error(values: Scores, reference: Scores) -> float:
    """Return the mean squared difference of scores."""
    return float(np.mean((values - reference) ** 2))
