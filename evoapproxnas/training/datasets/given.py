"""A data set in whatever form somebody has it: its name, a file, arrays, or a `Dataset`."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.config import DataConfig
from evoapproxnas.errors import DatasetError
from evoapproxnas.training.datasets.dataset import Dataset, digest_of
from evoapproxnas.training.datasets.registry import load_dataset
from evoapproxnas.training.datasets.split import stratified_order

HELD_OUT = 5
"""Of plain arrays, one image in so many is for validation, and one for the test split."""

Arrays = tuple[npt.NDArray[Any], npt.NDArray[np.int64]]


def as_dataset(data: Any) -> Dataset:
    """Return what is given as a data set with its three splits.

    Args:
        data: a `Dataset`; a registered name or the path of an `.npz` file; a `DataConfig`;
            ((x_train, y_train), (x_test, y_test)), of whose training images a fifth becomes the
            validation split; or (x, y), of which a fifth is for validation and a fifth for the
            test split. Arrays are kept as they are, pixels or what else the model takes; labels
            are classes 0, 1, ... or one-hot.

    Raises:
        DatasetError: for anything else, or arrays that make no classification set.
        UnknownNameError: for an unknown name.
    """
    if isinstance(data, Dataset):
        return data
    if isinstance(data, DataConfig):
        return load_dataset(data)
    if isinstance(data, (str, Path)):
        return load_dataset(DataConfig(dataset=str(data)))
    if isinstance(data, (tuple, list)) and len(data) == 2:
        first, second = data
        if isinstance(first, (tuple, list)) and isinstance(second, (tuple, list)):
            if len(first) == len(second) == 2:
                return _from_arrays(_checked(*first), _checked(*second))
        else:
            x, y = _checked(first, second)
            rest, test = _held_out(y)
            return _from_arrays((x[rest], y[rest]), (x[test], y[test]))
    raise DatasetError(
        "data must be the name of a data set, an .npz file, a Dataset, arrays (x, y) or "
        f"((x_train, y_train), (x_test, y_test)), got {type(data).__name__}"
    )


def _from_arrays(train: Arrays, test: Arrays) -> Dataset:
    if train[0].shape[1:] != test[0].shape[1:]:
        raise DatasetError(
            f"training and test arrays must hold images of one shape, got {train[0].shape[1:]} "
            f"and {test[0].shape[1:]}"
        )
    x, y = train
    rest, validation = _held_out(y)
    axes = tuple(range(x.ndim - 1))
    return Dataset(
        name=f"arrays-{digest_of(*train, *test)}",
        x_train=x[rest],
        y_train=y[rest],
        x_val=x[validation],
        y_val=y[validation],
        x_test=test[0],
        y_test=test[1],
        classes=int(max(y.max(), test[1].max())) + 1,
        mean=tuple(x.mean(axis=axes, dtype=np.float64).tolist()),
        variance=tuple(x.var(axis=axes, dtype=np.float64).tolist()),
        augmentation=None,
        origin="arrays",
    )


def _held_out(y: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the positions of those that are left and of those that are held out."""
    order, count = stratified_order(y), len(y) // HELD_OUT
    if count == 0:
        raise DatasetError(f"expected at least {HELD_OUT} images to split, got {len(y)}")
    return order[count:], order[:count]


def _checked(x: Any, y: Any) -> Arrays:
    images, labels = np.asarray(x), np.asarray(y)
    if images.dtype.kind not in "uif" or images.ndim < 2 or 0 in images.shape:
        raise DatasetError(
            f"x must be numbers of shape (n, ...), got {images.dtype} of shape {images.shape}"
        )
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    labels = labels.reshape(-1)
    whole = labels.dtype.kind in "buif" and np.array_equal(labels, np.floor(labels))
    if len(labels) != len(images) or not whole:
        raise DatasetError(
            f"y must hold a class number for each of {len(images)} images, got {labels.dtype} of "
            f"shape {np.shape(y)}"
        )
    if len(labels) and labels.min() < 0:
        raise DatasetError(f"y must hold classes from 0 on, got {labels.min()}")
    if images.dtype != np.uint8:
        images = images.astype(np.float32)
    # Like any data set: (n, height, width, channels). What lacks axes has size 1 there.
    images = images.reshape(images.shape + (1,) * (4 - images.ndim))
    return images, labels.astype(np.int64)
