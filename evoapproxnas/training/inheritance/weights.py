"""The weights of a model by layer: out of it, into one of the same architecture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError

Weights = Mapping[str, tuple[npt.NDArray[np.float32], ...]]
"""A layer's variables in Keras' order by the layer's name; layers without any are left out."""


def weights_of(model: Any) -> dict[str, tuple[npt.NDArray[np.float32], ...]]:
    """Copy the weights of a model, the statistics of batch normalizations included.

    Args:
        model: a built Keras model; seeds of dropout are no weights.

    Returns:
        By layer, arrays of the shapes and in the order of Keras.
    """
    return {
        layer.name: tuple(np.array(value, np.float32) for value in layer.get_weights())
        for layer in model.layers
        if layer.weights
    }


def load_weights(model: Any, weights: Weights) -> None:
    """Give a model the weights of another one of the same architecture, exactly.

    Args:
        model: a built Keras model; it is changed only if all of the weights fit.
        weights: as `weights_of` returns them.

    Raises:
        ConfigError: a layer is missing, is too many or has variables of other shapes.
    """
    layers = {layer.name: layer for layer in model.layers if layer.weights}
    for name in [*layers, *(name for name in weights if name not in layers)]:
        expected = _shapes(layers[name].weights) if name in layers else None
        received = _shapes(weights[name]) if name in weights else None
        if expected != received:
            raise ConfigError(
                f"weights of layer {name!r}: model {model.name!r} expects "
                f"{expected or 'no such layer'}, got {received or 'nothing'}; give it weights of "
                f"the same architecture, or let it `inherit` from another one"
            )
    for name, layer in layers.items():
        layer.set_weights(list(weights[name]))


def _shapes(variables: Sequence[Any]) -> list[tuple[int, ...]]:
    return [tuple(variable.shape) for variable in variables]
