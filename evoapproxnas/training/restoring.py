"""A network's float model with the weights that a training left."""

from typing import Any

import keras

from evoapproxnas.networks import Network
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.training.inheritance import (
    load_weights,
    pack_weights,
    unpack_weights,
    weights_of,
)


def packed(model: keras.Model, *, mean: Any, variance: Any) -> bytes:
    """Pack the weights of a model with what its input is normalized by; see `restored`."""
    notes = {"mean": list(map(float, mean)), "variance": list(map(float, variance))}
    return pack_weights(weights_of(model), notes=notes)


def restored(network: Network, data: bytes, *, where: str) -> keras.Model:
    """Build a network's model with packed weights.

    Args:
        network: of the architecture that was trained.
        data: what `packed` returned.
        where: they came from, for messages.

    Raises:
        StoreError: if they are damaged, or of another network.
    """
    weights, notes = unpack_weights(data, where=where)
    model = build_model(network, mean=notes.get("mean"), variance=notes.get("variance"))
    load_weights(model, weights)
    return model
