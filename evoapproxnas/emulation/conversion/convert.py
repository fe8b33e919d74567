"""Conversion of a Keras model: the same network with approximate layers, in one call."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
    inner_layers,
    is_graph,
    multiplies,
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
from evoapproxnas.emulation.serving import served_as_predicted
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier, MultiplierChoice, exact_table
from evoapproxnas.private_apis import exchange_sublayer, rebuilt
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
    method = resolve_range_method(quantization.range_method)
    converted = _converted(model, multiplier, quantization)
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
    """
    stand_in = Multiplier.from_table("exact", exact_table(signed=False))
    return measure(_converted(model, stand_in, Quantization()), data, batch_size=batch_size)


@dataclass
class _Conversion:
    """The state of one conversion: what is asked, and what has been done so far.

    Attributes:
        assignment: which layer gets which multiplier.
        quantization: of all approximate layers, but for widths that their multiplier says.
        shared: ids of the layers that belong to several models.
        of_own: whether layers inside own layers and models are replaced: where the model itself
            is an own one.
        copies: what was copied, by id of the original; models are not among them.
        norms: what is folded into a layer, by id of the layer.
        models: copies of the nested models, by id of the original.
        report: what became of the layers, in groups: those inside another are reported later.
    """

    assignment: LayerAssignment
    quantization: Quantization
    shared: Set[int]
    of_own: bool
    copies: dict[int, "_Copy"] = field(default_factory=dict)
    norms: dict[int, keras.layers.BatchNormalization] = field(default_factory=dict)
    models: dict[int, keras.Model] = field(default_factory=dict)
    report: list[list[LayerReport]] = field(default_factory=list)

    def fold(self, norms: dict[int, Any]) -> dict[int, Any]:
        """Write down, and return, those norms that no other model has a part in."""
        kept = {
            key: norm
            for key, norm in norms.items()
            if key not in self.shared and id(norm) not in self.shared
        }
        self.norms |= kept
        return kept


class _Copy(NamedTuple):
    """A layer or operation, and what takes its place."""

    original: Any
    copy: Any
    path: str
    entries: list[LayerReport]


def _converted(model: keras.Model, multiplier: Assignment, quantization: Quantization) -> Any:
    """Return the converted model, not calibrated."""
    check_model(model)
    assignment = resolve_assignment(model, multiplier, widths=quantization.widths)
    conversion = _Conversion(assignment, quantization, shared_layers(model), not is_graph(model))
    converted = _converted_model(model, conversion)
    _fill(conversion)
    entries = (entry for group in conversion.report for entry in group)
    report = ConversionReport(tuple(entries), compile_alike(model, converted))
    if not report.paths("approximated"):
        raise QuantizationError(
            f"no layer of model {model.name!r} can be approximated:\n{report}\nApproximate layers "
            f"replace {', '.join(kind.__name__ for kind in EXACT_KINDS)}"
        )
    converted._conversion_report = report
    return converted


def _converted_model(model: keras.Model, conversion: _Conversion) -> Any:
    if is_graph(model):
        return _convert_model(model, conversion, prefix="")
    if not model.built:
        raise QuantizationError(
            f"model {model.name!r} is not built, so it has no weights; call it once"
        )
    copy = copied_operation(model, model.name)
    copy.build_from_config(model.get_build_config() or {})
    copy.get_config = _cannot_be_written_down
    entries: list[LayerReport] = []
    conversion.report.append(entries)
    conversion.copies[id(model)] = _Copy(model, copy, "", entries)
    return copy


def _cannot_be_written_down() -> dict[str, Any]:
    raise QuantizationError(
        "a converted model of an own class cannot be saved or copied as a whole, because loading "
        "it would make exact layers again: use save_weights() and convert the original anew, or "
        "export()"
    )


def _fill(conversion: _Conversion) -> None:
    """Give all copies their weights, and replace what is inside them, which can be more models."""
    filled = 0
    while filled < len(conversion.copies):
        waiting = list(conversion.copies.values())[filled:]
        filled += len(waiting)
        for each in waiting:
            if isinstance(each.original, keras.Layer) and each.copy is not each.original:
                transfer(each.original, each.copy, conversion.norms.get(id(each.original)))
                _convert_inside(
                    each.copy, f"{each.path}/" if each.path else "", conversion, each.entries
                )


