"""Selection by NSGA-II (Deb et al. 2002), done by DEAP.

DEAP's random operators draw from the global `random`. Only its deterministic ones are used
here (sorting, crowding, dominance); draws come from a NumPy generator given by the caller.
"""

from collections.abc import Sequence

import numpy as np
from deap import base, tools

from evoapproxnas.pareto import Points, as_points


class _Individual:
    """What DEAP needs of an individual: a fitness, and here its position."""

    def __init__(self, position: int, vector: Sequence[float]) -> None:
        fitness = type("Fitness", (base.Fitness,), {"weights": (-1.0,) * len(vector)})
        self.position = position
        self.fitness = fitness(tuple(vector))


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


def _winner(a: _Individual, b: _Individual) -> _Individual:
    if a.fitness.dominates(b.fitness):
        return a
    if b.fitness.dominates(a.fitness):
        return b
    return a if a.fitness.crowding_dist >= b.fitness.crowding_dist else b


def _ranked(points: Points, count: int) -> list[_Individual]:
    """Rank individuals; sorting also gives each its crowding distance."""
    individuals = [_Individual(i, vector) for i, vector in enumerate(as_points(points).tolist())]
    return list(tools.selNSGA2(individuals, min(count, len(individuals))))
