"""A genetic algorithm on one number: the weighted sum of the objectives, or another aggregation.

With drawn weights (Murata and Ishibuchi, "MOGA", 1995) every child has parents that are good under
weights of its own, so that a front comes of it; with given weights all look for one compromise.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.records import CandidateId, PointId
from evoapproxnas.search.algorithms.breeding import lessons, parent_of
from evoapproxnas.search.algorithms.one_by_one import OneByOne
from evoapproxnas.search.algorithms.options import read_options
from evoapproxnas.search.algorithms.scalar import Scalar, ScalarOptions
from evoapproxnas.search.proposing import Proposal, vary


@dataclass(frozen=True)
class WeightedSumOptions(ScalarOptions):
    """Options of the search.

    Attributes:
        tournament: the parent is the best of so many survivors.
    """

    tournament: Annotated[int, Field(ge=1, le=10**6)] = 3


class WeightedSum(OneByOne):
    """Survivors are the best under each of some weights, parents winners of tournaments."""

    def _prepare(self, config: RunConfig) -> None:
        """Start without survivors."""
        self._options = read_options(WeightedSumOptions, config)
        self._scalar = Scalar(self._ledger, self._options)
        rng = seeds.generator(config.seed, 0, 0, "weights of survivors")
        self._weights = self._scalar.spread(config.search.population, rng)
        self._survivors: list[PointId] = []

    def _propose(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        if not self._survivors:
            return self._start(place)
        rng = seeds.generator(self._seed, place.generation, place.index, "parent selection")
        scores = self._scalar.scores(self._survivors, self._scalar.draw(rng))
        first, second = (
            parent_of(self._ledger, self._survivors[position], self._config)
            for position in self._winners(scores, 2, rng)
        )
        return vary(self._problem, place, (first, second), seed=self._seed, taken=taken)

    def _winners(
        self, scores: NDArray[np.float64], count: int, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        met = rng.integers(len(scores), size=(count, self._options.tournament))
        return met[np.arange(count), scores[met].argmin(axis=1)]

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Choose survivors: under each weights in turn the best that is left."""
        before = [point.candidate for point in self._survivors]
        pool = self._ledger.points(dict.fromkeys([*before, *places]))
        if not pool:
            return ()
        self._survivors = self._chosen(pool)
        survivors = tuple(point.candidate for point in self._survivors)
        told = lessons(self._ledger, pool, places, survivors)
        self._problem = self._problem.learned(told)
        return survivors

    def _chosen(self, pool: Sequence[PointId]) -> list[PointId]:
        chosen: dict[CandidateId, PointId] = {}
        for order in self._scalar.scores(pool, self._weights).argsort(axis=1, kind="stable"):
            for position in order:
                if pool[position].candidate not in chosen:
                    chosen[pool[position].candidate] = pool[position]
                    break
        return list(chosen.values())
