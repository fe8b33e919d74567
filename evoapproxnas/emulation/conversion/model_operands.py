"""Which operands a model that somebody brings feeds its multipliers."""

from collections.abc import Sequence
from typing import Any

import keras

from evoapproxnas.circuits import OperandDistribution
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.calibration.operand_histograms import operand_distribution
from evoapproxnas.emulation.conversion.convert import approximate
from evoapproxnas.quantization import Quantization


def model_operands(
    model: keras.Model,
    images: Any,
    *,
    layers: str | Sequence[str] = "*",
    quantization: Quantization | None = None,
) -> tuple[OperandDistribution, bool]:
    """Count the codes that meet the multipliers of a model's layers.

    Args:
        model: one with approximate layers is taken as it was calibrated; any other is converted
            and calibrated, as if its multipliers were exact.
        images: for calibration, as the model takes them; of no use where it is calibrated.
        layers: names, paths or shell patterns.
        quantization: None is the defaults.

    Returns:
        The distribution, and whether its codes are signed.

    Raises:
        UnknownNameError: if a name or pattern fits no layer.
        QuantizationError: if the model cannot be converted.
    """
    if not emulated_layers(model):
        value = quantization or Quantization()
        model = approximate(model, value.exact_multiplier, images, **value.options)
    signed = next(iter(emulated_layers(model).values())).signed
    return operand_distribution(model, layers), signed
