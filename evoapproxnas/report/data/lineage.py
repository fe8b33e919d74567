"""Who descends from whom: candidates, what made them, and what they came to."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from evoapproxnas.records import Candidate, CandidateId
from evoapproxnas.report.data.axes import axes_of
from evoapproxnas.report.data.points import points_frame
from evoapproxnas.store import Run


def lineage_frame(run: Run) -> pd.DataFrame:
    """List all candidates with their parents, in order of birth.

    Args:
        run: whose candidates they are.

    Returns:
        One row for each candidate: `id`, `generation`, `position`; `operator` that made it
        ("drawn" without parents, "varied" where it was not recorded); `state` (see schema.sql:
        evaluated, infeasible, stopped, rejected, failed, lost, proposed), "copied" where it is
        the same network as an earlier one; `parent`, the first of them, and `parents`, their ids
        with spaces between; empty where there is none;
        `on_front`: has a point in the run's archive; `ancestor`: is one, or has a descendant that
        is; `points`: how many it has; for each objective the figure of its best point in the
        first objective (for trained networks `accuracy` beside `error`), NaN without points;
        `x`, `y`: a place to draw it at: how many generations of its first parents it has to the
        right, families together.

    Raises:
        StoreError: if the run cannot be read.
    """
    with run.database.snapshot():
        candidates, states = run.database.candidates(), run.database.states()
        copies, points = run.database.cache_hits(), points_frame([run])
    best = _best(points, run)
    front = set(points.loc[points["on_front"].astype(bool), "candidate"])
    counts = points["candidate"].value_counts()
    useful = _ancestors(candidates, front)
    slots, steps = _slots(candidates), _descent(candidates)
    rows = [
        {
            "id": str(c.id),
            "generation": c.id.generation,
            "position": c.id.index,
            "operator": c.operator or ("varied" if c.parents else "drawn"),
            "state": "copied" if c.id in copies else states[c.id],
            "parent": str(c.parents[0]) if c.parents else "",
            "parents": " ".join(map(str, c.parents)),
            "on_front": str(c.id) in front,
            "ancestor": c.id in useful,
            "points": int(counts.get(str(c.id), 0)),
            **{name: best.get(str(c.id), {}).get(name, np.nan) for name in _figures(points, run)},
            "x": float(steps[c.id]),
            "y": slots[c.id],
        }
        for c in candidates.values()
    ]
    columns = (
        *("id", "generation", "position", "operator", "state", "parent", "parents", "on_front"),
        *("ancestor", "points", *_figures(points, run), "x", "y"),
    )
    return pd.DataFrame(rows, columns=list(columns))


def _figures(points: pd.DataFrame, run: Run) -> list[str]:
    names = list(run.ranking.directions)
    return [*names, "accuracy"] if "accuracy" in points and "error" in names else names


def _best(points: pd.DataFrame, run: Run) -> Mapping[str, Mapping[str, Any]]:
    """Figures of the best point of each candidate, by its id."""
    if points.empty:
        return {}
    names = _figures(points, run)
    first = axes_of(None, [run], run.ranking.directions)[0]
    ordered = points.sort_values(first.name, ascending=first.direction == "min", kind="stable")
    table = ordered.drop_duplicates("candidate").set_index("candidate")[names]
    return {str(name): dict(zip(names, row, strict=True)) for name, *row in table.itertuples()}


def _ancestors(candidates: Mapping[CandidateId, Candidate], front: set[str]) -> set[CandidateId]:
    found: set[CandidateId] = set()
    waiting = [name for name in candidates if str(name) in front]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += candidates[name].parents if name in candidates else ()
    return found


def _descent(candidates: Mapping[CandidateId, Candidate]) -> dict[CandidateId, int]:
    """How many first parents are above each candidate; parents are born before children."""
    found: dict[CandidateId, int] = {}
    for name in sorted(candidates):
        parents = candidates[name].parents
        found[name] = found[parents[0]] + 1 if parents and parents[0] in found else 0
    return found


def _slots(candidates: Mapping[CandidateId, Candidate]) -> dict[CandidateId, float]:
    """Lay families out side by side: leaves in order, parents amid their children."""
    children: dict[CandidateId, list[CandidateId]] = {name: [] for name in candidates}
    roots = []
    for candidate in candidates.values():
        if candidate.parents and candidate.parents[0] in children:
            children[candidate.parents[0]].append(candidate.id)
        else:
            roots.append(candidate.id)
    order = _depth_first(roots, children)
    slots: dict[CandidateId, float] = {}
    leaves = iter(range(len(order)))
    for name in order:
        if not children[name]:
            slots[name] = float(next(leaves))
    for name in reversed(order):  # Children come after their parents.
        if children[name]:
            slots[name] = float(np.mean([slots[child] for child in children[name]]))
    return slots


def _depth_first(
    roots: Sequence[CandidateId], children: Mapping[CandidateId, Sequence[CandidateId]]
) -> list[CandidateId]:
    order, waiting = [], list(reversed(roots))
    while waiting:
        name = waiting.pop()
        order.append(name)
        waiting += reversed(children[name])
    return order
