"""Weights as bytes: for the store, and between processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from evoapproxnas.errors import StoreError
from evoapproxnas.files import decode_json, encode_json, pack_arrays, unpack_arrays
from evoapproxnas.training.inheritance.weights import Weights

_FORMAT = 1
_LARGEST = 2**30
"""Bytes of weights: a hundred times those of the largest networks that are searched."""


@dataclass(frozen=True)
class _Layer:
    name: str
    variables: Annotated[int, Field(ge=1, le=1000)]


@dataclass(frozen=True)
class _Head:
    """What stands beside the arrays, which are numbered through all layers."""

    format: int
    layers: tuple[_Layer, ...]
    notes: Mapping[str, Any]


def pack_weights(weights: Weights, *, notes: Mapping[str, Any]) -> bytes:
    """Return weights as the content of a `.npz` file; equal weights give equal bytes.

    Args:
        weights: as `weights_of` returns them.
        notes: what is to be known of them, ready for JSON: the network, the image passes.
    """
    layers = tuple(_Layer(name, len(arrays)) for name, arrays in weights.items())
    head = encode_json(_Head(_FORMAT, layers, dict(notes)))
    values = [array for arrays in weights.values() for array in arrays]
    numbered = {f"{i:06d}": np.ascontiguousarray(v, np.float32) for i, v in enumerate(values)}
    return pack_arrays({"head": np.array(head), **numbered})


def unpack_weights(data: bytes, *, where: str) -> tuple[Weights, Mapping[str, Any]]:
    """Return the weights and notes that were packed.

    Args:
        data: what `pack_weights` returned.
        where: where they were found, for errors.

    Raises:
        StoreError: they are damaged, larger than a gigabyte or of a newer version.
    """
    try:
        return _unpacked(data, where)
    except StoreError as error:
        raise StoreError(
            f"{error}; weights that cannot be read are lost: train this network again"
        ) from None


def _unpacked(data: bytes, where: str) -> tuple[Weights, Mapping[str, Any]]:
    arrays = unpack_arrays(data, where=where, largest=_LARGEST)
    if "head" not in arrays:
        raise StoreError(f"{where} holds no list of layers")
    head = decode_json(_Head, str(arrays.pop("head")), where=where)
    if head.format != _FORMAT:
        raise StoreError(
            f"{where}: expected weights of format {_FORMAT}, got {head.format}; a newer version "
            f"of evoapproxnas may have written them"
        )
    names = [f"{i:06d}" for i in range(sum(layer.variables for layer in head.layers))]
    if sorted(arrays) != names or any(a.dtype != np.float32 for a in arrays.values()):
        raise StoreError(
            f"{where}: expected {len(names)} arrays of float32, got {len(arrays)} arrays"
        )
    remaining = iter(names)
    weights = {
        layer.name: tuple(arrays[next(remaining)] for _ in range(layer.variables))
        for layer in head.layers
    }
    if len(weights) != len(head.layers):
        raise StoreError(f"{where}: a layer is listed twice")
    return weights, head.notes
