"""Which layers are replaced, by what, and what is reported of them."""

from collections.abc import Iterator
from typing import Any

import keras

from evoapproxnas.emulation.conversion.copying import copied
from evoapproxnas.emulation.conversion.counterparts import (
    REPLACEMENTS,
    inner_layers,
    replaceable,
    why_exact,
)
from evoapproxnas.emulation.conversion.report import LayerReport
from evoapproxnas.emulation.conversion.state import Conversion
from evoapproxnas.emulation.layers import ApproxSeparableConv2D
from evoapproxnas.emulation.layers.separable_conv2d import check_one_multiplier
from evoapproxnas.emulation.layers.switchable import WIDTHS
from evoapproxnas.errors import QuantizationError
from evoapproxnas.hardware.keras_workload import multiplies
from evoapproxnas.multipliers import FilterGroups, LayerChoice


def candidates_in(
    model: keras.Model, conversion: Conversion, prefix: str
) -> dict[int, LayerChoice]:
    """Return the multipliers of the layers of a model to be replaced, by id of the layer."""
    choices = {id(each): choice_of(each, prefix + each.name, conversion) for each in model.layers}
    return {key: choice for key, choice in choices.items() if choice is not None}


def choice_of(layer: Any, path: str, conversion: Conversion) -> LayerChoice | None:
    """Return the multiplier that a layer gets, None if it stays exact.

    Raises:
        QuantizationError: if it is asked for by name and cannot be replaced.
    """
    if replaceable(layer):
        return conversion.assignment.choice_of(layer, path)
    if conversion.assignment.names(layer, path):
        raise QuantizationError(f"layer {path!r} cannot be approximated: {why_exact(layer)}")
    return None


def replacement_of(
    layer: Any, choice: LayerChoice, conversion: Conversion, path: str
) -> keras.Layer:
    """Return the approximate layer that takes the place of a layer, without its weights."""
    kind = REPLACEMENTS[type(layer)]
    quantization = conversion.quantization.with_widths(*choice.widths)
    quantization.scheme(signed=choice.signed)  # Keras would wrap what the layer raises
    given = _multipliers_of(choice)
    points = conversion.assignment.points_of(layer, path)
    if points:
        given["operating_points"] = {
            name: {**_multipliers_of(each), **dict(zip(WIDTHS, each.widths, strict=True))}
            for name, each in points.items()
        }
    if kind is ApproxSeparableConv2D:
        for each in (choice, *points.values()):
            check_one_multiplier(_multipliers_of(each)["multiplier"], layer.name)

    def change(config: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in config.items() if key not in _OF_THE_ORIGINAL}
        kept |= {**quantization.layer_options, **given}
        return kept | ({"use_bias": True} if id(layer) in conversion.norms else {})

    return copied(layer, kind, change)


def _multipliers_of(choice: LayerChoice) -> dict[str, Any]:
    """Return the options of a layer that say what multiplies."""
    if not isinstance(choice, FilterGroups):
        return {"multiplier": choice.multiplier}
    multipliers = [each.multiplier for each in choice.choices]
    return {"multiplier": multipliers, "channel_groups": choice.channels}


_OF_THE_ORIGINAL = {
    "multiplier_digest",
    "channel_groups",
    "operating_points",
    "operating_point",
    "lora_rank",
    "lora_alpha",
    "quantization_config",
}
"""What a replacement does not take over. LoRA weights are part of the kernel that is read."""


def entries_of(
    layer: Any,
    path: str,
    prefix: str,
    conversion: Conversion,
    candidates: dict[int, LayerChoice],
) -> Iterator[LayerReport]:
    """Yield what is reported; nothing of a layer without weights or products, or with others."""
    into = [key for key, norm in conversion.norms.items() if norm is layer]
    if id(layer) in candidates:
        merged = "; its LoRA weights are merged" if getattr(layer, "lora_enabled", False) else ""
        yield LayerReport(path, "approximated", candidates[id(layer)].label + merged)
    elif into:
        yield LayerReport(path, "folded", prefix + conversion.copies[into[0]].original.name)
    elif isinstance(layer, keras.Layer) and layer.weights:
        if not inner_layers(layer, of_own=conversion.of_own):
            yield LayerReport(path, "exact", why_exact(layer))
    elif multiplies(layer):
        yield LayerReport(path, "exact", why_exact(layer))
