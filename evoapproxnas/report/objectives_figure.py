"""Fronts in the objectives of their runs, for problems that have no multipliers to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evoapproxnas.config import MULTIPLIER_ENERGY, SYSTEM_FIGURES
from evoapproxnas.errors import StoreError
from evoapproxnas.report.front import nonempty_front
from evoapproxnas.report.style import color_of, plain
from evoapproxnas.store import Run

Values = NDArray[np.float64]


@dataclass(frozen=True)
class ObjectivePoints:
    """What one run found, by objective.

    Attributes:
        label: name of the run.
        front: figures of the front's members, each of shape (n,).
        tested: test figures of objectives that all members have, likewise.
        others: figures of all other points, each of shape (m,).
    """

    label: str
    front: Mapping[str, Values]
    tested: Mapping[str, Values]
    others: Mapping[str, Values]


def objective_points(run: Run) -> ObjectivePoints:
    """Collect a run's points; multiplier energy beside the figures of a system that it is part of.

    Raises:
        StoreError: if nothing was evaluated yet.
    """
    front, everything = nonempty_front(run), run.evaluations()
    names = list(run.ranking.directions)
    if set(names) & set(SYSTEM_FIGURES) and MULTIPLIER_ENERGY in front:
        names = list(dict.fromkeys([*names, MULTIPLIER_ENERGY]))
    tested = [n for n in names if f"test_{n}" in front and front[f"test_{n}"].notna().all()]
    others = everything[~everything["id"].isin(front["id"])]
    return ObjectivePoints(
        run.name,
        {name: _values(front, name) for name in names},
        {name: _values(front, f"test_{name}") for name in tested},
        {name: _values(others, name) for name in names},
    )


def _values(table: pd.DataFrame, name: str) -> Values:
    return table[name].to_numpy(dtype=np.float64)


def draw_objectives(runs: Sequence[ObjectivePoints]) -> Figure:
    """Draw the first objective against each of the others, a panel each.

    Raises:
        StoreError: if the runs have different objectives.
    """
    names = list(runs[0].front)
    for run in runs[1:]:
        if list(run.front) != names:
            raise StoreError(
                f"runs {runs[0].label} and {run.label} have other objectives "
                f"({', '.join(names)}; {', '.join(run.front)}), so they share no figure"
            )
    score, costs = names[0], names[1:]
    figure = Figure(figsize=(1.2 + 5.4 * len(costs), 4.4), layout="constrained")
    panels = figure.subplots(1, len(costs), sharey=True, squeeze=False)[0]
    for axes, cost in zip(panels, costs, strict=True):
        for number, run in enumerate(runs):
            color = color_of(number)
            _draw(axes, run, cost, score, color, only=len(runs) == 1)
        axes.set_xlabel(cost)
        plain(axes, which="major")
    panels[0].set_ylabel(score)
    panels[0].legend(frameon=False, loc="best")
    return figure


def _draw(
    axes: Axes, run: ObjectivePoints, cost: str, score: str, color: str, *, only: bool
) -> None:
    """Draw one run; a hollow mark is what a member of the front comes to in the test."""
    label = "front" if only else run.label
    axes.scatter(run.others[cost], run.others[score], color=color, alpha=0.2, s=9, linewidths=0)
    axes.scatter(run.front[cost], run.front[score], color=color, s=30, zorder=3, label=label)
    if score in run.tested:
        axes.scatter(
            *(run.tested.get(cost, run.front[cost]), run.tested[score]),
            s=30,
            facecolors="none",
            edgecolors=color,
            zorder=2,
            label="the same in the test" if only else None,
        )
