"""What multipliers do to a network that somebody brings, without retraining."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evoapproxnas.config import DataConfig, QuantizationConfig
from evoapproxnas.emulation import approximate, observe
from evoapproxnas.errors import ConfigError, DatasetError
from evoapproxnas.multipliers import Multiplier, load_library
from evoapproxnas.training import Dataset, accuracy, load_dataset


def judge_model(
    path: Path,
    *,
    multipliers: Sequence[str],
    data: DataConfig,
    quantization: QuantizationConfig,
    pixel_scale: float = 255.0,
) -> pd.DataFrame:
    """Measure a saved classifier in float, exact 8-bit, and with each multiplier in every layer.

    Args:
        path: a `.keras` file; its outputs may be logits or probabilities.
        multipliers: names or shell patterns over the library.
        data: the data set; accuracy is measured on its test split.
        quantization: weight scheme, correction and calibration, the same for all rows.
        pixel_scale: what a pixel of 255 is scaled to before it enters the model.

    Returns:
        Columns `multiplier`, `accuracy` (0..1), `loss_vs_exact8` (percentage points),
        `relative_energy` (exact 8-bit = 1; NaN where power is unknown).

    Raises:
        UnknownNameError: for a multiplier or pattern that matches nothing.
        DatasetError: if the model's input or output does not fit the data set.
        ConfigError: if the file is no Keras model.
    """
    library = load_library()
    exact = library[quantization.exact_multiplier]
    chosen = [library[name] for name in library.match(multipliers)]
    dataset = load_dataset(data)
    model = _load(path)
    _check_fit(model, dataset)
    x_test = _scaled(dataset.x_test, pixel_scale)
    images = dataset.x_train[: quantization.calibration_images]
    calibration = observe(model, _scaled(images, pixel_scale))
    float_accuracy = accuracy(model, x_test, dataset.y_test)
    rows: list[dict[str, object]] = [{"multiplier": "float", "accuracy": float_accuracy}]
    for multiplier in (exact, *(m for m in chosen if m.digest != exact.digest)):
        approximated = approximate(
            model,
            multiplier=multiplier,
            calibration_data=calibration,
            **quantization.conversion_options,
        )
        row = {
            "multiplier": multiplier.name,
            "accuracy": accuracy(approximated, x_test, dataset.y_test),
            "relative_energy": _relative_power(multiplier, exact),
        }
        rows.append(row)
    table = pd.DataFrame(rows)
    table.insert(2, "loss_vs_exact8", 100 * (table["accuracy"].iloc[1] - table["accuracy"]))
    return table


def _load(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path, compile=False)
    except (ValueError, OSError, TypeError) as error:
        raise ConfigError(
            f"cannot load {path} as a Keras model: {error}; expected a whole model saved with "
            "model.save('NAME.keras'), not weights alone"
        ) from None


def _check_fit(model: keras.Model, dataset: Dataset) -> None:
    expected, shape = tuple(dataset.input_shape), tuple(model.input_shape[1:])
    if any(s not in (None, e) for s, e in zip(shape, expected, strict=False)) or (
        len(shape) != len(expected)
    ):
        raise DatasetError(
            f"the model takes images of shape {shape}, but {dataset.name} has {expected}; choose "
            "the --dataset that it was trained on"
        )
    if model.output_shape[-1] != dataset.classes:
        raise DatasetError(
            f"the model tells {model.output_shape[-1]} classes apart, but {dataset.name} has "
            f"{dataset.classes}; choose the --dataset that it was trained on"
        )


def _scaled(images: NDArray[np.uint8], pixel_scale: float) -> NDArray[Any]:
    return images if pixel_scale == 255 else images.astype(np.float32) * (pixel_scale / 255)


def _relative_power(multiplier: Multiplier, exact: Multiplier) -> float:
    if multiplier.power_uw is None or exact.power_uw is None:
        return float("nan")
    return multiplier.power_uw / exact.power_uw
