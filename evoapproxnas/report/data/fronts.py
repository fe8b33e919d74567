"""Pareto fronts in any objectives, their baselines, and what several seeds attain."""

from collections.abc import Sequence

import moocore
import numpy as np
import pandas as pd

from evoapproxnas.config import MULTIPLIER_ENERGY, SYSTEM_FIGURES
from evoapproxnas.constraints import Ranking
from evoapproxnas.errors import ConfigError
from evoapproxnas.pareto import non_dominated
from evoapproxnas.report.data.axes import Axis, axes_in, axes_of, axis_of
from evoapproxnas.report.data.grouping import label_runs
from evoapproxnas.report.data.points import finite, points_frame
from evoapproxnas.store import Run

QUARTILES = (0.25, 0.5, 0.75)
_BASELINES = {"exact 8-bit": "exact8", "float": "float"}
_OF_ARCHITECTURE = ("macs", "parameters", "depth", "memory_kb")
"""Figures that no multiplier changes."""


def front_frame(
    runs: Sequence[Run], objectives: Sequence[str] | None = None, *, points: bool = False
) -> pd.DataFrame:
    """List the front of each run in the objectives that are asked for.

    The test set selects nothing: for `test_accuracy` the front is that in `accuracy`, of which
    those members are listed that were tested.

    Args:
        runs: what is compared.
        objectives: columns of `points_frame`; None: those of the runs, errors of trained networks
            as `accuracy`, or `test_accuracy` where all members of all fronts were tested. Beside
            figures of a system stands the multiplier energy that is part of it; it selects
            nothing.
        points: list all other points, too.

    Returns:
        Rows of `points_frame`, with a column `member`: whether the point is on its run's front in
        these objectives, among the points within the run's limits. By `run`, then by the last
        objective. Copies, and points that lack one of the objectives, are left out.
        `attrs["objectives"]` maps the columns to `min` or `max`.

    Raises:
        ConfigError: for a column that there is not, or runs without common objectives.
        StoreError: if a run cannot be read.
    """
    table = points_frame(runs)
    axes = axes_of(objectives, runs, table.columns)
    if objectives is None:
        axes = _tested(table, axes)
    shown = axes if objectives else _with_multiplier_energy(axes, table)
    names = [axis.name for axis in shown]
    selecting = tuple(axis_of(_selecting(axis, table), runs) for axis in axes)
    known = finite(table[~table["copied"].astype(bool)], [axis.name for axis in selecting])
    kept = [known.iloc[:0].assign(member=False)]
    for labelled in label_runs(runs):
        own = known[known["run"] == labelled.label]
        member = non_dominated(_vectors(own, selecting, labelled.run.ranking))
        kept.append(own.assign(member=member))
    found = finite(pd.concat(kept), names)
    found = found if points else found[found["member"]]
    found = found.assign(member=found["member"].astype(bool))
    found = found.sort_values(["run", names[-1]], kind="stable", ignore_index=True)
    found.attrs["objectives"] = {axis.name: axis.direction for axis in shown}
    return found


def _with_multiplier_energy(axes: tuple[Axis, ...], table: pd.DataFrame) -> tuple[Axis, ...]:
    names = {axis.name for axis in axes}
    if not names & set(SYSTEM_FIGURES) or MULTIPLIER_ENERGY in names:
        return axes
    known = MULTIPLIER_ENERGY in table and table[MULTIPLIER_ENERGY].notna().any()
    return (*axes, axis_of(MULTIPLIER_ENERGY)) if known else axes


