"""Classifiers that somebody brings: loaded, compared with a data set, and fed with its images."""

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

    The images may have a last axis of size 1 that the model does not have; with two classes the
    model may have one output, the probability of class 1 or its logit.

    Raises:
        DatasetError: if it has several of them, takes other images or tells another number of
            classes apart.
    """
    if not getattr(model, "inputs", None):
        raise DatasetError(
            f"model {model.name!r} does not say what it takes; build it, or wrap it: "
            "keras.Model(inputs, model(inputs)) with inputs = keras.Input(shape)"
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise DatasetError(
            f"a classifier has one input and one output, model {model.name!r} has "
            f"{len(model.inputs)} and {len(model.outputs)}; take the part of it that classifies"
        )
    item = dataset.x_train.shape[1:]
    if input_item(model, item) is None:
        raise DatasetError(
            f"the model takes images of shape {tuple(model.input_shape[1:])}, but {dataset.name} "
            f"has {tuple(item)}; choose the --dataset that it was trained on"
        )
    outputs = model.output_shape[-1]
    if outputs != dataset.classes and not (outputs == 1 and dataset.classes == 2):
        raise DatasetError(
            f"the model tells {outputs} classes apart, but {dataset.name} has "
            f"{dataset.classes}; choose the --dataset that it was trained on"
        )


def input_item(model: keras.Model, item: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape in which a model takes images of shape `item`; None if it does not.

    Last axes of size 1, such as that of grayscale, may be missing in the model.
    """
    wanted = tuple(model.input_shape[1:])
    shape = tuple(item)
    while len(shape) > len(wanted) and shape[-1] == 1:
        shape = shape[:-1]
    fits = len(shape) == len(wanted) and all(
        w in (None, n) for w, n in zip(wanted, shape, strict=True)
    )
    return shape if fits else None


def as_inputs(
    model: keras.Model, images: npt.NDArray[Any], *, pixel_scale: float = 255.0
) -> npt.NDArray[Any]:
    """Return images of a data set as a model takes them.

    Args:
        model: that `check_classifier` let through.
        images: (n, height, width, channels).
        pixel_scale: what a pixel of 255 is for the model.
    """
    item = input_item(model, images.shape[1:]) or images.shape[1:]
    return scaled(images, pixel_scale).reshape(len(images), *item)


def scaled(images: npt.NDArray[Any], pixel_scale: float) -> npt.NDArray[Any]:
    """Return images as a model expects them for which a pixel of 255 is `pixel_scale`."""
    return images if pixel_scale == 255 else images.astype(np.float32) * (pixel_scale / 255)


def gives_probabilities(model: keras.Model) -> bool:
    """Return whether a model ends in a softmax or sigmoid, as far as its last layer says so."""
    layer = model
    while isinstance(layer, keras.Model) and layer.layers:
        layer = layer.layers[-1]
    probabilities = (keras.activations.softmax, keras.activations.sigmoid)
    return isinstance(layer, keras.layers.Softmax) or (
        getattr(layer, "activation", None) in probabilities
    )
