"""The state of a training on disk: complete, written at once, and checked when it is read."""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError, StoreError
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


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; whoever kills the process meanwhile leaves the previous one intact.

    Raises:
        StoreError: if the file cannot be written.
    """
    history = [asdict(record) for record in checkpoint.history]
    meta = json.dumps({"recipe": checkpoint.recipe, "history": history})
    arrays = _numbered("state", checkpoint.state) | _numbered("selected", checkpoint.selected)
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, meta=np.array(meta), **arrays)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(f"cannot write checkpoint {path}: {error.strerror}") from None


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
        with np.load(path, allow_pickle=False) as file:
            meta = json.loads(str(file["meta"]))
            arrays = {name: file[name] for name in file.files if name != "meta"}
        history = tuple(EpochRecord(**record) for record in meta["history"])
        found = meta["recipe"]
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise StoreError(
            f"cannot read checkpoint {path}: {error}; remove it to train from the start"
        ) from None
    _check_recipe(path, found, json.loads(json.dumps(recipe)))
    return Checkpoint(
        recipe=found,
        history=history,
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
