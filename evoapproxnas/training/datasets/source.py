"""What a data set source delivers: raw arrays, checked, and how they are split and augmented."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import DatasetError


@dataclass(frozen=True, eq=False, kw_only=True)
class Images:
    """Raw images and labels as a source delivers them; `checked` makes them uniform.

    Attributes:
        x_train: uint8 (n, height, width, channels), or (n, height, width) for grayscale.
        y_train: integers 0 .. classes - 1, shape (n,) or (n, 1).
        x_test: like `x_train`, uint8 (n, height, width, channels).
        y_test: like `y_train`, shape (n,) or (n, 1).
        origin: where they came from, for messages and records.
    """

    x_train: npt.NDArray[Any]
    y_train: npt.NDArray[Any]
    x_test: npt.NDArray[Any]
    y_test: npt.NDArray[Any]
    origin: str

    @property
    def classes(self) -> int:
        """Number of classes: the largest training label plus one."""
        return int(self.y_train.max()) + 1


@dataclass(frozen=True, kw_only=True)
class Source:
    """A registered data set.

    Attributes:
        name: what a configuration calls it.
        load: gives the images, from the data folder if one is configured.
        flip: whether a mirrored image is still of the same class.
        crop: whether a slightly moved image still shows enough of its object.
        embedded: whether it needs no file and no network.
        validation_images: size of the fixed validation split; None: a tenth of the training set.
    """

    name: str
    load: Callable[[Path | None], Images]
    flip: bool
    crop: bool = True
    embedded: bool = False
    validation_images: int | None = None


def checked(images: Images) -> Images:
    """Return the images as uint8 NHWC and int64 labels of shape (n,).

    Raises:
        DatasetError: for shapes, dtypes or labels that do not make an image classification set.
    """
    x_train = _pixels(images.x_train, "x_train", images.origin)
    x_test = _pixels(images.x_test, "x_test", images.origin)
    if x_train.shape[1:] != x_test.shape[1:]:
        raise DatasetError(
            f"{images.origin}: x_train and x_test must hold images of one shape, got "
            f"{x_train.shape[1:]} and {x_test.shape[1:]}"
        )
    y_train = _labels(images.y_train, "y_train", len(x_train), images.origin)
    y_test = _labels(images.y_test, "y_test", len(x_test), images.origin)
    _check_classes(y_train, y_test, images.origin)
    return Images(
        x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test, origin=images.origin
    )


def _pixels(x: npt.NDArray[Any], key: str, origin: str) -> npt.NDArray[np.uint8]:
    if x.dtype != np.uint8:
        raise DatasetError(
            f"{origin}: {key} must be uint8 pixels 0..255, got {x.dtype}; "
            f"scale to 0..255 and convert with .astype('uint8')"
        )
    if x.ndim == 3:
        x = x[..., np.newaxis]
    if x.ndim != 4 or 0 in x.shape:
        raise DatasetError(
            f"{origin}: {key} must have shape (n, height, width, channels) or "
            f"(n, height, width) with n > 0, got {x.shape}"
        )
    if x.shape[1] in (1, 3) and x.shape[3] > 4:
        raise DatasetError(
            f"{origin}: {key} of shape {x.shape} looks channels-first; "
            f"convert with .transpose(0, 2, 3, 1)"
        )
    return x


def _labels(y: npt.NDArray[Any], key: str, count: int, origin: str) -> npt.NDArray[np.int64]:
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (count,):
        raise DatasetError(
            f"{origin}: {key} must hold one class number per image, shape ({count},), got "
            f"{y.shape}; convert one-hot labels with .argmax(axis=1)"
        )
    if y.dtype.kind not in "iu":
        raise DatasetError(f"{origin}: {key} must hold integers, got {y.dtype}")
    if y.min() < 0:
        raise DatasetError(f"{origin}: {key} must hold classes from 0 on, got {int(y.min())}")
    return y.astype(np.int64)


def _check_classes(
    y_train: npt.NDArray[np.int64], y_test: npt.NDArray[np.int64], origin: str
) -> None:
    present = np.unique(y_train)
    if len(present) < 2:
        raise DatasetError(f"{origin}: y_train needs at least two classes, got {present.tolist()}")
    if int(present[-1]) != len(present) - 1:
        raise DatasetError(
            f"{origin}: y_train must hold every class 0..{len(present) - 1}, got "
            f"{len(present)} classes between {present[0]} and {present[-1]}; renumber them"
        )
    if y_test.max() > present[-1]:
        raise DatasetError(
            f"{origin}: y_test holds class {int(y_test.max())}, but y_train ends at {present[-1]}"
        )
