"""Which batch normalizations follow a convolution directly, and the weights after folding them."""

from collections import Counter
from collections.abc import Container
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.conversion.counterparts import is_graph
from evoapproxnas.private_apis import calls_by_depth

Array = npt.NDArray[Any]


class Weights(NamedTuple):
    """Kernel in the layer's own layout, and bias (channels_out,) or None."""

    kernel: Array
    bias: Array | None


def foldable_in_sequence(
    layers: list[keras.layers.Layer], candidates: Container[int]
) -> dict[int, keras.layers.BatchNormalization]:
    """Return, by id of the convolution, the batch norm to fold into it; for a plain sequence.

    Args:
        layers: all layers of the model in order.
        candidates: ids of the layers that may absorb a batch norm.
    """
    return {
        id(layer): norm
        for layer, norm in zip(layers, layers[1:], strict=False)
        if id(layer) in candidates
        and _matches(layer, norm)
        and layers.count(layer) == layers.count(norm) == 1
    }


def foldable_in_graph(
    model: keras.Model, candidates: Container[int]
) -> dict[int, keras.layers.BatchNormalization]:
    """Return, by id of the convolution, the batch norm to fold into it; for a functional model.

    The convolution feeds only the batch norm, both are used once, and the convolution's output
    is not an output of the model.
    """
    nodes = calls_by_depth(model)
    uses: dict[int, int] = {}
    consumers: dict[int, list[Any]] = {}
    for node in nodes:
        uses[id(node.operation)] = uses.get(id(node.operation), 0) + 1
        for tensor in node.input_tensors:
            consumers.setdefault(id(tensor), []).append(node.operation)
    outputs = {id(tensor) for tensor in keras.tree.flatten(model.outputs)}
    found = {}
    for node in nodes:
        layer = node.operation
        if id(layer) not in candidates or uses[id(layer)] != 1:
            continue
        tensor = node.outputs[0]
        followers = consumers.get(id(tensor), [])
        if len(followers) != 1 or id(tensor) in outputs:
            continue
        if uses[id(followers[0])] == 1 and _matches(layer, followers[0]):
            found[id(layer)] = followers[0]
    return found


def shared_layers(model: keras.Model) -> set[int]:
    """Return the ids of the layers that belong to more than one of the models nested in it."""
    models: dict[int, keras.Model] = {}
    waiting = [model]
    while waiting:
        found = waiting.pop()
        if id(found) not in models:
            models[id(found)] = found
            waiting += [layer for layer in found.layers if is_graph(layer)]
    uses = Counter(key for m in models.values() for key in {id(layer) for layer in m.layers})
    return {key for key, count in uses.items() if count > 1}


def fold(
    weights: Weights, norm: keras.layers.BatchNormalization, *, output_axes: tuple[int, ...]
) -> Weights:
    """Return the weights of a layer that does what the layer and `norm` did in inference.

    Args:
        weights: of the layer.
        norm: what follows it.
        output_axes: the axes of the kernel that make up its output channels, from the last.
    """
    to_numpy = keras.ops.convert_to_numpy
    mean, variance = to_numpy(norm.moving_mean), to_numpy(norm.moving_variance)
    factor = 1.0 / np.sqrt(variance + norm.epsilon)
    if norm.scale:
        factor = factor * to_numpy(norm.gamma)
    bias = np.zeros_like(mean) if weights.bias is None else weights.bias
    shift = to_numpy(norm.beta) if norm.center else 0.0
    rank = weights.kernel.ndim
    shape = [n if i - rank in output_axes else 1 for i, n in enumerate(weights.kernel.shape)]
    scaled = weights.kernel * factor.reshape(shape)
    return Weights(scaled.astype(np.float32), ((bias - mean) * factor + shift).astype(np.float32))


def _matches(layer: Any, norm: Any) -> bool:
    if type(norm) is not keras.layers.BatchNormalization or not norm.built:
        return False
    (axis,) = norm.axis if isinstance(norm.axis, (list, tuple)) else (norm.axis,)
    if axis not in (-1, norm.input_spec.ndim - 1):
        return False
    return bool(layer.activation is keras.activations.linear)
