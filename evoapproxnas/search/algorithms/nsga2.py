"""NSGA-II (Deb et al. 2002) with mutation, and crossover where it is asked for."""

from collections.abc import Sequence

from evoapproxnas import seeds
from evoapproxnas.config import SearchConfig
from evoapproxnas.problems import Problem
from evoapproxnas.records import Candidate, CandidateId
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal, draw, vary
from evoapproxnas.search.selection import select_parents, select_survivors


class Nsga2:
    """Survivors are chosen among those of before and the new ones, parents among survivors."""

    def __init__(
        self, problem: Problem, ledger: Ledger, *, seed: int, config: SearchConfig
    ) -> None:
        """Start without survivors."""
        self._problem, self._ledger = problem, ledger
        self._seed, self._config = seed, config
        self._survivors: tuple[CandidateId, ...] = ()

    def ask(self, generation: int) -> list[Proposal]:
        """Vary survivors; draw anew where there are none: at first, or after all failed."""
        places = [CandidateId(generation, i) for i in range(self._config.population)]
        if not self._survivors:
            return [draw(self._problem, place, seed=self._seed) for place in places]
        taken = set(self._ledger.first_of_key)
        proposals = []
        for place, parents in zip(places, self._pairs(generation), strict=True):
            proposals.append(vary(self._problem, place, parents, seed=self._seed, taken=taken))
            taken.add(proposals[-1].candidate.key)
        return proposals

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Select by rank, then crowding distance."""
        pool = list(dict.fromkeys([*self._survivors, *places]))
        chosen = select_survivors(self._ledger.vectors(pool), self._config.population)
        self._survivors = tuple(pool[position] for position in chosen)
        return self._survivors

    def _pairs(self, generation: int) -> list[tuple[Candidate, Candidate]]:
        """Choose the parents of every candidate of a generation."""
        rng = seeds.generator(self._seed, generation, 0, "parent selection")
        vectors = self._ledger.vectors(self._survivors)
        chosen = select_parents(vectors, 2 * self._config.population, rng)
        parents = [self._ledger.candidates[self._survivors[position]] for position in chosen]
        return list(zip(parents[::2], parents[1::2], strict=True))
