"""What all that workers do with networks begins and ends with; needs TensorFlow."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras

from evoapproxnas.config import DataConfig, RunConfig
from evoapproxnas.emulation import observe
from evoapproxnas.multipliers import use_library
from evoapproxnas.training import Dataset, deterministic, load_dataset
from evoapproxnas.training.model_file import save_model


def prepare_process(config: RunConfig) -> None:
    """Make this process deterministic, and let it find the run's own library."""
    deterministic(config.execution.threads_per_worker)
    if config.space.library is not None:
        use_library(config.space.library)


@cache
def dataset(config: DataConfig) -> Dataset:
    """Load a data set, once in a process."""
    return load_dataset(config)


def calibrated_by(
    model: keras.Model, data: Dataset, config: RunConfig, *, often: bool = False
) -> Any:
    """Return what `approximate` is calibrated by: images, or statistics if they are used twice.

    Args:
        model: that is approximated.
        data: holds the images.
        config: says how many.
        often: whether the model is approximated more than once, in any case.
    """
    images = data.x_train[: config.quantization.calibration_images]
    return observe(model, images) if often or config.quantization.tune_weights else images


def saved(model: keras.Model) -> bytes:
    """Return a model as a .keras file."""
    with TemporaryDirectory(prefix="evoapproxnas-") as folder:
        file = Path(folder) / "model.keras"
        save_model(model, file)
        return file.read_bytes()