def _tested(table: pd.DataFrame, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    front = table[table["on_front"].astype(bool)]
    whole = "test_accuracy" in front and len(front) and front["test_accuracy"].notna().all()
    return tuple(axis_of("test_accuracy") if whole and a.name == "accuracy" else a for a in axes)


def _selecting(axis: Axis, table: pd.DataFrame) -> str:
    """The figure that decides about a test figure: that of the validation images."""
    name = axis.name.removeprefix("test_")
    return name if name in table else axis.name


def _vectors(rows: pd.DataFrame, axes: Sequence[Axis], ranking: Ranking) -> np.ndarray:
    limited = [limit.name for limit in ranking.limits if limit.name in rows]
    columns = list(dict.fromkeys([*(axis.name for axis in axes), *limited]))
    chosen = Ranking({axis.name: axis.direction for axis in axes}, ranking.limits)
    return chosen.vectors(
        {name: value for name, value in zip(columns, row, strict=True) if not np.isnan(value)}
        for row in rows[columns].to_numpy(dtype=np.float64)
    )


def baseline_frame(front: pd.DataFrame, objectives: Sequence[str] | None = None) -> pd.DataFrame:
    """Return what members of a front would be with exact 8-bit multipliers, and in float.

    Args:
        front: of `front_frame`.
        objectives: columns of it; None: those of the front.

    Returns:
        Rows `run`, `group`, `id`, `kind` ("exact 8-bit" or "float") and the objectives. In float
        a network stands at its exact 8-bit energy, as no 8-bit multiplier has a part in it. Rows
        with a figure that is not known, such as exact 8-bit system energy, are left out.
    """
    names = list(objectives or front.attrs["objectives"])
    tables = [
        pd.DataFrame(
            {
                **{name: front[name] for name in ("run", "group", "id")},
                "kind": kind,
                **{name: _baseline(front, name, prefix) for name in names},
            }
        )
        for kind, prefix in _BASELINES.items()
    ]
    return finite(pd.concat(tables, ignore_index=True), names).reset_index(drop=True)


def _baseline(front: pd.DataFrame, name: str, prefix: str) -> pd.Series:
    split = "test_" if name.startswith("test_") else ""
    own = f"{split}{prefix}_{name.removeprefix('test_')}"
    if own in front:
        return front[own]
    if name in _OF_ARCHITECTURE:
        return front[name]
    if name == "relative_energy":
        return pd.Series(1.0, front.index)
    if f"exact8_{name}" in front:
        return front[f"exact8_{name}"]
    return pd.Series(np.nan, front.index)


def attainment_frame(
    front: pd.DataFrame,
    objectives: Sequence[str] | None = None,
    *,
    shares: Sequence[float] = QUARTILES,
) -> pd.DataFrame:
    """Return what given shares of the runs of each group attain, in two objectives.

    Source: Fonseca, Guerreiro, Lopez-Ibanez, Paquete, "On the computation of the empirical
    attainment function", EMO 2011; computed by moocore.

    Args:
        front: of `front_frame`; groups of one run give nothing.
        objectives: two columns of it; None: those of the front.
        shares: of the runs: 0.5 is the median.

    Returns:
        Rows `group`, `share`, and the two objectives: corners of the surface that this share of
        the runs attains, by the second objective.

    Raises:
        ConfigError: for other than two objectives.
    """
    names = list(objectives or front.attrs["objectives"])
    front = front[front["member"]]
    if len(names) != 2:
        raise ConfigError(f"attainment is drawn in two objectives, got {', '.join(names)}")
    signs = np.array([axis.sign for axis in axes_in(front, names)])
    tables = [pd.DataFrame(columns=["group", "share", *names])]
    for group, rows in front.groupby("group", sort=False):
        sets = rows["run"].astype("category").cat.codes.to_numpy()
        if len(set(sets)) < 2:
            continue
        order = np.argsort(sets, kind="stable")
        vectors = (signs * rows[names].to_numpy(dtype=np.float64))[order]
        percents = [100.0 * share for share in shares]
        corners = moocore.eaf(vectors, sets[order], percentiles=percents)
        table = pd.DataFrame(signs * corners[:, :2], columns=names)
        table.insert(0, "share", corners[:, 2] / 100.0)
        table.insert(0, "group", group)
        tables.append(table.sort_values(["share", names[1]], kind="stable"))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
