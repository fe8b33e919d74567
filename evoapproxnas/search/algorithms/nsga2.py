"""NSGA-II (Deb et al. 2002) with mutation, and crossover where it is asked for.

Four things differ from the textbook, each because evaluations are dear; `bench search` says what
they gain:

- the front is never cut: however small the population, all of its members are parents;
- nothing is evaluated twice: parents whose children are all known give way to others;
- of several children the one that promises most is evaluated, where genes are few (`screening`);
- in the steady state (`search.mode`) every child has the parents that are the best by then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.pareto import non_dominated
from evoapproxnas.problems import Parent, Problem
from evoapproxnas.records import CandidateId, PointId, WarmStart
from evoapproxnas.search.algorithms.breeding import lessons, parent_of
from evoapproxnas.search.algorithms.options import read_options
from evoapproxnas.search.algorithms.screening import Screen
from evoapproxnas.search.algorithms.starting import start
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal, vary
from evoapproxnas.search.selection import select_parents, select_survivors

_Pair = tuple[Parent, Parent]

_PAIRS_TRIED = 5
"""Pairs of parents for a candidate beyond those of screening, while their children are known."""


@dataclass(frozen=True)
class Nsga2Options:
    """Options of the search.

    Attributes:
        screen: children made for each that is evaluated; see `screening`. Networks have too many
            genes for it, and rungs give figures that do not compare: there it is 1.
    """

    screen: Annotated[int, Field(ge=1, le=1000)] = 4


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
        self._survivors: tuple[PointId, ...] = ()
        self._children = read_options(Nsga2Options, config).screen
        if len(config.rungs.passes) > 1 or not Screen.is_of_use(problem):
            self._children = 1
        self._screen = Screen(problem, ledger) if self._children > 1 else None

    def ask(self, generation: int) -> list[Proposal]:
        """Vary survivors; draw anew where there are none: at first, or after all failed."""
        places = [CandidateId(generation, i) for i in range(self._config.population)]
        if not self._survivors:
            return [self._start(place) for place in places]
        taken = set(self._ledger.first_of_key)
        rng = seeds.generator(self._seed, generation, 0, "parent selection")
        proposals = []
        for place, pairs in zip(places, self._pairs(len(places), rng), strict=True):
            proposals.append(self._child(place, pairs, taken))
            taken.add(proposals[-1].candidate.key)
        return proposals

    def next(self, place: CandidateId) -> Proposal:
        """Vary two of those that survived so far; draw anew in generation 0 as in `ask`."""
        if place.generation == 0 or not self._survivors:
            return self._start(place)
        rng = seeds.generator(self._seed, place.generation, place.index, "parent selection")
        (pairs,) = self._pairs(1, rng)
        return self._child(place, pairs, self._ledger.first_of_key)

    def _start(self, place: CandidateId) -> Proposal:
        return start(self._problem, self._ledger, self._whole, self._warm, place)

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Select by rank, then crowding distance, at least the whole front."""
        before = [point.candidate for point in self._survivors]
        pool = self._ledger.points(dict.fromkeys([*before, *places]))
        vectors = self._ledger.vectors(pool)
        best: dict[CandidateId, PointId] = {}
        for position in select_survivors(vectors, len(pool)):
            best.setdefault(pool[position].candidate, pool[position])
        if self._screen is not None:
            self._screen.learn(places)
        front = len({pool[i].candidate for i in np.flatnonzero(non_dominated(vectors))})
        self._survivors = tuple(best.values())[: max(self._config.population, front)]
        survivors = tuple(point.candidate for point in self._survivors)
        told = lessons(self._ledger, pool, places, survivors)
        self._problem = self._problem.learned(told)
        return survivors

    def _pairs(self, children: int, rng: np.random.Generator) -> list[list[_Pair]]:
        """Choose the parents of each of some children by tournaments, and who comes after them."""
        vectors = self._ledger.vectors(self._survivors)
        tried = _PAIRS_TRIED + self._children
        chosen = select_parents(vectors, 2 * tried * children, rng)
        parents = iter([self._parent(self._survivors[position]) for position in chosen])
        pairs = list(zip(parents, parents, strict=True))
        return [pairs[child::children] for child in range(children)]

    def _child(
        self, place: CandidateId, pairs: Sequence[_Pair], taken: Collection[str]
    ) -> Proposal:
        """Vary pairs of parents, more of them only while all of their children are known."""
        new: dict[str, Proposal] = {}
        for tried, pair in enumerate(pairs):
            child = vary(self._problem, place, pair, seed=self._seed, taken=taken, tried=tried)
            if child.failure is None and child.candidate.key not in taken:
                new.setdefault(child.candidate.key, child)
            if new and tried + 1 >= self._children:
                break
        if not new or self._screen is None:
            return next(iter(new.values()), child)
        children = list(new.values())
        return children[self._screen.best([child.candidate for child in children])]

    def _parent(self, point: PointId) -> Parent:
        return parent_of(self._ledger, point, self._whole)
