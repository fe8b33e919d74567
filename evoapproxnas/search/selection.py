"""Selection by NSGA-II (Deb et al. 2002), done by DEAP on fronts that are sorted as arrays.

DEAP's own sorting compares Python objects in pairs; the fronts here, and the order within each,
are the same. DEAP's random operators draw from the global `random`, so only its deterministic
ones are used (crowding, dominance); draws come from a NumPy generator given by the caller.
"""

from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np
from deap import base, tools
from numpy.typing import NDArray

from evoapproxnas.pareto import Points, as_points, non_dominated_sort

Positions = NDArray[np.int64]


class _Individual:
    """What DEAP needs of an individual: a fitness, and here its position."""

    def __init__(self, position: int, vector: tuple[float, ...]) -> None:
        self.position = position
        self.fitness = _fitness_type(len(vector))(vector)


def select_survivors(points: Points, count: int) -> list[int]:
    """Choose who survives, by non-dominated rank, then crowding distance.

    Args:
        points: objective vectors, shape (n, m), minimized.
        count: how many survive; all do where n is not larger.

    Returns:
        Positions in `points`, the best ranks first.
    """
    return [individual.position for individual in _ranked(points, count)]


def select_parents(points: Points, count: int, rng: np.random.Generator) -> list[int]:
    """Choose parents by binary tournaments on dominance, then crowding distance.

    Args:
        points: objective vectors of the population, shape (n, m), minimized.
        count: how many parents; one may be chosen more than once.
        rng: decides who meets whom.

    Returns:
        Positions in `points`.
    """
    individuals = _ranked(points, len(points))
    pairs = rng.integers(len(individuals), size=(count, 2))
    return [_winner(individuals[i], individuals[j]).position for i, j in pairs]


def sorted_fronts(points: Points) -> list[list[int]]:
    """Sort vectors into fronts, each in the order of DEAP's `sortNondominated`.

    There, a vector joins its front when the last of those that dominate it is taken away.

    Returns:
        Positions in `points`, the Pareto front first; equal vectors stand together.
    """
    vectors, first, group = np.unique(
        as_points(points), axis=0, return_index=True, return_inverse=True
    )
    by_birth = np.argsort(first)  # Of the different vectors, in order of first occurrence.
    vectors, place = vectors[by_birth], np.argsort(by_birth)
    members: list[list[int]] = [[] for _ in vectors]
    for position, of in enumerate(place[group.ravel()]):
        members[of].append(position)
    ranks = non_dominated_sort(vectors)
    fronts = [np.flatnonzero(ranks == 0)]
    for rank in range(1, int(ranks.max(initial=0)) + 1):
        fronts.append(_in_order(vectors, fronts[-1], np.flatnonzero(ranks == rank)))
    return [list(chain.from_iterable(members[i] for i in front)) for front in fronts]


def _in_order(vectors: Points, before: Positions, front: Positions) -> Positions:
    """Order a front by the last member of the front before that dominates each."""
    a, b = vectors[before][:, None], vectors[front][None]
    dominates = np.all(a <= b, axis=2)  # No two vectors are equal.
    last = len(before) - 1 - dominates[::-1].argmax(axis=0)
    return front[np.argsort(last, kind="stable")]


def _winner(a: _Individual, b: _Individual) -> _Individual:
    if a.fitness.dominates(b.fitness):
        return a
    if b.fitness.dominates(a.fitness):
        return b
    return a if a.fitness.crowding_dist >= b.fitness.crowding_dist else b


def _ranked(points: Points, count: int) -> list[_Individual]:
    """Rank individuals as `tools.selNSGA2` does; each also gets its crowding distance."""
    individuals = [_Individual(i, tuple(v)) for i, v in enumerate(as_points(points).tolist())]
    count = min(count, len(individuals))
    chosen: list[_Individual] = []
    for positions in sorted_fronts(points):
        front = [individuals[position] for position in positions]
        tools.emo.assignCrowdingDist(front)
        if len(chosen) + len(front) >= count:
            front.sort(key=attrgetter("fitness.crowding_dist"), reverse=True)
            return chosen + front[: count - len(chosen)]
        chosen += front
    return chosen


@cache
def _fitness_type(objectives: int) -> Any:
    return type("Fitness", (base.Fitness,), {"weights": (-1.0,) * objectives})
