"""CIFAR-10, 60,000 colour images of 32x32 pixels in ten classes.

Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009. Splits:
45,000 training, 5,000 validation, 10,000 test images.
"""

from pathlib import Path
from typing import Any

from evoapproxnas.training.datasets.npz import find_or_download
from evoapproxnas.training.datasets.source import Images, Source


def _download() -> Any:
    import keras  # Seconds to import, and needed only where no file is found.

    return keras.datasets.cifar10.load_data()


def _load(data_dir: Path | None) -> Images:
    return find_or_download("cifar10", data_dir, _download)


SOURCE = Source(name="cifar10", load=_load, flip=True)
