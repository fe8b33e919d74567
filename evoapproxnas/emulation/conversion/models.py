"""The copy of a model: its graph of calls again, made of the layers that take the others' places.

Copies get their weights once all of them are made (`fill`), as layers are shared by models.
"""

from typing import Any

import keras

from evoapproxnas.emulation.conversion.copying import copied_operation
from evoapproxnas.emulation.conversion.counterparts import inner_layers, is_graph, why_exact
from evoapproxnas.emulation.conversion.folding import foldable_in_graph, foldable_in_sequence
from evoapproxnas.emulation.conversion.replacement import (
    candidates_in,
    choice_of,
    entries_of,
    replacement_of,
)
from evoapproxnas.emulation.conversion.report import LayerReport
from evoapproxnas.emulation.conversion.state import Conversion, Copy
from evoapproxnas.emulation.conversion.transfer import transfer
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import LayerChoice
from evoapproxnas.private_apis import exchange_sublayer, rebuilt


def converted_copy(model: keras.Model, conversion: Conversion) -> Any:
    """Return the copy of a model, its layers in their places and without weights.

    Raises:
        QuantizationError: if the model is not built, or a layer cannot be copied.
    """
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
    conversion.copies[id(model)] = Copy(model, copy, "", entries)
    return copy


def _cannot_be_written_down() -> dict[str, Any]:
    raise QuantizationError(
        "a converted model of an own class cannot be saved or copied as a whole, because loading "
        "it would make exact layers again: use save_weights() and convert the original anew, or "
        "export()"
    )


def fill(conversion: Conversion) -> None:
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
    holder: Any, prefix: str, conversion: Conversion, entries: list[LayerReport]
) -> None:
    """Replace the layers that the copy of a layer holds, which have their weights already."""
    for layer in inner_layers(holder, of_own=conversion.of_own):
        path = prefix + layer.name
        if is_graph(layer) and layer.built:
            exchange_sublayer(holder, layer, _convert_model(layer, conversion, f"{path}/"))
        elif (multiplier := choice_of(layer, path, conversion)) and layer.built:
            replacement = replacement_of(layer, multiplier, conversion, path)
            replacement.build_from_config(layer.get_build_config())
            transfer(layer, replacement, None)
            exchange_sublayer(holder, layer, replacement)
            entries.append(LayerReport(path, "approximated", multiplier.label))
        elif inner_layers(layer, of_own=conversion.of_own):
            _convert_inside(layer, f"{path}/", conversion, entries)
        elif layer.weights:
            entries.append(LayerReport(path, "exact", why_exact(layer)))


def _convert_model(model: keras.Model, conversion: Conversion, prefix: str) -> keras.Model:
    """Convert a Sequential or functional model once, however often it is used."""
    if id(model) not in conversion.models:
        convert = (
            _convert_sequential if isinstance(model, keras.Sequential) else _convert_functional
        )
        conversion.models[id(model)] = convert(model, conversion, prefix)
    return conversion.models[id(model)]


def _convert_sequential(model: Any, conversion: Conversion, prefix: str) -> keras.Model:
    if not model.built:
        raise QuantizationError(
            f"Sequential model {model.name!r} is not built; give it an Input or call it once"
        )
    candidates = candidates_in(model, conversion, prefix)
    norms = conversion.fold(foldable_in_sequence(model.layers, candidates))
    folded = {id(norm) for norm in norms.values()}
    copies = [_convert_layer(layer, conversion, prefix, candidates) for layer in model.layers]
    pairs = zip(model.layers, copies, strict=True)
    kept = [copy for layer, copy in pairs if id(layer) not in folded]
    first = model.inputs[0]
    inputs = keras.Input(batch_shape=first.shape, dtype=first.dtype, name=first.name)
    kind = type(model) if type(model).__init__ is keras.Sequential.__init__ else keras.Sequential
    return kind([inputs, *kept], name=model.name, trainable=model.trainable)


def _convert_functional(model: keras.Model, conversion: Conversion, prefix: str) -> keras.Model:
    candidates = candidates_in(model, conversion, prefix)
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
    layer: Any, conversion: Conversion, prefix: str, candidates: dict[int, LayerChoice]
) -> Any:
    """Return the copy that takes the place of a layer or operation, and write down its fate."""
    path = prefix + layer.name
    if is_graph(layer):
        return _convert_model(layer, conversion, f"{path}/")
    if id(layer) not in conversion.copies:
        if id(layer) in candidates:
            copy = replacement_of(layer, candidates[id(layer)], conversion, path)
        elif any(layer is norm for norm in conversion.norms.values()):
            copy = layer  # is left out
        else:
            copy = copied_operation(layer, path)
        entries = list(entries_of(layer, path, prefix, conversion, candidates))
        conversion.report.append(entries)
        conversion.copies[id(layer)] = Copy(layer, copy, path, entries)
    return conversion.copies[id(layer)].copy
