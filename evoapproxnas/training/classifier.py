"""Classifiers that somebody brings as a file, and whether they fit a data set."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError, DatasetError, EvoApproxNASError
from evoapproxnas.training.datasets import Dataset


def load_classifier(path: Path) -> keras.Model:
    """Load a saved Keras model.

    Raises:
        ConfigError: if the file is missing, holds weights alone or is no Keras model.
    """
    expected = "expected a whole model saved with model.save('NAME.keras')"
    if not path.is_file():
        raise ConfigError(f"there is no model {path}; {expected}")
    if path.name.endswith(".weights.h5"):
        raise ConfigError(
            f"{path} holds weights alone, which do not say what network they belong to; {expected}"
        )
    try:
        return keras.saving.load_model(path, compile=False)
    except EvoApproxNASError:
        raise  # A layer of ours says what it lacks.
    except Exception as error:  # Keras raises whatever a damaged file leads to.
        raise ConfigError(
            f"cannot load {path} as a Keras model: {error}; {expected}, not weights alone"
        ) from error


def check_classifier(model: keras.Model, dataset: Dataset) -> None:
    """Compare a model's input and output with a data set.

    Raises:
        DatasetError: if it has several of them, takes other images or tells another number of
            classes apart.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise DatasetError(
            f"a classifier has one input and one output, model {model.name!r} has "
            f"{len(model.inputs)} and {len(model.outputs)}; take the part of it that classifies"
        )
    expected, shape = tuple(dataset.input_shape), tuple(model.input_shape[1:])
    if any(s not in (None, e) for s, e in zip(shape, expected, strict=False)) or (
        len(shape) != len(expected)
    ):
        raise DatasetError(
            f"the model takes images of shape {shape}, but {dataset.name} has {expected}; choose "
            "the --dataset that it was trained on"
        )
    if model.output_shape[-1] != dataset.classes:
        raise DatasetError(
            f"the model tells {model.output_shape[-1]} classes apart, but {dataset.name} has "
            f"{dataset.classes}; choose the --dataset that it was trained on"
        )


def scaled(images: npt.NDArray[np.uint8], pixel_scale: float) -> npt.NDArray[Any]:
    """Return images as a model expects them for which a pixel of 255 is `pixel_scale`."""
    return images if pixel_scale == 255 else images.astype(np.float32) * (pixel_scale / 255)
