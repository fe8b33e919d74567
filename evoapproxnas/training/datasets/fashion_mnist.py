"""Fashion-MNIST, 70,000 grayscale images of 28x28 pixels in ten classes.

Source: H. Xiao, K. Rasul, R. Vollgraf, arXiv:1708.07747, 2017. Splits: 54,000 training, 6,000
validation, 10,000 test images.
"""

from pathlib import Path
from typing import Any

from evoapproxnas.training.datasets.npz import find_or_download
from evoapproxnas.training.datasets.source import Images, Source


def _download() -> Any:
    import keras  # Seconds to import, and needed only where no file is found.

    return keras.datasets.fashion_mnist.load_data()


def _load(data_dir: Path | None) -> Images:
    return find_or_download("fashion_mnist", data_dir, _download)


SOURCE = Source(name="fashion_mnist", load=_load, flip=True)
