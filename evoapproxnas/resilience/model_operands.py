"""Which operands a model that somebody brings feeds its multipliers."""

from collections.abc import Sequence
from pathlib import Path

from evoapproxnas.circuits import OperandDistribution
from evoapproxnas.config import DataConfig, QuantizationConfig
from evoapproxnas.emulation import approximate
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.calibration.operand_histograms import operand_distribution
from evoapproxnas.training import load_dataset
from evoapproxnas.training.classifier import check_classifier, load_classifier, scaled


def model_operands(
    path: Path,
    *,
    layers: Sequence[str],
    data: DataConfig,
    quantization: QuantizationConfig,
    pixel_scale: float = 255.0,
) -> tuple[OperandDistribution, bool]:
    """Count the codes that meet the multipliers of a saved model's layers.

    Args:
        path: a `.keras` file. One with approximate layers is taken as it was calibrated; any
            other is calibrated on the data, as if its multipliers were exact.
        layers: names, paths or shell patterns.
        data: the data set, of which training images are used.
        quantization: weight scheme and number of calibration images.
        pixel_scale: what a pixel of 255 is scaled to before it enters the model.

    Returns:
        The distribution, and whether its codes are signed.

    Raises:
        UnknownNameError: if a name or pattern fits no layer.
        DatasetError: if the model does not fit the data set.
        QuantizationError: if the model cannot be converted.
        ConfigError: if the file is no Keras model.
    """
    model = load_classifier(path)
    if not emulated_layers(model):
        dataset = load_dataset(data)
        check_classifier(model, dataset)
        images = dataset.x_train[: quantization.calibration_images]
        model = approximate(
            model,
            multiplier=quantization.exact_multiplier,
            calibration_data=scaled(images, pixel_scale),
            weight_scheme=quantization.weight_scheme,
            per_channel=quantization.per_channel,
        )
    operands = operand_distribution(model, layers)
    signed = next(iter(emulated_layers(model).values())).multiplier.signed
    return operands, signed
