"""Conversion of a Keras model: the same network with approximate layers, in one call."""

from dataclasses import replace
from typing import Any

import keras

from evoapproxnas.emulation.calibration.batches import check_model
from evoapproxnas.emulation.calibration.observation import (
    Calibration,
    apply_calibration,
    emulated_layers,
    measure,
)
from evoapproxnas.emulation.calibration.range_methods import RangeMethod, resolve_range_method
from evoapproxnas.emulation.conversion.assignment import (
    Assignment,
    LayerAssignment,
    PointAssignments,
    resolve_assignment,
)
from evoapproxnas.emulation.conversion.compilation import compile_alike
from evoapproxnas.emulation.conversion.counterparts import EXACT_KINDS, is_graph
from evoapproxnas.emulation.conversion.folding import shared_layers
from evoapproxnas.emulation.conversion.models import converted_copy, fill
from evoapproxnas.emulation.conversion.report import ConversionReport, conversion_report
from evoapproxnas.emulation.conversion.state import Conversion
from evoapproxnas.emulation.layers import ApproxSeparableConv2D, EmulatedLayer
from evoapproxnas.emulation.serving import served_as_predicted
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier, exact_multiplier, exact_table
from evoapproxnas.quantization import (
    ActivationRange,
    Gradient,
    Quantization,
    WeightScheme,
)

ALWAYS_ZERO = "its input was 0 throughout the calibration"


def approximate(
    model: keras.Model,
    multiplier: Assignment,
    calibration_data: Any,
    *,
    weight_scheme: WeightScheme | None = None,
    error_correction: bool = True,
    control_variate: bool = False,
    per_channel: bool = False,
    activation_bits: int = 8,
    weight_bits: int = 8,
    activation_range: ActivationRange = "calibrated",
    tune_weights: bool = False,
    gradient: Gradient = "ste",
    kernel: str = "auto",
    range_method: str | RangeMethod = "minmax",
    batch_size: int = 128,
) -> keras.Model:
    """Return a copy of `model` whose convolutions and dense layers use approximate multipliers.

    Batch normalizations that directly follow a replaced layer are folded into it, layer names are
    kept, and activation ranges are calibrated in one pass and frozen. The given model is left
    alone. `conversion_report` of the result says what became of each layer; its `export` writes
    what its `predict` computes, whatever is random in training.

    Args:
        model: a functional or Sequential model, possibly with such models nested in it, or one of
            an own class, which must be built and have a usable `get_config`; it cannot be saved
            as a whole then.
        multiplier: one for all layers; a mapping from layer name, path ("block/conv") or shell
            pattern ("block*/conv") to multiplier, names before patterns, earlier patterns before
            later ones; or a function from layer to multiplier. Layers that get None, or nothing,
            stay exact. "NAME@a6w4" and narrow exact multipliers,
            such as "mul8u_exact_a6w4", give their layer codes of these widths. "A+B" gives the
            halves of a layer's output channels a multiplier each, and so on; "A:0-3,7+B:4-6"
            says which channels, see `FilterGroups`.
        calibration_data: inputs as for `calibrate`, some hundred images; or the `Calibration`
            that `observe` measured on the same model, which makes further conversions cheap.
        weight_scheme: as for the layers; None chooses by signedness.
        error_correction: as for the layers.
        control_variate: likewise; it takes multiplications, which energies count.
        per_channel: as for the layers.
        activation_bits: as for the layers; of those whose multiplier says no widths.
        weight_bits: likewise.
        activation_range: as for the layers.
        tune_weights: as for the layers: the weight tuning of ALWANN, without training.
        gradient: as for the layers, for fine-tuning.
        kernel: emulation kernel of all layers.
        range_method: how ranges follow from the data, see `calibrate`.
        batch_size: images at a time in calibration.

    Raises:
        UnknownNameError: for an unknown multiplier, layer or method.
        QuantizationError: if the model, a named layer, a pattern or the calibration data cannot
            be used.
    """
    quantization = Quantization(
        weight_scheme=weight_scheme,
        error_correction=error_correction,
        control_variate=control_variate,
        per_channel=per_channel,
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        activation_range=activation_range,
        tune_weights=tune_weights,
        gradient=gradient,
        kernel=kernel,
        range_method=range_method,
    )
    return approximate_and_observe(
        model, multiplier, calibration_data, quantization, batch_size=batch_size
    )[0]


