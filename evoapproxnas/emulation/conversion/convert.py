"""Conversion of a Keras model: the same network with approximate layers, in one call."""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

import keras

from evoapproxnas.emulation.calibration.batches import check_model
from evoapproxnas.emulation.calibration.observation import Calibration, apply_calibration, measure
from evoapproxnas.emulation.calibration.range_methods import RangeMethod, resolve_range_method
from evoapproxnas.emulation.conversion.assignment import (
    Assignment,
    LayerAssignment,
    resolve_assignment,
)
from evoapproxnas.emulation.conversion.counterparts import (
    EXACT_KINDS,
    REPLACEMENTS,
    is_graph,
    replaceable,
    why_exact,
)
from evoapproxnas.emulation.conversion.folding import (
    foldable_in_graph,
    foldable_in_sequence,
    shared_layers,
)
from evoapproxnas.emulation.conversion.report import ConversionReport, LayerReport
from evoapproxnas.emulation.conversion.transfer import transfer
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier, MultiplierChoice, exact_table
from evoapproxnas.quantization import (
    ActivationRange,
    Gradient,
    Quantization,
    WeightScheme,
)


def approximate(
    model: keras.Model,
    multiplier: Assignment,
    calibration_data: Any,
    *,
    weight_scheme: WeightScheme | None = None,
    error_correction: bool = True,
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
    alone. `conversion_report` of the result says what became of each layer.

    Args:
        model: a functional or Sequential model, possibly with such models nested in it.
        multiplier: one for all layers; a mapping from layer name, path ("block/conv") or shell
            pattern ("block*/conv") to multiplier, names before patterns, earlier patterns before
            later ones; or a function from layer to multiplier. Layers that get None, or nothing,
            stay exact. "NAME@a6w4" and narrow exact multipliers,
            such as "mul8u_exact_a6w4", give their layer codes of these widths.
        calibration_data: inputs as for `calibrate`, some hundred images; or the `Calibration`
            that `observe` measured on the same model, which makes further conversions cheap.
        weight_scheme: as for the layers; None chooses by signedness.
        error_correction: as for the layers.
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
    method = resolve_range_method(range_method)
    quantization = Quantization(
        weight_scheme=weight_scheme,
        error_correction=error_correction,
        per_channel=per_channel,
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        activation_range=activation_range,
        tune_weights=tune_weights,
        gradient=gradient,
        kernel=kernel,
    )
    converted = _converted(model, multiplier, quantization)
    if not isinstance(calibration_data, Calibration):
        calibration_data = measure(converted, calibration_data, batch_size=batch_size)
    apply_calibration(converted, calibration_data, method)
    return converted


def observe(model: keras.Model, data: Any, *, batch_size: int = 128) -> Calibration:
    """Measure the inputs of all layers that `approximate` can replace, in one pass.

    Args:
        model: as for `approximate`.
        data: as for `calibrate`.
        batch_size: images at a time, for arrays.
    """
    stand_in = Multiplier.from_table("exact", exact_table(signed=False))
    return measure(_converted(model, stand_in, Quantization()), data, batch_size=batch_size)


@dataclass
class _Conversion:
    """The state of one conversion: what is asked, and what has been done so far."""

    assignment: LayerAssignment
    quantization: Quantization
    shared: Set[int]
    copies: list[tuple[keras.layers.Layer, keras.layers.Layer]] = field(default_factory=list)
    norms: dict[int, keras.layers.BatchNormalization] = field(default_factory=dict)
    models: dict[int, keras.Model] = field(default_factory=dict)
    report: list[LayerReport] = field(default_factory=list)

    def fold(self, norms: dict[int, Any]) -> dict[int, Any]:
        """Write down, and return, those norms that no other model has a part in."""
        kept = {
            key: norm
            for key, norm in norms.items()
            if key not in self.shared and id(norm) not in self.shared
        }
        self.norms |= kept
        return kept


def _converted(model: keras.Model, multiplier: Assignment, quantization: Quantization) -> Any:
    """Return the converted model, not calibrated."""
    check_model(model)
    assignment = resolve_assignment(model, multiplier, widths=quantization.widths)
    conversion = _Conversion(assignment, quantization, shared_layers(model))
    if not is_graph(model):
        raise QuantizationError(
            f"model {model.name!r} is {why_exact(model)}; use a functional or Sequential model, "
            "or build yours from ApproxConv2D, ApproxDense, ... and call calibrate"
        )
    converted = _convert_model(model, conversion, prefix="")
    for original, copy in conversion.copies:
        transfer(original, copy, conversion.norms.get(id(original)))
    report = ConversionReport(tuple(conversion.report))
    if not report.paths("approximated"):
        raise QuantizationError(
            f"no layer of model {model.name!r} can be approximated:\n{report}\nApproximate layers "
            f"replace {', '.join(kind.__name__ for kind in EXACT_KINDS)}"
        )
    converted._conversion_report = report
    return converted


def _convert_model(model: keras.Model, conversion: _Conversion, prefix: str) -> keras.Model:
    """Convert a Sequential or functional model once, however often it is used."""
    if id(model) not in conversion.models:
        convert = (
            _convert_sequential if isinstance(model, keras.Sequential) else _convert_functional
        )
        conversion.models[id(model)] = convert(model, conversion, prefix)
    return conversion.models[id(model)]


def _convert_sequential(model: Any, conversion: _Conversion, prefix: str) -> keras.Model:
    if not model.built:
        raise QuantizationError(
            f"Sequential model {model.name!r} is not built; give it an Input or call it once"
        )
    candidates = _candidates(model, conversion, prefix)
    norms = conversion.fold(foldable_in_sequence(model.layers, candidates))
    folded = {id(norm) for norm in norms.values()}
    copies: dict[int, Any] = {}
    for layer in model.layers:
        if id(layer) not in copies:
            copies[id(layer)] = _convert_layer(layer, conversion, prefix, candidates)
    first = model.inputs[0]
    inputs = keras.Input(batch_shape=first.shape, dtype=first.dtype, name=first.name)
    kept = [copies[id(layer)] for layer in model.layers if id(layer) not in folded]
    converted = keras.Sequential([inputs, *kept], name=model.name, trainable=model.trainable)
    if model.compiled:
        converted.compile_from_config(model.get_compile_config())
    return converted


def _convert_functional(model: keras.Model, conversion: _Conversion, prefix: str) -> keras.Model:
    candidates = _candidates(model, conversion, prefix)
    norms = conversion.fold(foldable_in_graph(model, candidates))
    folded = {id(norm) for norm in norms.values()}
    skipped: set[int] = set()

    def clone(layer: Any) -> Any:
        copy = _convert_layer(layer, conversion, prefix, candidates)
        if id(layer) in folded:
            skipped.add(id(copy))
        return copy

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        return args[0] if id(layer) in skipped else layer(*args, **kwargs)

    return keras.models.clone_model(model, clone_function=clone, call_function=call)


def _convert_layer(
    layer: Any, conversion: _Conversion, prefix: str, candidates: dict[int, MultiplierChoice]
) -> keras.layers.Layer:
    """Return the copy that takes a layer's place, and write down what became of it."""
    path = prefix + layer.name
    if id(layer) in conversion.shared:
        before = [copy for original, copy in conversion.copies if original is layer]
        if before:
            return before[0]
    if is_graph(layer):
        return _convert_model(layer, conversion, f"{path}/")
    if id(layer) in candidates:
        choice = candidates[id(layer)]
        copy = _replacement(layer, choice, conversion)
        conversion.report.append(LayerReport(path, "approximated", choice.name))
    else:
        copy = _exact_copy(layer, path)
        into = [key for key, norm in conversion.norms.items() if norm is layer]
        if into:
            absorber = next(a for a, _ in conversion.copies if id(a) == into[0])
            conversion.report.append(LayerReport(path, "folded", prefix + absorber.name))
            return copy
        if layer.weights:
            conversion.report.append(LayerReport(path, "exact", why_exact(layer)))
    conversion.copies.append((layer, copy))
    return copy


def _exact_copy(layer: Any, path: str) -> keras.layers.Layer:
    if isinstance(layer, keras.layers.Lambda):
        # Its function is running in this process already, so it needs no safe mode.
        copy = type(layer).from_config(layer.get_config(), safe_mode=False)
        copy.function = layer.function
        return copy
    try:
        return type(layer).from_config(layer.get_config())
    except (NotImplementedError, TypeError) as error:
        raise QuantizationError(
            f"layer {path!r} of type {type(layer).__name__} cannot be copied: {error}; give it a "
            "get_config() with all arguments of its __init__, as saving the model needs it too"
        ) from error


def _candidates(
    model: keras.Model, conversion: _Conversion, prefix: str
) -> dict[int, MultiplierChoice]:
    """Return the multipliers of the layers to be replaced, by id of the layer.

    Raises:
        QuantizationError: if a mapping names a layer that cannot be.
    """
    found = {}
    for layer in model.layers:
        path = prefix + layer.name
        if replaceable(layer):
            choice = conversion.assignment.choice_of(layer, path)
            if choice is not None:
                found[id(layer)] = choice
        elif conversion.assignment.names(layer, path):
            raise QuantizationError(f"layer {path!r} cannot be approximated: {why_exact(layer)}")
    return found


def _replacement(layer: Any, choice: MultiplierChoice, conversion: _Conversion) -> keras.Layer:
    config = {k: v for k, v in layer.get_config().items() if k != "multiplier_digest"}
    config |= conversion.quantization.with_widths(*choice.widths).layer_options
    config["multiplier"] = choice.multiplier
    if id(layer) in conversion.norms:
        config["use_bias"] = True
    return REPLACEMENTS[type(layer)].from_config(config)
