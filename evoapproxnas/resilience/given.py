"""What people hand over: a model or its file, whose pixels may be scaled otherwise than said."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from evoapproxnas.errors import ConfigError
from evoapproxnas.paths import expanded
from evoapproxnas.resilience.scores import accuracy, scores
from evoapproxnas.training import Dataset
from evoapproxnas.training.classifier import as_inputs, gives_probabilities, load_classifier
from evoapproxnas.training.evaluate import make_predictor

PIXEL_SCALES = (255.0, 16.0, 1.0)
"""What 255 becomes for models that people bring."""
_IMAGES = 200
_LEAST_GAIN = 0.05


class PixelScaleWarning(UserWarning):
    """A model does better with pixels of another scale."""


def as_model(model: Any) -> keras.Model:
    """Return a model, loaded where its file is given.

    Raises:
        ConfigError: if it is neither, or the file is no Keras model.
    """
    if isinstance(model, (str, Path)):
        return load_classifier(expanded(model))
    if not isinstance(model, keras.Model):
        raise ConfigError(
            f"expected a Keras model or the path of a saved one, got {type(model).__name__}"
        )
    return model


def warn_of_pixel_scale(model: keras.Model, dataset: Dataset, *, pixel_scale: float) -> None:
    """Compare a few scales on a few validation images, and warn if another one does better.

    It has to be better by more than chance explains. Data that are not pixels are let be.

    Args:
        model: a classifier that fits the data set.
        dataset: whose pixels are 0..255.
        pixel_scale: that is going to be used.
    """
    if dataset.x_val.dtype != np.uint8:
        return
    images, labels = dataset.x_val[:_IMAGES], dataset.y_val[:_IMAGES]
    predict = make_predictor(model, batch_size=_IMAGES)
    probabilities = gives_probabilities(model) or None
    right = {
        scale: accuracy(
            scores(
                predict(as_inputs(model, images, pixel_scale=scale).astype(np.float32)),
                probabilities=probabilities,
            ),
            labels,
        )
        for scale in dict.fromkeys((pixel_scale, *PIXEL_SCALES))
    }
    best = max(right, key=lambda scale: right[scale])
    variance = sum(right[scale] * (1 - right[scale]) for scale in (best, pixel_scale))
    chance = 2 * float(np.sqrt(variance / len(labels)))
    if right[best] - right[pixel_scale] > max(_LEAST_GAIN, chance):
        warnings.warn(
            f"of {len(labels)} images the model classifies {100 * right[best]:.0f} % with pixels "
            f"0..{best:g}, but {100 * right[pixel_scale]:.0f} % with 0..{pixel_scale:g}; should "
            f"pixel_scale={best:g} (--pixel-scale {best:g}) be given?",
            PixelScaleWarning,
            stacklevel=3,
        )
