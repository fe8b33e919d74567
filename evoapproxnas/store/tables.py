"""Figures of candidates as a table, a row each."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evoapproxnas.config import MULTIPLIER_ENERGY, SYSTEM_FIGURES
from evoapproxnas.records import Point, PointId


@dataclass(frozen=True)
class Measured:
    """What is known of one point.

    Attributes:
        id: of the point.
        point: its figures and assignment.
        test: figures of test images by name, if any.
    """

    id: PointId
    point: Point
    test: Mapping[str, float]


def figures_table(directions: Mapping[str, str], candidates: Iterable[Measured]) -> pd.DataFrame:
    """Make a table, best first objective first.

    Args:
        directions: `min` or `max` by objective.
        candidates: its rows.

    Returns:
        Columns `id`, the objectives, every other figure by name, `test_*` where there are test
        figures, `accelerator` where figures depend on one, and `multipliers` with the layers that
        use each. Where there are figures of a system, the multiplier energy that is part of it
        comes right after them.
    """
    rows = [_row(directions, candidate) for candidate in candidates]
    if not rows:
        return pd.DataFrame(columns=["id", *directions, "multipliers"])
    leading, direction = next(iter(directions.items()))
    table = pd.DataFrame(rows)
    keys, ascending = [leading, "id"], [direction == "min", True]
    table = table.sort_values(keys, ascending=ascending, ignore_index=True)
    return table[[c for c in table if c != "multipliers"] + ["multipliers"]]


def _row(directions: Mapping[str, str], candidate: Measured) -> dict[str, Any]:
    metrics = dict(sorted(candidate.point.metrics.items()))
    objectives = {name: metrics.get(name, math.nan) for name in directions}
    system = {name: metrics[name] for name in SYSTEM_FIGURES if name in metrics}
    if system and MULTIPLIER_ENERGY in metrics:
        system[MULTIPLIER_ENERGY] = metrics[MULTIPLIER_ENERGY]
    test = {f"test_{name}": value for name, value in sorted(candidate.test.items())}
    multipliers = _layers_by_multiplier(candidate.point.assignment)
    accelerator = candidate.point.accelerator
    return {
        **{"id": str(candidate.id), **objectives, **system, **metrics, **test},
        **({"accelerator": accelerator} if accelerator else {}),
        "multipliers": multipliers,
    }


def _layers_by_multiplier(assignment: Mapping[str, str]) -> str:
    layers: dict[str, list[str]] = {}
    for layer, multiplier in assignment.items():
        layers.setdefault(multiplier, []).append(layer)
    return "; ".join(f"{name}: {' '.join(layers[name])}" for name in sorted(layers))
