"""The front as the table that people read first."""

import pandas as pd

from evoapproxnas.config import SYSTEM_FIGURES

_OF_NETWORKS = ("float_error", "exact8_error", "energy_nj", "exact8_energy_nj")
"""Figures that fronts of networks have, and those of other problems may lack."""


def front_overview(front: pd.DataFrame) -> pd.DataFrame:
    """Pick the telling columns of `Run.front()`, the most telling first, accuracies in percent.

    Figures of a system stand beside the multiplier energy that is part of it.

    Args:
        front: as `Run.front` returns it.
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
