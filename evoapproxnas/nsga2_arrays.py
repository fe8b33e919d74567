"""NSGA-II over integer genomes, as whole arrays: for objectives that are predicted all at once.

The search of networks has few, expensive candidates and uses DEAP (`search.selection`); a search
of assignments has many that cost next to nothing. Both select alike.

Source: Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II, 2002.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.arguments import check_count
from evoapproxnas.errors import ConfigError, did_you_mean
from evoapproxnas.pareto import Points, crowding_distance, non_dominated_sort

Genomes = npt.NDArray[np.int64]
"""(n, genes): each gene is a position in a list of choices whose neighbours are alike."""
Predict = Callable[[Genomes], Points]
"""Objective vectors (n, 2) of genomes, minimized."""

NEIGHBOUR_SHARE = 0.5
"""Of the mutations: to the next choice, such as a multiplier next in power; others go anywhere."""


@dataclass(frozen=True)
class Evolution:
    """How long to search, and with how many.

    Attributes:
        population: genomes at a time, at least 4.
        generations: offspring generations, at least 1.

    Raises:
        ConfigError: for other numbers.
    """

    population: int = 100
    generations: int = 300

    def __post_init__(self) -> None:
        """Check the numbers."""
        check_count("population", self.population, least=4)
        check_count("generations", self.generations)

    @classmethod
    def of(cls, given: Any) -> "Evolution":
        """Return what is given, which may be a mapping of the fields.

        Raises:
            ConfigError: for anything else.
        """
        if isinstance(given, Evolution):
            return given
        known = [field.name for field in fields(cls)]
        if not isinstance(given, Mapping):
            raise ConfigError(
                f"evolution must be a mapping with {' and '.join(known)}, got {given!r:.60}"
            )
        for name in given:
            if name not in known:
                raise ConfigError(
                    f"unknown figure {name!r:.60} of evolution; {did_you_mean(str(name), known)}"
                )
        return cls(**given)


def evolve(
    predict: Predict,
    start: Genomes,
    choices: int,
    size: Evolution,
    rng: np.random.Generator,
) -> Genomes:
    """Return the genomes of the last generation, each once.

    Args:
        predict: the objectives.
        start: known good genomes; the rest of the first generation is random.
        choices: how many values a gene has.
        size: of population and run.
        rng: decides everything.
    """
    layers = start.shape[1]
    missing = max(size.population - len(start), 0)
    random = rng.integers(choices, size=(missing, layers))
    genomes = np.unique(np.concatenate([start, random]), axis=0)
    points = predict(genomes)
    ranks, crowding = _ranked(points)
    for _ in range(size.generations):
        children = _offspring(genomes, ranks, crowding, choices, size.population, rng)
        merged, first = np.unique(np.concatenate([genomes, children]), axis=0, return_index=True)
        new = first >= len(genomes)
        merged_points = np.empty((len(merged), points.shape[1]))
        merged_points[~new] = points[first[~new]]
        if new.any():
            merged_points[new] = predict(merged[new])
        kept = survivors(merged_points, size.population)
        genomes, points = merged[kept], merged_points[kept]
        ranks, crowding = _ranked(points)
    return genomes


def survivors(points: Points, count: int) -> npt.NDArray[np.int64]:
    """Return the positions of the best by front, then crowding distance; all if there are few."""
    ranks, crowding = _ranked(points)
    return np.lexsort((-crowding, ranks))[:count]


def _ranked(points: Points) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return each vector's front and its crowding distance in it."""
    ranks = non_dominated_sort(points)
    crowding = np.empty(len(points))
    for rank in range(int(ranks.max()) + 1):
        front = ranks == rank
        crowding[front] = crowding_distance(points[front])
    return ranks, crowding


def _offspring(
    genomes: Genomes,
    ranks: npt.NDArray[np.int64],
    crowding: npt.NDArray[np.float64],
    choices: int,
    count: int,
    rng: np.random.Generator,
) -> Genomes:
    """Return children of binary tournaments, by uniform crossover and mutation."""
    order = np.empty(len(genomes), np.int64)
    order[np.lexsort((-crowding, ranks))] = np.arange(len(genomes))
    meetings = rng.integers(len(genomes), size=(2, count, 2))
    parents = np.where(
        order[meetings[..., 0]] <= order[meetings[..., 1]], meetings[..., 0], meetings[..., 1]
    )
    mothers, fathers = genomes[parents[0]], genomes[parents[1]]
    children = np.where(rng.random(mothers.shape) < 0.5, mothers, fathers)
    steps = children + rng.choice((-1, 1), size=children.shape)
    anywhere = rng.integers(choices, size=children.shape)
    near = rng.random(children.shape) < NEIGHBOUR_SHARE
    mutated = np.where(near, np.clip(steps, 0, choices - 1), anywhere)
    hit = rng.random(children.shape) < 1.0 / children.shape[1]
    return np.where(hit, mutated, children)