def _convert_inside(
    holder: Any, prefix: str, conversion: _Conversion, entries: list[LayerReport]
) -> None:
    """Replace the layers that the copy of a layer holds, which have their weights already."""
    for layer in inner_layers(holder, of_own=conversion.of_own):
        path = prefix + layer.name
        if is_graph(layer) and layer.built:
            exchange_sublayer(holder, layer, _convert_model(layer, conversion, f"{path}/"))
        elif (multiplier := _chosen(layer, path, conversion)) and layer.built:
            replacement = _replacement(layer, multiplier, conversion)
            replacement.build_from_config(layer.get_build_config())
            transfer(layer, replacement, None)
            exchange_sublayer(holder, layer, replacement)
            entries.append(LayerReport(path, "approximated", multiplier.name))
        elif inner_layers(layer, of_own=conversion.of_own):
            _convert_inside(layer, f"{path}/", conversion, entries)
        elif layer.weights:
            entries.append(LayerReport(path, "exact", why_exact(layer)))


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
    kind = type(model) if type(model).__init__ is keras.Sequential.__init__ else keras.Sequential
    return kind([inputs, *kept], name=model.name, trainable=model.trainable)


def _convert_functional(model: keras.Model, conversion: _Conversion, prefix: str) -> keras.Model:
    candidates = _candidates(model, conversion, prefix)
    norms = conversion.fold(foldable_in_graph(model, candidates))
    folded = {id(norm) for norm in norms.values()}

    def operation_of(operation: Any) -> Any:
        return _convert_layer(operation, conversion, prefix, candidates)

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        if id(operation) in folded:
            return args[0] if args else kwargs["inputs"]
        return operation(*args, **kwargs)

    copy = rebuilt(model, operation_of, call)
    copy.trainable = model.trainable
    return copy


def _convert_layer(
    layer: Any, conversion: _Conversion, prefix: str, candidates: dict[int, MultiplierChoice]
) -> Any:
    """Return the copy that takes the place of a layer or operation, and write down its fate."""
    path = prefix + layer.name
    if is_graph(layer):
        return _convert_model(layer, conversion, f"{path}/")
    if id(layer) not in conversion.copies:
        if id(layer) in candidates:
            copy = _replacement(layer, candidates[id(layer)], conversion)
        elif any(layer is norm for norm in conversion.norms.values()):
            copy = layer  # is left out
        else:
            copy = copied_operation(layer, path)
        entries = list(_entries(layer, path, prefix, conversion, candidates))
        conversion.report.append(entries)
        conversion.copies[id(layer)] = _Copy(layer, copy, path, entries)
    return conversion.copies[id(layer)].copy


def _entries(
    layer: Any,
    path: str,
    prefix: str,
    conversion: _Conversion,
    candidates: dict[int, MultiplierChoice],
) -> Iterator[LayerReport]:
    """Yield what is reported; nothing of a layer without weights or products, or with others."""
    into = [key for key, norm in conversion.norms.items() if norm is layer]
    if id(layer) in candidates:
        merged = "; its LoRA weights are merged" if getattr(layer, "lora_enabled", False) else ""
        yield LayerReport(path, "approximated", candidates[id(layer)].name + merged)
    elif into:
        yield LayerReport(path, "folded", prefix + conversion.copies[into[0]].original.name)
    elif isinstance(layer, keras.Layer) and layer.weights:
        if not inner_layers(layer, of_own=conversion.of_own):
            yield LayerReport(path, "exact", why_exact(layer))
    elif multiplies(layer):
        yield LayerReport(path, "exact", why_exact(layer))


def _candidates(
    model: keras.Model, conversion: _Conversion, prefix: str
) -> dict[int, MultiplierChoice]:
    """Return the multipliers of the layers of a model to be replaced, by id of the layer."""
    chosen = {id(each): _chosen(each, prefix + each.name, conversion) for each in model.layers}
    return {key: choice for key, choice in chosen.items() if choice is not None}


def _chosen(layer: Any, path: str, conversion: _Conversion) -> MultiplierChoice | None:
    """Return the multiplier that a layer gets, None if it stays exact.

    Raises:
        QuantizationError: if it is asked for by name and cannot be replaced.
    """
    if replaceable(layer):
        return conversion.assignment.choice_of(layer, path)
    if conversion.assignment.names(layer, path):
        raise QuantizationError(f"layer {path!r} cannot be approximated: {why_exact(layer)}")
    return None


def _replacement(layer: Any, choice: MultiplierChoice, conversion: _Conversion) -> keras.Layer:
    multiplier = choice.multiplier
    quantization = conversion.quantization.with_widths(*choice.widths)
    quantization.scheme(signed=multiplier.signed)  # Keras would wrap what the layer raises

    def change(config: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in config.items() if key not in _OF_THE_ORIGINAL}
        kept |= {**quantization.layer_options, "multiplier": multiplier}
        return kept | ({"use_bias": True} if id(layer) in conversion.norms else {})

    return copied(layer, REPLACEMENTS[type(layer)], change)


_OF_THE_ORIGINAL = {"multiplier_digest", "lora_rank", "lora_alpha", "quantization_config"}
"""What a replacement does not take over. LoRA weights are part of the kernel that is read."""
