"""`Dataset`: three fixed splits of labelled images, and what a model needs to know of them."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.config import DataConfig
from evoapproxnas.errors import DatasetError
from evoapproxnas.training.augmentation import Augmentation
from evoapproxnas.training.datasets.source import Images, Source, checked
from evoapproxnas.training.datasets.split import stratified_order

Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Dataset:
    """Images as uint8 (n, height, width, channels) and labels as int64 (n,), all read-only.

    The search may see the training and the validation split; the test split is for reporting.

    Attributes:
        name: the registered name, or the stem of the file.
        x_train: training images, in a fixed order of which prefixes are class-balanced.
        y_train: their classes.
        x_val: validation images, cut from the training set, same for every run.
        y_val: their classes.
        x_test: test images.
        y_test: their classes.
        classes: number of classes.
        mean: per channel over `x_train`, on the 0..255 scale.
        variance: per channel over `x_train`, on the 0..255 scale squared.
        augmentation: how training images may be varied; None: not at all.
        origin: file or package the images came from.
    """

    name: str
    x_train: Pixels
    y_train: Labels
    x_val: Pixels
    y_val: Labels
    x_test: Pixels
    y_test: Labels
    classes: int
    mean: tuple[float, ...]
    variance: tuple[float, ...]
    augmentation: Augmentation | None
    origin: str

    @property
    def augment(self) -> bool:
        """Whether training images are augmented."""
        return self.augmentation is not None

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        height, width, channels = self.x_train.shape[1:]
        return height, width, channels

    @property
    def digest(self) -> str:
        """Digest of all images and labels, 12 hex digits."""
        train, test = (self.x_train, self.y_train), (self.x_test, self.y_test)
        return digest_of(*train, self.x_val, self.y_val, *test)


def digest_of(*arrays: npt.NDArray[Any]) -> str:
    """Return the SHA-256 of arrays in their order, with shapes and types; 12 hex digits."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(f"{array.dtype} {array.shape}".encode())
        sha.update(np.ascontiguousarray(array).data)
    return sha.hexdigest()[:12]


def build_dataset(source: Source, images: Images, config: DataConfig) -> Dataset:
    """Check and split raw images, and cut the subsets that the configuration asks for.

    Raises:
        DatasetError: if the arrays are malformed or a subset is larger than its split.
    """
    images = checked(images)
    order = stratified_order(images.y_train)
    held_out = source.validation_images or max(1, len(order) // 10)
    cut = {
        "train": _prefix(order[held_out:], config.train_images, "train", source.name),
        "val": _prefix(order[:held_out], config.validation_images, "validation", source.name),
        "test": _prefix(stratified_order(images.y_test), config.test_images, "test", source.name),
    }
    x_train = _frozen(images.x_train[cut["train"]])
    mean, variance = _moments(x_train)
    height, width = x_train.shape[1:3]
    return Dataset(
        name=source.name,
        x_train=x_train,
        y_train=_frozen(images.y_train[cut["train"]]),
        x_val=_frozen(images.x_train[cut["val"]]),
        y_val=_frozen(images.y_train[cut["val"]]),
        x_test=_frozen(images.x_test[cut["test"]]),
        y_test=_frozen(images.y_test[cut["test"]]),
        classes=images.classes,
        mean=mean,
        variance=variance,
        augmentation=_augmentation(source, config, height, width) if config.augment else None,
        origin=images.origin,
    )


def _prefix(
    order: npt.NDArray[np.int64], count: int | None, split: str, name: str
) -> npt.NDArray[np.int64]:
    if count is not None and count > len(order):
        raise DatasetError(
            f"data set {name!r} has {len(order)} {split} images (its split is fixed), "
            f"asked for {count}; lower {split}_images or leave it out to use all"
        )
    if len(order) == 0:
        raise DatasetError(f"data set {name!r} is too small: no image is left for {split}")
    return order[:count]


def _augmentation(
    source: Source, config: DataConfig, height: int, width: int
) -> Augmentation | None:
    if not (source.crop or source.flip):
        return None
    usual = Augmentation.for_size(height, width, flip=source.flip)
    return replace(
        usual,
        padding_px=(config.translation_px or usual.padding_px) if source.crop else 0,
        fill=config.translation_fill,
        flips=config.flips,
    )


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.setflags(write=False)
    return array


def _moments(x: Pixels) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and variance of each channel, exactly, from its histogram."""
    values = np.arange(256)
    means, variances = [], []
    for channel in range(x.shape[-1]):
        counts = np.bincount(x[..., channel].ravel(), minlength=256)
        mean = float((counts * values).sum() / counts.sum())
        means.append(mean)
        variances.append(float((counts * (values - mean) ** 2).sum() / counts.sum()))
    return tuple(means), tuple(variances)
