"""Which Keras layers have an approximate counterpart."""

from typing import Any

import keras

from evoapproxnas.emulation.layers import (
    ApproxConv1D,
    ApproxConv2D,
    ApproxConv2DTranspose,
    ApproxDense,
    ApproxDepthwiseConv2D,
    ApproxSeparableConv2D,
)
from evoapproxnas.private_apis import has_graph, sublayers

EXACT_KINDS: dict[type, type[keras.Layer]] = {
    keras.layers.Conv1D: ApproxConv1D,
    keras.layers.Conv2D: ApproxConv2D,
    keras.layers.Conv2DTranspose: ApproxConv2DTranspose,
    keras.layers.DepthwiseConv2D: ApproxDepthwiseConv2D,
    keras.layers.SeparableConv2D: ApproxSeparableConv2D,
    keras.layers.Dense: ApproxDense,
}
REPLACEMENTS = EXACT_KINDS | {kind: kind for kind in EXACT_KINDS.values()}
"""Layer types (not their subclasses, whose behaviour is unknown) and what replaces them."""


def replaceable(layer: keras.Layer) -> bool:
    """Return whether `approximate` can replace the layer."""
    return type(layer) in REPLACEMENTS and _channels_last(layer) and not _quantized(layer)


def is_graph(layer: keras.Layer) -> bool:
    """Return whether the layer is a Sequential or functional model, whose layers are known."""
    return isinstance(layer, keras.Sequential) or (
        isinstance(layer, keras.Model) and has_graph(layer)
    )


def inner_layers(layer: Any, *, of_own: bool) -> list[Any]:
    """Return the layers inside a layer that `approximate` can reach, [] if it has no such.

    They are those of a nested model and of `TimeDistributed`. What other Keras layers hold, they
    use in their own ways.

    Args:
        layer: that may hold others.
        of_own: whether to reach into own layers and models as well. Their classes make exact
            layers, so that a model with others in their places cannot be loaded from a file.
    """
    if is_graph(layer):
        return list(layer.layers)
    if type(layer) in REPLACEMENTS:
        return []
    own = is_own(layer)
    return (
        sublayers(layer)
        if isinstance(layer, keras.layers.TimeDistributed) or own and of_own
        else []
    )


def is_own(layer: Any) -> bool:
    """Return whether the class of a layer or model is none of Keras'."""
    return type(layer).__module__.partition(".")[0] != "keras"


def why_exact(layer: Any) -> str:
    """Return the reason for which a layer or operation stays exact."""
    if not _channels_last(layer):
        return "data_format is channels_first, only channels_last is supported"
    if _quantized(layer):
        return (
            f"Keras quantized it ({_quantized(layer)}), its float weights are gone; convert the "
            "model before model.quantize()"
        )
    if type(layer) in REPLACEMENTS:
        return "no multiplier was assigned to it"
    if isinstance(layer, keras.Model):
        return (
            "a subclass of keras.Model inside another model, whose class makes its layers: "
            "convert it on its own, or make it a functional model"
        )
    return f"{type(layer).__name__} has no approximate counterpart"


def _channels_last(layer: Any) -> bool:
    return getattr(layer, "data_format", "channels_last") == "channels_last"


def _quantized(layer: Any) -> Any:
    """Return how `model.quantize` quantized the layer, None if it did not."""
    return getattr(layer, "quantization_mode", None)
