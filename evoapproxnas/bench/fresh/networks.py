"""The models of the benchmark, with random weights: nothing is downloaded."""

from pathlib import Path

import keras

from evoapproxnas.networks.zoo import build_zoo

SMALL, LARGE = "resnet8", "efficientnetv2b0"


def write_networks(folder: Path, *, quick: bool = False) -> dict[str, Path]:
    """Write a small network of images of 32 x 32 pixels, and a large one of 224 x 224.

    Args:
        folder: where to.
        quick: the small one only.

    Returns:
        The files, by the names of the networks.
    """
    models = {SMALL: build_zoo(SMALL)}
    if not quick:
        models[LARGE] = keras.applications.EfficientNetV2B0(weights=None)
    files = {}
    for name, model in models.items():
        files[name] = folder / f"{name}.keras"
        model.save(files[name])
    return files
