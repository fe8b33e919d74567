"""The split of a data set that a study looks at, and what identifies the study."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation import Calibration, observe
from evoapproxnas.errors import ConfigError, DatasetError
from evoapproxnas.training import Dataset
from evoapproxnas.training.classifier import as_inputs

Split = Literal["test", "validation"]


@dataclass(frozen=True, eq=False)
class Labelled:
    """Images as a model takes them, and their classes."""

    images: npt.NDArray[Any]
    labels: npt.NDArray[np.int64]


def labelled(
    model: keras.Model, dataset: Dataset, split: Split, *, images: int | None, pixel_scale: float
) -> Labelled:
    """Return the first images of a split as a model takes them, all for None.

    Raises:
        ConfigError: for another split.
        DatasetError: if there are fewer.
    """
    if split not in get_args(Split):
        raise ConfigError(f"split must be 'test' or 'validation', got {split!r}")
    test = split == "test"
    x, y = (dataset.x_test, dataset.y_test) if test else (dataset.x_val, dataset.y_val)
    if images is not None and not 1 <= images <= len(x):
        raise DatasetError(
            f"data set {dataset.name!r} has {len(x)} {split} images, asked for {images}; "
            "ask for fewer, or leave the number out to use all"
        )
    return Labelled(as_inputs(model, x[:images], pixel_scale=pixel_scale), y[:images])


def measure_ranges(
    model: keras.Model, dataset: Dataset, *, images: int, pixel_scale: float
) -> Calibration:
    """Observe a model on training images, once for all conversions."""
    return observe(model, as_inputs(model, dataset.x_train[:images], pixel_scale=pixel_scale))


def identity(
    study: str, model: keras.Model, dataset: Dataset, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what measurements in a folder depend on besides their row, ready for JSON."""
    return {
        "study": study,
        "model": model.name,
        "fingerprint": fingerprint(model),
        "dataset": dataset.name,
        **options,
    }


def fingerprint(model: keras.Model) -> str:
    """Return a short digest of a model's layers and weights."""
    sha = hashlib.sha256()
    for layer in model.layers:
        sha.update(f"{type(layer).__name__} {layer.name}\n".encode())
    for weight in model.weights:
        values = np.ascontiguousarray(keras.ops.convert_to_numpy(weight))
        sha.update(f"{values.dtype} {values.shape}\n".encode())
        sha.update(values.tobytes())
    return sha.hexdigest()[:16]
