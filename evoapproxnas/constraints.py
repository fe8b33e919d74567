"""What a search minimizes under which limits: objective vectors with constrained domination.

A candidate beyond a limit gets `INFEASIBLE` and more, by its violation, in every column: all
within the limits dominate it, and of two beyond them the one that is less so dominates (Deb et
al. 2002).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evoapproxnas.pareto import Points

INFEASIBLE = 1e15
"""Objective value of candidates beyond a limit; no figure of a candidate comes near it."""

Direction = Literal["min", "max"]
Metrics = Mapping[str, float]

_SIGNS = {"min": 1.0, "max": -1.0}


@dataclass(frozen=True)
class Limit:
    """The worst value of a figure that is still of interest.

    Attributes:
        name: of the figure.
        direction: whether less or more of it is better.
        value: the limit.
    """

    name: str
    direction: Direction
    value: float

    def violation(self, metrics: Metrics) -> float:
        """How far beyond the limit, in units of it; 0 within, or where the figure is not known."""
        return max(0.0, self.excess(metrics))

    def excess(self, metrics: Metrics) -> float:
        """Likewise, but negative within the limit."""
        if self.name not in metrics:
            return 0.0
        excess = _SIGNS[self.direction] * (metrics[self.name] - self.value)
        return excess / (abs(self.value) or 1.0)

    def __str__(self) -> str:
        """Print as a condition."""
        return f"{self.name} {'<=' if self.direction == 'min' else '>='} {self.value:g}"


@dataclass(frozen=True)
class Ranking:
    """How the candidates of a run compare.

    Attributes:
        directions: `min` or `max` by objective, in the order of the objective vector.
        limits: what lies beyond one of them loses to all within.
    """

    directions: Mapping[str, Direction]
    limits: tuple[Limit, ...] = ()

    def violation(self, metrics: Metrics) -> float:
        """Violations of all limits, added up."""
        return sum(limit.violation(metrics) for limit in self.limits)

    def broken(self, metrics: Metrics) -> list[Limit]:
        """The limits that figures break."""
        return [limit for limit in self.limits if limit.violation(metrics) > 0]

    def knows(self, metrics: Metrics) -> bool:
        """Whether candidates with these figures can be compared: what counts of them is finite."""
        beyond = self.violation(metrics) > 0
        return beyond or all(math.isfinite(value) for value in self.objectives(metrics))

    def vector(self, metrics: Metrics) -> list[float]:
        """Objective vector, every entry to be minimized.

        Candidates within the limits need all objectives; of the others the limited figures do.
        """
        excess = self.violation(metrics)
        if excess > 0:
            # A factor: small violations would be lost in the digits of a sum.
            return [INFEASIBLE * (1.0 + excess)] * len(self.directions)
        return [_SIGNS[direction] * metrics[name] for name, direction in self.directions.items()]

    def objectives(self, metrics: Metrics) -> list[float]:
        """Objectives, every one to be minimized, whether or not limits hold; unknown ones NaN."""
        return [
            _SIGNS[direction] * metrics.get(name, math.nan)
            for name, direction in self.directions.items()
        ]

    def vectors(self, rows: Iterable[Metrics]) -> Points:
        """Objective vectors, shape (n, m)."""
        vectors = [self.vector(metrics) for metrics in rows]
        return np.array(vectors, dtype=np.float64).reshape(-1, len(self.directions))


def feasible(vectors: Points) -> Points:
    """Return the objective vectors that are within all limits.

    Args:
        vectors: shape (n, m).
    """
    return vectors[(vectors < INFEASIBLE).all(axis=1)]
