"""Does the model fit the data set, and did training keep its numbers finite?"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError, DatasetError, TrainingDiverged
from evoapproxnas.training.datasets import Dataset
from evoapproxnas.training.result import EpochRecord


def check_model(model: Any, dataset: Dataset, *, trained: bool = True) -> None:
    """Refuse a model that cannot be trained, or used as a teacher, on the data set.

    Shapes that a model does not know (subclassed models) are let through.

    Args:
        model: a built Keras model.
        dataset: what it is to be trained on.
        trained: whether it is; a teacher only answers.

    Raises:
        DatasetError: if input shape or number of classes differ.
        ConfigError: if the model has nothing to train or ends in a softmax.
    """
    taken = getattr(model, "input_shape", None)
    if taken is not None and not _accepts(taken, dataset.input_shape):
        raise DatasetError(
            f"data set {dataset.name!r} has images of shape {dataset.input_shape}, but model "
            f"{model.name!r} takes {taken[1:]}"
        )
    given = getattr(model, "output_shape", None)
    if given is not None and not _accepts(given, (dataset.classes,)):
        raise DatasetError(
            f"data set {dataset.name!r} has {dataset.classes} classes, but model {model.name!r} "
            f"gives outputs of shape {given[1:]}; expected one logit for each class"
        )
    if trained and not model.trainable_variables:
        raise ConfigError(f"model {model.name!r} has no trainable weight; nothing to fit")
    last = model.layers[-1] if model.layers else None
    if (
        isinstance(last, keras.layers.Softmax)
        or getattr(last, "activation", None) is keras.activations.softmax
    ):
        raise ConfigError(
            f"model {model.name!r} ends in a softmax, expected logits; "
            f"build its last layer with activation=None"
        )


def check_losses(losses: npt.NDArray[np.float64], epoch: int) -> None:
    """Look for the first loss of an epoch that is not finite.

    Raises:
        TrainingDiverged: saying epoch, step (both from 1) and loss.
    """
    bad = np.flatnonzero(~np.isfinite(losses))
    if len(bad):
        raise TrainingDiverged(
            f"training diverged in epoch {epoch}, step {bad[0] + 1}: loss {losses[bad[0]]} is "
            f"not finite; lower the learning rate"
        )


def check_weights(model: Any, last: EpochRecord) -> None:
    """Look for weights that are not finite: the last update can spoil them after a good loss.

    Raises:
        TrainingDiverged: naming the first such weight, with epoch, step and loss.
    """
    for weight in model.weights:
        values = weight.numpy()
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise TrainingDiverged(
                f"training diverged in epoch {last.epoch}, step {last.steps}: weight "
                f"{weight.path!r} is not finite after mean loss {last.loss}; "
                f"lower the learning rate"
            )


def _accepts(shape: tuple[int | None, ...], item: tuple[int, ...]) -> bool:
    """Whether a shape with a leading batch axis takes items of the given shape."""
    return len(shape) == len(item) + 1 and all(
        a is None or a == b for a, b in zip(shape[1:], item, strict=True)
    )
