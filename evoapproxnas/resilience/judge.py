"""What multipliers do to a network that somebody brings, without retraining."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from evoapproxnas.config import DataConfig, QuantizationConfig
from evoapproxnas.emulation import approximate, observe
from evoapproxnas.multipliers import Multiplier, load_library
from evoapproxnas.training import accuracy, load_dataset
from evoapproxnas.training.classifier import check_classifier, load_classifier, scaled


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
    model = load_classifier(path)
    check_classifier(model, dataset)
    x_test = scaled(dataset.x_test, pixel_scale)
    images = dataset.x_train[: quantization.calibration_images]
    calibration = observe(model, scaled(images, pixel_scale))
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


def _relative_power(multiplier: Multiplier, exact: Multiplier) -> float:
    if multiplier.power_uw is None or exact.power_uw is None:
        return float("nan")
    return multiplier.power_uw / exact.power_uw
