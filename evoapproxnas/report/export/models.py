"""Models of members: approximated ones, and the exact 8-bit twin as LiteRT has it. TensorFlow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.config import RunConfig
from evoapproxnas.emulation import load_model
from evoapproxnas.errors import StoreError
from evoapproxnas.hardware.accelerators import Accelerator, load_accelerator
from evoapproxnas.hardware.latency.runtimes.converting import int8_file
from evoapproxnas.multipliers import load_library
from evoapproxnas.private_apis import ConverterError
from evoapproxnas.report.export.job import Job, finished_model
from evoapproxnas.report.export.netlists.folder import write_netlists
from evoapproxnas.report.member_accelerator import member_accelerator
from evoapproxnas.training import load_dataset

_VECTOR_IMAGES = 2
"""The reference is slow, and a layer has hundreds of windows in each."""


def write_keras(job: Job, path: Path) -> None:
    """Write the approximated model as `.keras`."""
    approximated(job).save(path)


def write_savedmodel(job: Job, path: Path) -> None:
    """Write the approximated model for TensorFlow alone."""
    approximated(job).export(path, verbose=False)


def write_netlist_folder(job: Job, path: Path) -> None:
    """Write the folder for a hardware team; windows are of validation images."""
    accelerator, config = _accelerator(job), job.run.config  # Told before a model is loaded.
    write_netlists(
        path,
        approximated(job),
        load_dataset(config.data).x_val[:_VECTOR_IMAGES],
        accelerator=accelerator,
        library=load_library(config.space.library),
        title=f"{job.title}: its layers and their multipliers as hardware",
    )


def _accelerator(job: Job) -> Accelerator:
    if job.accelerator is not None:
        return load_accelerator(job.accelerator)
    finished = finished_model(job.run, job.name) is not None
    return member_accelerator(job.run, job.name, finished=finished)


def approximated(job: Job) -> keras.Model:
    """Return the approximated model of a member, or of a network that `finalize` made."""
    file = finished_model(job.run, job.name)
    return job.run.model(job.name) if file is None else load_model(file)


def write_tflite(job: Job, path: Path) -> None:
    """Write the exact 8-bit twin for LiteRT: int8 inside, pixels 0..255 in, logits out."""
    model = job.run.model(job.name, kind="float")
    path.write_bytes(int8_model(model, calibration_images(job.run.config)))


def calibration_images(config: RunConfig) -> npt.NDArray[np.uint8]:
    """Return the images on which activation ranges of a run are measured."""
    return load_dataset(config.data).x_train[: config.quantization.calibration_images]


def int8_model(model: keras.Model, images: npt.NDArray[Any]) -> bytes:
    """Convert a float model to int8 by TensorFlow's post-training quantization.

    Args:
        model: one input, one output.
        images: that activation ranges are measured on, (images, ...).

    Returns:
        A `.tflite` file that takes one image, float32, and gives float32.

    Raises:
        StoreError: if the converter cannot convert it.
    """

    def calibration() -> Iterator[list[npt.NDArray[np.float32]]]:
        return ([image[None].astype(np.float32)] for image in images)

    try:
        return int8_file(model, [model.input_shape[1:]], calibration, float_ends=True)
    except (ConverterError, ValueError, RuntimeError) as error:
        raise StoreError(
            f"TensorFlow's converter cannot make an int8 model of {model.name!r}: {error}; export "
            "it to onnx instead"
        ) from error
