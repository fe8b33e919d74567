"""Comparing what networks say of the same images, whether they give logits or probabilities."""

from typing import Any

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

_TINY = np.float32(1e-30)


def scores(outputs: npt.NDArray[Any], *, probabilities: bool | None = None) -> Scores:
    """Return logits up to a constant for each image, (n, classes), of mean 0 over the classes.

    A single output is that of class 1 of two. What is not finite becomes 0, as if nothing was
    said.

    Args:
        outputs: (n, classes), (n, 1) or (n,).
        probabilities: whether the outputs are; None: if they are positive numbers with sum 1. A
            single output is taken for a logit then.
    """
    values = np.asarray(outputs, np.float32).reshape(len(outputs), -1)
    if values.shape[1] == 1:
        values = _of_two_classes(values, probabilities=bool(probabilities))
    elif probabilities or (
        probabilities is None
        and values.min() >= 0
        and np.allclose(values.sum(axis=1), 1.0, atol=1e-3)
    ):
        values = np.log(np.maximum(values, _TINY))
    values = np.where(np.isfinite(values), values, np.float32(0))
    centred: Scores = values - values.mean(axis=1, keepdims=True)
    return centred


def _of_two_classes(values: Scores, *, probabilities: bool) -> Scores:
    if probabilities:
        other = np.log(np.maximum(1 - values, _TINY))
        return np.concatenate([other, np.log(np.maximum(values, _TINY))], axis=1)
    return np.concatenate([np.zeros_like(values), values], axis=1)


def accuracy(values: Scores, labels: npt.NDArray[np.int64]) -> float:
    """Return the share of images whose largest score is that of their class, 0..1."""
    return float(np.mean(values.argmax(axis=-1) == labels))


def squared_error(values: Scores, reference: Scores) -> float:
    """Return the mean squared difference of scores."""
    return float(np.mean((values - reference) ** 2))
