"""The numbers behind front tables and figures, taken from a run's front."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evoapproxnas.config import SYSTEM_FIGURES
from evoapproxnas.errors import StoreError, command
from evoapproxnas.store import Run

Values = NDArray[np.float64]

_OF_NETWORKS = ("float_error", "exact8_error", "energy_nj", "exact8_energy_nj")
"""Figures that fronts of networks have, and those of other problems may lack."""


@dataclass(frozen=True)
class FrontPoints:
    """One run's front and its baselines, a row a network, by rising energy.

    Attributes:
        label: name of the run.
        split: which images the accuracies are of, `test` or `validation`.
        energy_nj: multiplier energy of one inference, shape (n,).
        accuracy: of the approximated networks, 0..1, shape (n,).
        exact8_energy_nj: of the same networks with the exact 8-bit multiplier, shape (n,).
        exact8_accuracy: likewise, 0..1.
        float_accuracy: of the same networks before quantization, 0..1.
        system: figures of the accelerators that they are on, by name, each of shape (n,).
    """

    label: str
    split: str
    energy_nj: Values
    accuracy: Values
    exact8_energy_nj: Values
    exact8_accuracy: Values
    float_accuracy: Values
    system: Mapping[str, Values] = field(default_factory=dict)


def front_points(run: Run) -> FrontPoints:
    """Collect a run's front; test accuracies where all members have them, else validation.

    Raises:
        StoreError: if nothing was evaluated yet, or what was searched are no networks.
    """
    front = nonempty_front(run)
    if missing := [name for name in _OF_NETWORKS if name not in front]:
        raise StoreError(
            f"run {run.name} searched {run.config.problem!r}, which has no {missing[0]} to draw"
        )
    accuracies = _accuracies(front)
    system = [name for name in SYSTEM_FIGURES if name in front]
    table = pd.concat([front[["energy_nj", "exact8_energy_nj", *system]], accuracies], axis=1)
    table = table.sort_values("energy_nj")
    columns = {str(name): table[name].to_numpy(dtype=np.float64) for name in table}
    figures = {name: columns.pop(name) for name in system}
    return FrontPoints(label=run.name, split=_split(front), system=figures, **columns)


def nonempty_front(run: Run) -> pd.DataFrame:
    """Return a run's front.

    Raises:
        StoreError: if nothing was evaluated yet.
    """
    front = run.front()
    if front.empty:
        raise StoreError(
            f"run {run.name} has no evaluated network yet, so there is nothing to draw; see "
            "its failures with: "
            + command("show", run.name, "--failures", runs_dir=run.path.parent)
        )
    return front


def front_overview(front: pd.DataFrame) -> pd.DataFrame:
    """Pick the telling columns of `Run.front()`, the most telling first, accuracies in percent.

    Figures of a system stand beside the multiplier energy that is part of it.
    """
    if front.empty:
        return front
    if not set(_OF_NETWORKS) <= set(front):
        return front.drop(columns="multipliers")  # Of another problem: all that there is.
    accuracies = (100 * _accuracies(front)).round(2)
    columns = {f"{name} %": accuracies[name] for name in accuracies}
    system = [name for name in SYSTEM_FIGURES if name in front]
    sizes = front[["energy_nj", "relative_energy", *system, "parameters", "macs"]]
    sizes = sizes.astype({"parameters": int, "macs": int})
    table = pd.concat([front[["id"]], pd.DataFrame(columns), sizes], axis=1)
    leading = ["id", "accuracy %", *system, "energy_nj", "relative_energy"]
    table = table[leading + [column for column in table if column not in leading]]
    if "accelerator" in front:
        table["accelerator"] = front["accelerator"]
    table["multipliers"] = [_names(text) for text in front["multipliers"]]
    return table.rename(columns={"accuracy %": f"{_split(front)} accuracy %"})


def _accuracies(front: pd.DataFrame) -> pd.DataFrame:
    if _split(front) == "test":
        names = ("accuracy", "exact8_accuracy", "float_accuracy")
        return front[[f"test_{name}" for name in names]].set_axis(names, axis=1)
    errors = {
        "accuracy": "error",
        "exact8_accuracy": "exact8_error",
        "float_accuracy": "float_error",
    }
    return pd.DataFrame({name: 1.0 - front[error] for name, error in errors.items()})


def _split(front: pd.DataFrame) -> str:
    tested = "test_accuracy" in front and bool(front["test_accuracy"].notna().all())
    return "test" if tested else "validation"


def _names(text: str) -> str:
    """Multipliers of a network with the number of layers that use each."""
    parts = [part.partition(": ") for part in text.split("; ")]
    return ", ".join(f"{len(layers.split())} x {name}" for name, _, layers in parts)