def approximate_and_observe(
    model: keras.Model,
    multiplier: Assignment,
    calibration_data: Any,
    quantization: Quantization,
    *,
    batch_size: int = 128,
) -> tuple[keras.Model, Calibration]:
    """Return what `approximate` does, and what its layers were calibrated by.

    Args:
        model: as for `approximate`.
        multiplier: likewise.
        calibration_data: likewise; a `Calibration` is handed back.
        quantization: the options of `approximate` of the same names.
        batch_size: images at a time in calibration.

    Raises:
        UnknownNameError: as `approximate` does.
        QuantizationError: likewise.
    """
    check_model(model)
    method = resolve_range_method(quantization.range_method)
    assignment = resolve_assignment(model, multiplier, widths=quantization.widths)
    converted = converted_model(model, assignment, quantization)
    calibration = calibration_data
    if not isinstance(calibration, Calibration):
        calibration = measure(converted, calibration_data, batch_size=batch_size)
    apply_calibration(converted, calibration, method)
    report = conversion_report(converted)
    converted._conversion_report = report.marked(calibration.dead, ALWAYS_ZERO)
    return served_as_predicted(converted), calibration


def observe(model: keras.Model, data: Any, *, batch_size: int = 128) -> Calibration:
    """Measure the inputs of all layers that `approximate` can replace, in one pass.

    Args:
        model: as for `approximate`.
        data: as for `calibrate`.
        batch_size: images at a time, for arrays.

    Returns:
        The statistics of each layer's inputs.
    """
    check_model(model)
    stand_in = Multiplier.from_table("exact", exact_table(signed=False))
    assignment = resolve_assignment(model, stand_in)
    return measure(converted_model(model, assignment, Quantization()), data, batch_size=batch_size)


def exact_twin(model: keras.Model) -> keras.Model:
    """Return a copy of an approximate model whose approximate layers multiply exactly in 8 bits.

    Weights, weight schemes and ranges of activations are those of the model, which is left alone;
    layers that are exact stay so.

    Args:
        model: what `approximate` takes, with approximate layers.

    Raises:
        QuantizationError: if it has none, or cannot be copied.
    """
    check_model(model)
    twin = converted_model(model, resolve_assignment(model, _exact_of), Quantization())
    layers = emulated_layers(model)
    for path, copy in emulated_layers(twin).items():
        layer = layers[path]
        # Codes of 8 bits, and none that are tuned: there is nothing to tune an exact table to.
        copy.quantization = replace(layer.quantization.with_widths(8, 8), tune_weights=False)
        copy.input_range.assign(layer.input_range)
        copy.input_histogram.assign(layer.input_histogram)
    return twin


def _exact_of(layer: keras.Layer) -> Multiplier | None:
    """Return the exact multiplier in the place of that of a layer, None if it has none."""
    if not isinstance(layer, (EmulatedLayer, ApproxSeparableConv2D)):
        return None
    first = layer.depthwise if isinstance(layer, ApproxSeparableConv2D) else layer
    return exact_multiplier(signed=first.signed)


def converted_model(
    model: keras.Model,
    assignment: LayerAssignment | PointAssignments,
    quantization: Quantization,
) -> Any:
    """Return the converted model, not calibrated.

    Args:
        model: as for `approximate`.
        assignment: of its layers, resolved.
        quantization: of all approximate layers.

    Raises:
        QuantizationError: if it cannot be converted.
    """
    conversion = Conversion(assignment, quantization, shared_layers(model), not is_graph(model))
    converted = converted_copy(model, conversion)
    fill(conversion)
    entries = (entry for group in conversion.report for entry in group)
    report = ConversionReport(tuple(entries), compile_alike(model, converted))
    if not report.paths("approximated"):
        raise QuantizationError(
            f"no layer of model {model.name!r} can be approximated:\n{report}\nApproximate layers "
            f"replace {', '.join(kind.__name__ for kind in EXACT_KINDS)}"
        )
    converted._conversion_report = report
    return converted
