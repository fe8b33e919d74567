"""The state of a training on disk: complete, written at once, and checked when it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json

from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.files import decode_json, encode_json, load_arrays, make_folder, save_arrays
from evoapproxnas.training.result import EpochRecord

Arrays = tuple[npt.NDArray[Any], ...]


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a training needs to go on after an epoch as if nothing had happened.

    Attributes:
        recipe: what decides the training (configuration, seed, data, weights), ready for JSON.
        history: one record per epoch done.
        state: values of all variables: weights, optimizer, average, dropout seeds.
        selected: weights of the best epoch; empty where the last one counts.
    """

    recipe: Mapping[str, Any]
    history: tuple[EpochRecord, ...]
    state: Arrays
    selected: Arrays


@dataclass(frozen=True)
class _Meta:
    """What a checkpoint holds beside arrays."""

    recipe: Mapping[str, Any]
    history: tuple[EpochRecord, ...]


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; whoever kills the process meanwhile leaves the previous one intact.

    Raises:
        StoreError: if the file cannot be written.
    """
    meta = encode_json(_Meta(checkpoint.recipe, checkpoint.history))
    arrays = _numbered("state", checkpoint.state) | _numbered("selected", checkpoint.selected)
    make_folder(path.parent)
    save_arrays(path, {"meta": np.array(meta), **arrays})


def load_checkpoint(path: Path, recipe: Mapping[str, Any]) -> Checkpoint:
    """Read a checkpoint of the same training.

    Args:
        path: the file.
        recipe: of the training that wants to go on.

    Raises:
        StoreError: if the file cannot be read.
        ConfigError: if it belongs to a training with another recipe; says what differs.
    """
    try:
        arrays = load_arrays(path)
        if "meta" not in arrays:
            raise StoreError(f"{path} holds no record of the training")
        meta = decode_json(_Meta, str(arrays["meta"]), where=str(path))
    except StoreError as error:
        raise StoreError(
            f"cannot go on from a checkpoint: {error}; remove it to train from the start"
        ) from None
    _check_recipe(path, meta.recipe, from_json(encode_json(dict(recipe))))
    return Checkpoint(
        recipe=meta.recipe,
        history=meta.history,
        state=_values(arrays, "state"),
        selected=_values(arrays, "selected"),
    )


def _check_recipe(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    differing = [key for key in {**found, **wanted} if found.get(key) != wanted.get(key)]
    if differing:
        told = ", ".join(
            f"{key}: {found.get(key)!r} there, {wanted.get(key)!r} now" for key in differing
        )
        raise ConfigError(
            f"checkpoint {path} belongs to another training ({told}); continue with the same "
            f"settings, or choose another folder"
        )


def _numbered(name: str, arrays: Sequence[npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {f"{name}_{i:04d}": array for i, array in enumerate(arrays)}


def _values(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Arrays:
    return tuple(arrays[key] for key in sorted(arrays) if key.startswith(f"{name}_"))
