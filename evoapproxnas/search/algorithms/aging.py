"""Regularized evolution (Real et al., AAAI 2019): the best of a sample breeds, the oldest dies.

For several objectives the best of a sample is, by default, that of a scalarization with weights
drawn for each tournament: it presses evenly along the front, where a sample's own front
(`tournament = "pareto"`) often holds most of the sample, so that the choice among it says little.
"""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.pareto import non_dominated
from evoapproxnas.problems import Parent
from evoapproxnas.records import CandidateId
from evoapproxnas.search.algorithms.breeding import lessons, parent_of
from evoapproxnas.search.algorithms.one_by_one import OneByOne
from evoapproxnas.search.algorithms.options import read_options
from evoapproxnas.search.algorithms.scalar import Scalar, ScalarOptions
from evoapproxnas.search.proposing import Proposal, vary


@dataclass(frozen=True)
class AgingOptions(ScalarOptions):
    """Options of the search.

    Attributes:
        alive: how many candidates are, the youngest.
        sample: of these, how many meet for each parent.
        tournament: `scalar`: the best score wins; `pareto`: one that none of them dominates.
    """

    alive: Annotated[int, Field(ge=2, le=10**6)] = 50
    sample: Annotated[int, Field(ge=1, le=10**6)] = 10
    tournament: Literal["scalar", "pareto"] = "scalar"


class Aging(OneByOne):
    """Nothing but age removes a candidate, so that none lives on a lucky evaluation."""

    def _prepare(self, config: RunConfig) -> None:
        """Start with nobody alive."""
        self._options = read_options(AgingOptions, config)
        self._scalar = Scalar(self._ledger, self._options)
        self._alive: deque[CandidateId] = deque(maxlen=self._options.alive)

    def _propose(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        if not self._alive:
            return self._start(place)
        rng = seeds.generator(self._seed, place.generation, place.index, "parent selection")
        parents = self._winner(rng), self._winner(rng)
        return vary(self._problem, place, parents, seed=self._seed, taken=taken)

    def _winner(self, rng: np.random.Generator) -> Parent:
        """Choose a parent among the points of a sample."""
        size = min(self._options.sample, len(self._alive))
        sample = rng.choice(len(self._alive), size=size, replace=False)
        points = self._ledger.points(self._alive[position] for position in sample)
        if self._options.tournament == "scalar":
            best = int(self._scalar.scores(points, self._scalar.draw(rng)).argmin())
        else:
            front = np.flatnonzero(non_dominated(self._ledger.vectors(points)))
            best = int(rng.choice(front))
        return parent_of(self._ledger, points[best], self._config)

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Take in the new ones; the oldest die."""
        pool = self._ledger.points(dict.fromkeys([*self._alive, *places]))
        self._alive.extend(places)
        alive = tuple(self._alive)
        if pool:
            told = lessons(self._ledger, pool, places, alive)
            self._problem = self._problem.learned(told)
        return alive
