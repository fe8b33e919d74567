"""Every point of several runs as one table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from evoapproxnas.records import PointId
from evoapproxnas.report.data.grouping import Labelled, label_runs
from evoapproxnas.report.data.timeline import timeline_frame
from evoapproxnas.store import Run

IDENTITY = (
    *("run", "group", "seed", "id", "candidate", "step", "generation", "number"),
    *("evaluation", "seconds", "feasible", "on_front", "copied"),
)
_ERRORS = {"accuracy": "error", "exact8_accuracy": "exact8_error", "float_accuracy": "float_error"}


def points_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """List every point of runs: a training with an assignment, and its figures.

    Args:
        runs: of any problems; those that differ in nothing but the seed form a group.

    Returns:
        One row for each point, in order of birth. First
        `run` (name, or folder/name where two are called alike), `group`, `seed`;
        `id` of the point, `candidate`, `step` (as `g03-05-r1`), `generation`, `number` of the
        point in its step; `evaluation` and `seconds` of `timeline_frame`;
        `feasible`: within the run's limits; `on_front`: in the run's archive, in its own
        objectives; `copied`: figures of an earlier candidate that is the same network.
        Then every figure by name, in its own unit (`energy_nj`, `macs`, ...); errors are shares
        of validation images, 0..1; for trained networks `accuracy`, `exact8_accuracy` and
        `float_accuracy`, which are 1 less those; `test_*` where the test set was evaluated. What
        a run does not know is NaN. Last `multipliers`: "NAME: layer layer; NAME: layer".

    Raises:
        StoreError: if a run cannot be read.
    """
    tables = [_of(labelled) for labelled in label_runs(runs)]
    filled = [table for table in tables if len(table)]
    if not filled:
        return pd.DataFrame(columns=[*IDENTITY, *_objectives(runs), "multipliers"])
    table = pd.concat(filled, ignore_index=True)
    rest = [str(c) for c in table if c not in (*IDENTITY, "multipliers")]
    tests = sorted(c for c in rest if c.startswith("test_"))
    others = [c for c in rest if c not in tests]
    return table[[*IDENTITY, *others, *tests, "multipliers"]]


def _objectives(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(name for run in runs for name in run.ranking.directions))


def _of(labelled: Labelled) -> pd.DataFrame:
    run = labelled.run
    with run.database.snapshot():
        table, front = run.evaluations(), set(map(str, run.archive()))
        copied = run.database.cache_hits()
        steps = timeline_frame(run).set_index("id")
        points = run.points()
    if table.empty:
        return pd.DataFrame()
    broken = {str(name): bool(run.ranking.broken(p.metrics)) for name, p in points.items()}
    order = pd.DataFrame(
        [_place(labelled, name, steps) for name in points], columns=list(IDENTITY[:10])
    )
    order = order.assign(
        feasible=[not broken[name] for name in order["id"]],
        on_front=[name in front for name in order["id"]],
        copied=[name.candidate in copied for name in points],
    )
    return order.merge(_with_accuracies(table, run), on="id", how="left")


def _place(labelled: Labelled, name: PointId, steps: pd.DataFrame) -> tuple[Any, ...]:
    step = str(name.made_in)
    return (
        *(labelled.label, labelled.group, labelled.run.config.seed, str(name)),
        *(str(name.candidate), step, name.candidate.generation, name.number),
        *(int(steps.at[step, "evaluation"]), float(steps.at[step, "seconds"])),  # type: ignore[arg-type]
    )


def _with_accuracies(table: pd.DataFrame, run: Run) -> pd.DataFrame:
    if run.config.problem != "cnn":
        return table
    known = {name: 1.0 - table[error] for name, error in _ERRORS.items() if error in table}
    return table.assign(**known)


def finite(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Leave out rows where one of these figures is missing or not finite."""
    values = table[list(names)].to_numpy(dtype=np.float64)
    return table[np.isfinite(values).all(axis=1)]
