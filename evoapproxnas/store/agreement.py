"""Whether the rungs of a run agree on candidates: what a short training says of a long one."""

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evoapproxnas.records import CandidateId, Evaluation, StepId

if TYPE_CHECKING:
    from evoapproxnas.store.run_folder import Run

_SCORE, _SIZE = "error", "macs"


def rung_agreement(run: "Run", *, score: str | None = None) -> pd.DataFrame:
    """Rank correlation between the rungs of a run, overall and among candidates of equal size.

    A candidate counts where it came to both rungs by training of its own; those that were not
    promoted are unknown at the upper one.

    Args:
        run: the run.
        score: figure that ranks candidates, each by its best point; None: `error`, or the first
            objective where there is none.

    Returns:
        One row per pair of rungs that follow each other and have candidates in common; see
        `agreement`.
    """
    score = score or (
        _SCORE if _SCORE in run.ranking.directions else next(iter(run.ranking.directions))
    )
    steps = _rungs_reached(run)
    rows = []
    for reached in steps.values():
        for (rung, lower), (following, upper) in pairwise(sorted(reached.items())):
            rows.append(
                {
                    "rung": rung,
                    "next": following,
                    "lower": _best(lower, score, run),
                    "upper": _best(upper, score, run),
                    "size": lower.metrics.get(_SIZE, 0.0),
                }
            )
    columns = ["rung", "next", "lower", "upper", "size"]
    return agreement(pd.DataFrame(rows, columns=columns).dropna())


def _rungs_reached(run: "Run") -> Mapping[CandidateId, Mapping[int, Evaluation]]:
    """By candidate, what it came to at the end of each rung, by the rung's passes."""
    found: dict[CandidateId, dict[int, Evaluation]] = {}
    spent: dict[CandidateId, float] = {}
    for step, evaluation in sorted(run.database.evaluations().items()):
        if evaluation.training is None or evaluation.weights != step:
            continue
        passes = spent.get(step.candidate, 0.0) + evaluation.training.budget
        spent[step.candidate] = passes
        if passes in run.config.rungs.passes and _goes_on(step, found):
            found.setdefault(step.candidate, {})[int(passes)] = evaluation
    return found


def _goes_on(step: StepId, found: Mapping[CandidateId, Mapping[int, Evaluation]]) -> bool:
    """Whether all steps of a candidate before this one ended at rungs."""
    return len(found.get(step.candidate, {})) == step.step


def _best(evaluation: Evaluation, score: str, run: "Run") -> float:
    values = [p.metrics[score] for p in evaluation.points if score in p.metrics]
    if not values:
        return float("nan")
    maximized = run.ranking.directions.get(score, "min") == "max"
    return -max(values) if maximized else min(values)


def agreement(rows: pd.DataFrame, *, bins: int = 4) -> pd.DataFrame:
    """Rank correlation between rungs, overall and among candidates of about equal size.

    Only the latter counts: size is an objective already.

    Args:
        rows: one per candidate and pair of rungs that it came to: columns `rung` (the lower),
            `next`, `lower` and `upper` (score at the end of each), `size`.
        bins: of equal counts by size; fewer where there are few candidates.

    Returns:
        One row per pair: `rung`, `next`, `candidates`, `spearman`, `within_bins` (mean over bins
        weighted by their candidates; NaN where bins have fewer than three).
    """
    columns = ["rung", "next", "candidates", "spearman", "within_bins"]
    found = [
        (rung, following, len(pair), _spearman(pair), _binned(pair, bins))
        for (rung, following), pair in rows.groupby(["rung", "next"])
    ]
    return pd.DataFrame(found, columns=columns)


def _spearman(pair: pd.DataFrame) -> float:
    if len(pair) < 3 or pair[["lower", "upper"]].nunique().min() < 2:
        return float("nan")
    return float(pair["lower"].rank().corr(pair["upper"].rank()))


def _binned(pair: pd.DataFrame, bins: int) -> float:
    count = min(bins, len(pair) // 3)
    if count < 1:
        return float("nan")
    place = pair["size"].rank(method="first").to_numpy() - 1
    groups = [pair[(place * count // len(pair)) == i] for i in range(count)]
    known = [(len(g), _spearman(g)) for g in groups if not np.isnan(_spearman(g))]
    if not known:
        return float("nan")
    weights, values = zip(*known, strict=True)
    return float(np.average(values, weights=weights))
