"""Conversion of a Keras model: the same network with approximate layers, in one call."""

from collections.abc import Mapping, Set
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
from evoapproxnas.emulation.conversion.compilation import compile_alike
from evoapproxnas.emulation.conversion.copying import copied, copied_operation
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
from evoapproxnas.emulation.conversion.report import (
    ConversionReport,
    LayerReport,
    conversion_report,
)
from evoapproxnas.emulation.conversion.transfer import transfer
from evoapproxnas.emulation.layers.base import check_options
from evoapproxnas.emulation.operation.convolution_types import Gradient
from evoapproxnas.emulation.private_apis import rebuilt
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier, exact_table

ALWAYS_ZERO = "its input was 0 throughout the calibration"


def approximate(
    model: keras.Model,
    multiplier: Assignment,
    calibration_data: Any,
    *,
    weight_scheme: str | None = None,
    error_correction: bool = True,
    per_channel: bool = False,
    activation_bits: int = 8,
    weight_bits: int = 8,
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
            stay exact.
        calibration_data: inputs as for `calibrate`, some hundred images; or the `Calibration`
            that `observe` measured on the same model, which makes further conversions cheap.
        weight_scheme: as for the layers; None chooses by signedness.
        error_correction: as for the layers.
        per_channel: as for the layers.
        activation_bits: as for the layers.
        weight_bits: as for the layers.
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
    options = {
        "weight_scheme": weight_scheme,
        "error_correction": error_correction,
        "per_channel": per_channel,
        "activation_bits": activation_bits,
        "weight_bits": weight_bits,
        "tune_weights": tune_weights,
        "gradient": gradient,
        "kernel": kernel,
    }
    converted = _converted(model, multiplier, options)
    if not isinstance(calibration_data, Calibration):
        calibration_data = measure(converted, calibration_data, batch_size=batch_size)
    apply_calibration(converted, calibration_data, method)
    report = conversion_report(converted)
    converted._conversion_report = report.marked(calibration_data.dead, ALWAYS_ZERO)
    return converted


def observe(model: keras.Model, data: Any, *, batch_size: int = 128) -> Calibration:
    """Measure the inputs of all layers that `approximate` can replace, in one pass.

    Args:
        model: as for `approximate`.
        data: as for `calibrate`.
        batch_size: images at a time, for arrays.
    """
    stand_in = Multiplier.from_table("exact", exact_table(signed=False))
    return measure(_converted(model, stand_in, {}), data, batch_size=batch_size)


@dataclass
class _Conversion:
    """The state of one conversion: what is asked, and what has been done so far.

    Attributes:
        assignment: which layer gets which multiplier.
        options: of all approximate layers.
        shared: ids of the layers that belong to several models.
        copies: originals with their copies, by id of the original; models are not among them.
        norms: what is folded into a layer, by id of the layer.
        models: copies of the nested models, by id of the original.
        report: what became of the layers.
    """

    assignment: LayerAssignment
    options: Mapping[str, Any]
    shared: Set[int]
    copies: dict[int, tuple[Any, Any]] = field(default_factory=dict)
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


def _converted(model: keras.Model, multiplier: Assignment, options: Mapping[str, Any]) -> Any:
    """Return the converted model, not calibrated."""
    check_model(model)
    conversion = _Conversion(resolve_assignment(model, multiplier), options, shared_layers(model))
    if not is_graph(model):
        raise QuantizationError(
            f"model {model.name!r} is {why_exact(model)}; use a functional or Sequential model, "
            "or build yours from ApproxConv2D, ApproxDense, ... and call calibrate"
        )
    converted = _convert_model(model, conversion, prefix="")
    for original, copy in conversion.copies.values():
        if isinstance(original, keras.Layer):
            transfer(original, copy, conversion.norms.get(id(original)))
    report = ConversionReport(tuple(conversion.report), compile_alike(model, converted))
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
    copies = [_convert_layer(layer, conversion, prefix, candidates) for layer in model.layers]
    pairs = zip(model.layers, copies, strict=True)
    kept = [copy for layer, copy in pairs if id(layer) not in folded]
    first = model.inputs[0]
    inputs = keras.Input(batch_shape=first.shape, dtype=first.dtype, name=first.name)
    return keras.Sequential([inputs, *kept], name=model.name, trainable=model.trainable)


def _convert_functional(model: keras.Model, conversion: _Conversion, prefix: str) -> keras.Model:
    candidates = _candidates(model, conversion, prefix)
    norms = conversion.fold(foldable_in_graph(model, candidates))
    folded = {id(norm) for norm in norms.values()}
    skipped: set[int] = set()

    def operation_of(operation: Any) -> Any:
        copy = _convert_layer(operation, conversion, prefix, candidates)
        if id(operation) in folded:
            skipped.add(id(copy))
        return copy

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        if id(operation) in skipped:
            return args[0] if args else kwargs["inputs"]
        return operation(*args, **kwargs)

    copy = rebuilt(model, operation_of, call)
    copy.trainable = model.trainable
    return copy


def _convert_layer(
    layer: Any, conversion: _Conversion, prefix: str, candidates: dict[int, Multiplier]
) -> Any:
    """Return the copy that takes the place of a layer or operation, and write down its fate."""
    path = prefix + layer.name
    if is_graph(layer):
        return _convert_model(layer, conversion, f"{path}/")
    if id(layer) not in conversion.copies:
        if id(layer) in candidates:
            copy = _replacement(layer, candidates[id(layer)], conversion)
        else:
            copy = copied_operation(layer, path)
        entry = _entry(layer, path, prefix, conversion, candidates)
        conversion.report += [entry] if entry else []
        conversion.copies[id(layer)] = layer, copy
    return conversion.copies[id(layer)][1]


def _entry(
    layer: Any,
    path: str,
    prefix: str,
    conversion: _Conversion,
    candidates: dict[int, Multiplier],
) -> LayerReport | None:
    """Return what is reported of a layer; nothing where it has no weights."""
    if id(layer) in candidates:
        merged = "; its LoRA weights are merged" if getattr(layer, "lora_enabled", False) else ""
        return LayerReport(path, "approximated", candidates[id(layer)].name + merged)
    into = [key for key, norm in conversion.norms.items() if norm is layer]
    if into:
        return LayerReport(path, "folded", prefix + conversion.copies[into[0]][0].name)
    if isinstance(layer, keras.Layer) and layer.weights:
        return LayerReport(path, "exact", why_exact(layer))
    return None


def _candidates(model: keras.Model, conversion: _Conversion, prefix: str) -> dict[int, Multiplier]:
    """Return the multipliers of the layers to be replaced, by id of the layer.

    Raises:
        QuantizationError: if a mapping names a layer that cannot be.
    """
    found = {}
    for layer in model.layers:
        path = prefix + layer.name
        if replaceable(layer):
            multiplier = conversion.assignment.multiplier_of(layer, path)
            if multiplier is not None:
                found[id(layer)] = multiplier
        elif conversion.assignment.names(layer, path):
            raise QuantizationError(f"layer {path!r} cannot be approximated: {why_exact(layer)}")
    return found


def _replacement(layer: Any, multiplier: Multiplier, conversion: _Conversion) -> keras.Layer:
    check_options(signed=multiplier.signed, **conversion.options)

    def change(config: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in config.items() if key not in _OF_THE_ORIGINAL}
        kept |= {**conversion.options, "multiplier": multiplier}
        return kept | ({"use_bias": True} if id(layer) in conversion.norms else {})

    return copied(layer, REPLACEMENTS[type(layer)], change)


_OF_THE_ORIGINAL = {"multiplier_digest", "lora_rank", "lora_alpha", "quantization_config"}
"""What a replacement does not take over. LoRA weights are part of the kernel that is read."""
