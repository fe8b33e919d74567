"""NSGA-II (Deb et al. 2002) with mutation, and crossover where it is asked for."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.pareto import non_dominated_sort
from evoapproxnas.problems import Lesson, Parent, Problem
from evoapproxnas.records import CandidateId, PointId, WarmStart
from evoapproxnas.search.algorithms.breeding import parent_of
from evoapproxnas.search.algorithms.options import NoOptions, read_options
from evoapproxnas.search.algorithms.starting import start
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal, vary
from evoapproxnas.search.selection import select_parents, select_survivors


class Nsga2:
    """Survivors are chosen among those of before and the new ones, parents among survivors.

    Points compete: a candidate survives by the best of its points, which is the assignment that
    its children take over.
    """

    def __init__(
        self,
        problem: Problem,
        ledger: Ledger,
        config: RunConfig,
        warm: Sequence[WarmStart] = (),
    ) -> None:
        """Start without survivors.

        Args:
            problem: draws and varies.
            ledger: knows the points.
            config: seed, size of the population, and whether children take over the assignment
                that their parent was chosen by.
            warm: first candidates of generation 0.
        """
        self._problem, self._ledger, self._warm = problem, ledger, warm
        self._whole, self._seed, self._config = config, config.seed, config.search
        read_options(NoOptions, config)
        self._survivors: tuple[PointId, ...] = ()

    def ask(self, generation: int) -> list[Proposal]:
        """Vary survivors; draw anew where there are none: at first, or after all failed."""
        places = [CandidateId(generation, i) for i in range(self._config.population)]
        if not self._survivors:
            return [self._start(place) for place in places]
        taken = set(self._ledger.first_of_key)
        proposals = []
        for place, parents in zip(places, self._pairs(generation), strict=True):
            proposals.append(vary(self._problem, place, parents, seed=self._seed, taken=taken))
            taken.add(proposals[-1].candidate.key)
        return proposals

    def next(self, place: CandidateId) -> Proposal:
        """Vary two of those that survived so far; draw anew in generation 0 as in `ask`."""
        if place.generation == 0 or not self._survivors:
            return self._start(place)
        rng = seeds.generator(self._seed, place.generation, place.index, "parent selection")
        (parents,) = self._chosen(1, rng)
        taken = self._ledger.first_of_key
        return vary(self._problem, place, parents, seed=self._seed, taken=taken)

    def _start(self, place: CandidateId) -> Proposal:
        return start(self._problem, self._ledger, self._whole, self._warm, place)

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Select by rank, then crowding distance."""
        before = [point.candidate for point in self._survivors]
        pool = self._ledger.points(dict.fromkeys([*before, *places]))
        vectors = self._ledger.vectors(pool)
        best: dict[CandidateId, PointId] = {}
        for position in select_survivors(vectors, len(pool)):
            best.setdefault(pool[position].candidate, pool[position])
        self._survivors = tuple(best.values())[: self._config.population]
        survivors = tuple(point.candidate for point in self._survivors)
        ranks = dict(zip(pool, non_dominated_sort(vectors).tolist(), strict=True))
        self._problem = self._problem.learned(
            [
                Lesson(self._ledger.candidates[place], ranks[best[place]], place in survivors)
                for place in places
                if place in best
            ]
        )
        return survivors

    def _pairs(self, generation: int) -> list[tuple[Parent, Parent]]:
        """Choose the parents of every candidate of a generation."""
        rng = seeds.generator(self._seed, generation, 0, "parent selection")
        return self._chosen(self._config.population, rng)

    def _chosen(self, pairs: int, rng: np.random.Generator) -> list[tuple[Parent, Parent]]:
        """Choose so many pairs by tournaments."""
        vectors = self._ledger.vectors(self._survivors)
        chosen = select_parents(vectors, 2 * pairs, rng)
        parents = [self._parent(self._survivors[position]) for position in chosen]
        return list(zip(parents[::2], parents[1::2], strict=True))

    def _parent(self, point: PointId) -> Parent:
        return parent_of(self._ledger, point, self._whole)
