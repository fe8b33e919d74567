"""How the front of runs grew: hypervolume over evaluations, passes and time."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from evoapproxnas.pareto import Points, hypervolume, non_dominated, reference_point
from evoapproxnas.report.data.axes import common_objectives
from evoapproxnas.report.data.fronts import QUARTILES
from evoapproxnas.report.data.grouping import label_runs
from evoapproxnas.report.data.points import finite, points_frame
from evoapproxnas.report.data.timeline import timeline_frame
from evoapproxnas.store import Run

Over = Literal["evaluation", "seconds", "passes", "trained_seconds"]
COLUMNS = ("run", "group", "id", "evaluation", "seconds", "passes", "trained_seconds")


def progress_frame(
    runs: Sequence[Run], *, reference: Sequence[float] | None = None
) -> pd.DataFrame:
    """Follow the hypervolume of each run's front, in the objectives that all runs share.

    One reference for all runs, so that their curves compare: it is a tenth of the range worse
    than the worst of all members that any run's front ever had. Volumes are given as shares of
    the box between it and the best value of each objective, so units do not matter.

    Args:
        runs: what is compared.
        reference: a value of each objective, in its own unit; None chooses as above.

    Returns:
        One row for each step that was worked on, in order: `run`, `group`, `id` of the step,
        `evaluation`, `seconds`, `passes`, `trained_seconds` as in `timeline_frame`;
        `hypervolume`, 0..1; `front_size`, in these objectives. A run without points keeps 0.
        `attrs["reference"]` maps objectives to the reference.

    Raises:
        ConfigError: if the runs have no objectives in common.
        StoreError: if a run cannot be read.
    """
    labelled, names = label_runs(runs), common_objectives(runs)
    signs = np.array([1.0 if runs[0].ranking.directions[n] == "min" else -1.0 for n in names])
    given = None if reference is None else signs * np.asarray(reference, dtype=np.float64)
    points = points_frame(runs)
    points = finite(
        points[points["feasible"].astype(bool) & ~points["copied"].astype(bool)], names
    )
    grown = []
    for one in labelled:
        timeline = timeline_frame(one.run)
        timeline = timeline[~timeline["outcome"].isin(["copied", "rejected"])]
        own = points[points["run"] == one.label]
        vectors = _by_step(own["step"], signs * own[names].to_numpy(dtype=np.float64))
        timeline = timeline.assign(run=one.label, group=one.group)
        grown.append(
            (timeline, _growth([vectors.get(step) for step in timeline["id"]], len(names)))
        )
    members = [np.vstack(fronts) for _, fronts in grown if fronts]
    ideal, worst = _box(np.vstack(members) if members else np.empty((0, len(names))), given)
    tables = [
        timeline[list(COLUMNS)].assign(
            hypervolume=_shares(fronts, ideal, worst), front_size=[len(front) for front in fronts]
        )
        for timeline, fronts in grown
    ]
    table = pd.concat(tables, ignore_index=True)
    table.attrs["reference"] = dict(zip(names, (signs * worst).tolist(), strict=True))
    return table


def _by_step(steps: pd.Series, vectors: Points) -> dict[str, Points]:
    """Gather rows by the step that gave them; a group of pandas each would take far longer."""
    rows: dict[str, list[int]] = {}
    for row, step in enumerate(steps):
        rows.setdefault(str(step), []).append(row)
    return {step: vectors[here] for step, here in rows.items()}


def _growth(steps: Sequence[Points | None], objectives: int) -> list[Points]:
    """The front after each step; the same array where a step added nothing to it."""
    front = np.empty((0, objectives))
    found = []
    for vectors in steps:
        if vectors is not None:
            together = np.unique(np.vstack([front, vectors]), axis=0)
            together = together[non_dominated(together)]
            front = front if np.array_equal(together, front) else together
        found.append(front)
    return found


def _box(members: Points, reference: Points | None) -> tuple[Points, Points]:
    """Best values and reference."""
    if not len(members):
        best = np.zeros(members.shape[1])
        return best, best + 1.0 if reference is None else reference
    return members.min(axis=0), reference_point(members) if reference is None else reference


def _shares(fronts: Sequence[Points], ideal: Points, worst: Points) -> list[float]:
    whole = float(np.prod(np.maximum(worst - ideal, 0.0)))
    volumes: dict[int, float] = {}
    for front in fronts:
        if id(front) not in volumes:
            volumes[id(front)] = hypervolume(front, worst) / whole if whole else 0.0
    return [volumes[id(front)] for front in fronts]


def progress_bands(progress: pd.DataFrame, *, over: Over = "evaluation") -> pd.DataFrame:
    """Return median and quartiles of the hypervolume of each group's runs.

    Args:
        progress: of `progress_frame`.
        over: what they are followed over.

    Returns:
        Rows `group`, `over` (under that name), `low`, `median`, `high`, `runs`: their number. A
        group ends where the first of its runs does. Groups of one run have equal quartiles.
    """
    tables = [pd.DataFrame(columns=["group", over, "low", "median", "high", "runs"])]
    for group, rows in progress.groupby("group", sort=False):
        runs = [run.sort_values(over, kind="stable") for _, run in rows.groupby("run")]
        places = np.unique(rows[over].to_numpy(dtype=np.float64))
        places = places[places <= min(float(run[over].max()) for run in runs)]
        at = [np.searchsorted(run[over].to_numpy(), places, side="right") for run in runs]
        curves = [
            np.concatenate([[0.0], run["hypervolume"].to_numpy(dtype=np.float64)])[where]
            for run, where in zip(runs, at, strict=True)
        ]
        low, median, high = np.quantile(np.array(curves), QUARTILES, axis=0)
        columns = {"low": low, "median": median, "high": high, "runs": len(runs)}
        tables.append(pd.DataFrame({"group": group, over: places, **columns}))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
