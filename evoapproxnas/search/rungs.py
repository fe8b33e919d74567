"""Who goes on to the next training budget: promotion of fronts.

Source: asynchronous successive halving, Li et al., "A System for Massively Parallel Hyperparameter
Tuning", MLSys 2020; promotion by non-dominated fronts, Schmucker et al., "Multi-objective
Asynchronous Successive Halving", 2021.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evoapproxnas.config import RungsConfig
from evoapproxnas.constraints import feasible
from evoapproxnas.pareto import Points, non_dominated_sort
from evoapproxnas.search.selection import select_survivors

Key = TypeVar("Key")


@dataclass(frozen=True)
class Runner:
    """A candidate at the end of a rung.

    Attributes:
        vectors: objective vectors of its points, shape (n, m), minimized.
        size: of the candidate, in any unit; more trains more slowly.
        hopeless: whether all its points are beyond a limit that training does not bring nearer.
    """

    vectors: Points
    size: float
    hopeless: bool = False


def promoted(
    runners: Mapping[Key, Runner],
    *,
    trained: Sequence[bool],
    earlier: Points,
    config: RungsConfig,
) -> list[Key]:
    """Choose who goes on.

    The score that counts in place of every objective that training decides is its rank among all
    points, mixed with the rank by size, the largest first. Who is beyond a limit stays, unless all
    are: longer training may bring the nearest within it, if it is one of what training decides.

    Args:
        runners: the candidates of a generation at the end of a rung.
        trained: which objectives training decides.
        earlier: objective vectors of the front of this rung so far, shape (k, m).
        config: share, strategy, correction and hurdle.

    Returns:
        Keys in the order of `runners`.
    """
    if any(feasible(runner.vectors).size for runner in runners.values()):
        within = {
            key: runner
            for key, runner in runners.items()
            if _clears(runner.vectors, earlier, trained, config.hurdle)
        }
    else:
        within = {key: runner for key, runner in runners.items() if not runner.hopeless}
    if not within:
        return []
    scores, owners = _scores(within, trained, config.size_correction)
    wanted = int(np.ceil(config.promote * len(runners)))
    if config.strategy == "top_k":
        order = [owners[i] for i in select_survivors(scores, len(scores))]
        chosen = set(list(dict.fromkeys(order))[:wanted])
    else:
        chosen = _whole_fronts(non_dominated_sort(scores), owners, wanted)
    return [key for number, key in enumerate(within) if number in chosen]


def _clears(
    vectors: Points, earlier: Points, trained: Sequence[bool], hurdle: float | None
) -> bool:
    """Whether a point is feasible and, made better by the hurdle, not dominated by the front."""
    within = feasible(vectors)
    if not len(within):
        return False
    if hurdle is None or not len(earlier):
        return True
    relief = hurdle * np.abs(within) * np.asarray(trained)
    lifted = within - relief
    worse = np.all(earlier[None] <= lifted[:, None], axis=2)
    better = np.any(earlier[None] < lifted[:, None], axis=2)
    return bool(np.any(~np.any(worse & better, axis=1)))


def _scores(
    runners: Mapping[Key, Runner], trained: Sequence[bool], correction: float
) -> tuple[Points, NDArray[np.int64]]:
    """Vectors of all points with corrected columns, and whose each is."""
    vectors = np.concatenate([runner.vectors for runner in runners.values()])
    counts = [len(runner.vectors) for runner in runners.values()]
    owners = np.repeat(np.arange(len(counts)), counts)
    sizes = np.repeat([runner.size for runner in runners.values()], counts)
    by_size = _ranks(-sizes)
    scores = vectors.copy()
    for column in np.flatnonzero(trained):
        ranks = _ranks(vectors[:, column])
        scores[:, column] = (1 - correction) * ranks + correction * by_size
    return scores, owners


def _whole_fronts(ranks: NDArray[np.int64], owners: NDArray[np.int64], wanted: int) -> set[int]:
    """Owners of the best fronts, as many fronts as it takes to have enough of them."""
    chosen: set[int] = set()
    for rank in range(int(ranks.max()) + 1):
        if len(chosen) >= wanted:
            break
        chosen |= set(owners[ranks == rank].tolist())
    return chosen


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, the same for equal values."""
    return np.asarray(pd.Series(values).rank(), np.float64)
