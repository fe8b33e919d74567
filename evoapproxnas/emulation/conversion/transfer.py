"""The state of a layer's copy: the original's, with a batch normalization folded in."""

from collections.abc import Iterator
from typing import Any

import keras

from evoapproxnas.emulation.conversion.folding import Weights, fold
from evoapproxnas.emulation.layers import ApproxSeparableConv2D, EmulatedLayer
from evoapproxnas.private_apis import sublayers


def transfer(original: Any, copy: Any, norm: keras.layers.BatchNormalization | None) -> None:
    """Give `copy` all that `original` has: weights, those of the layers in it, and what is frozen.

    Args:
        original: a built layer.
        copy: the same layer, or its approximate counterpart; built.
        norm: to be folded into an approximate counterpart.
    """
    if isinstance(copy, ApproxSeparableConv2D):
        _assign(copy.depthwise, original.depthwise_kernel, None, None)
        _assign(copy.pointwise, original.pointwise_kernel, original.bias, norm)
        _transfer_activation(original, copy.pointwise)
    elif isinstance(copy, EmulatedLayer):
        _assign(copy, original.kernel, original.bias, norm)
        _transfer_activation(original, copy)
    else:
        _transfer_state(original, copy)


def _assign(
    layer: Any, kernel: Any, bias: Any, norm: keras.layers.BatchNormalization | None
) -> None:
    to_numpy = keras.ops.convert_to_numpy
    weights = Weights(to_numpy(kernel), None if bias is None else to_numpy(bias))
    if norm is not None:
        weights = fold(weights, norm, output_axes=layer.output_axes)
    layer.kernel.assign(weights.kernel)
    if weights.bias is not None:
        layer.bias.assign(weights.bias)


def _transfer_activation(original: Any, copy: Any) -> None:
    """An activation can be a layer with weights, such as PReLU."""
    if isinstance(original.activation, keras.Layer):
        transfer(original.activation, copy.activation, None)


def _transfer_state(original: Any, copy: Any) -> None:
    """Use what Keras saves and loads, so that whatever survives saving survives here."""
    for ours, theirs in _pairs(original, copy):
        if ours.built and not theirs.built:
            theirs.build_from_config(ours.get_build_config() or {})
        store: dict[str, Any] = {}
        ours.save_own_variables(store)
        to_numpy = keras.ops.convert_to_numpy
        theirs.load_own_variables({name: to_numpy(value) for name, value in store.items()})
        if ours.trainable != theirs.trainable:
            theirs.trainable = ours.trainable
    for ours, theirs in zip(original.weights, copy.weights, strict=False):
        if ours.trainable != theirs.trainable:
            theirs.trainable = ours.trainable
    for ours, theirs in zip(_unsaved(original), _unsaved(copy), strict=False):
        if ours.shape == theirs.shape and ours.dtype == theirs.dtype:
            theirs.assign(ours)


def _unsaved(layer: Any) -> list[Any]:
    """Return the variables that are no weights: states of random generators."""
    weights = {id(weight) for weight in layer.weights}
    return [variable for variable in layer.variables if id(variable) not in weights]


def _pairs(original: Any, copy: Any) -> Iterator[tuple[Any, Any]]:
    """Yield a layer and its copy, then the layers in them, holders first."""
    yield original, copy
    for ours, theirs in zip(sublayers(original), sublayers(copy), strict=False):
        yield from _pairs(ours, theirs)
