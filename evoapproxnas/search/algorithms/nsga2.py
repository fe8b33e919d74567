"""NSGA-II (Deb et al. 2002) with mutation, and crossover where it is asked for.

Four things differ from the textbook, each because evaluations are dear; `bench search` says what
they gain:

- the front is never cut: however small the population, all of its members are parents;
- nothing is evaluated twice: parents whose children are all known give way to others;
- of several children the one that promises most is evaluated, where genes are few (`screening`);
- in the steady state (`search.mode`) every child has the parents that are the best by then.
"""

from collections.abc import Collection, Sequence

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.pareto import non_dominated_sort
from evoapproxnas.problems import Lesson, Parent, Problem
from evoapproxnas.records import CandidateId, PointId, WarmStart
from evoapproxnas.search.algorithms.screening import Screen
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal, draw, place_draft, vary
from evoapproxnas.search.selection import select_parents, select_survivors

_Pair = tuple[Parent, Parent]

_PAIRS_TRIED = 5
"""Pairs of parents for a candidate beyond those of screening, while their children are known."""


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
        self._seed, self._config = config.seed, config.search
        self._lamarckian = config.assignment.enabled and config.assignment.lamarckian
        self._survivors: tuple[PointId, ...] = ()
        screened = self._config.screen > 1 and len(config.rungs.passes) < 2
        usable = screened and Screen.is_of_use(problem)
        self._screen = Screen(problem, ledger) if usable else None

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
        """Begin with the warm starts; the first generation is completed as `search.fill` says."""
        if place.generation or not self._warm:
            return draw(self._problem, place, seed=self._seed)
        if place.index < len(self._warm):
            return place_draft(place, self._warm[place.index].draft)
        if self._config.fill == "draw":
            return draw(self._problem, place, seed=self._seed)
        starts = [
            Parent(place_draft(CandidateId(0, index), start.draft).candidate)
            for index, start in enumerate(self._warm)
        ]
        rng = seeds.generator(self._seed, 0, place.index, "parent selection")
        other = starts[int(rng.integers(len(starts)))]
        parents = starts[place.index % len(starts)], other
        taken = {start.draft.key for start in self._warm} | set(self._ledger.first_of_key)
        return vary(self._problem, place, parents, seed=self._seed, taken=taken)

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
        ranks = dict(zip(pool, non_dominated_sort(vectors).tolist(), strict=True))
        front = sum(ranks[point] == 0 for point in best.values())
        self._survivors = tuple(best.values())[: max(self._config.population, front)]
        survivors = tuple(point.candidate for point in self._survivors)
        self._problem = self._problem.learned(
            [
                Lesson(self._ledger.candidates[place], ranks[best[place]], place in survivors)
                for place in places
                if place in best
            ]
        )
        return survivors

    def _pairs(self, children: int, rng: np.random.Generator) -> list[list[_Pair]]:
        """Choose the parents of each of some children by tournaments, and who comes after them."""
        vectors = self._ledger.vectors(self._survivors)
        tried = _PAIRS_TRIED + self._config.screen
        chosen = select_parents(vectors, 2 * tried * children, rng)
        parents = iter([self._parent(self._survivors[position]) for position in chosen])
        pairs = list(zip(parents, parents, strict=True))
        return [pairs[child::children] for child in range(children)]

    def _child(
        self, place: CandidateId, pairs: Sequence[_Pair], taken: Collection[str]
    ) -> Proposal:
        """Vary one pair of parents after the other until there are children enough to choose."""
        wanted = 1 if self._screen is None else self._config.screen
        new: dict[str, Proposal] = {}
        for tried, pair in enumerate(pairs):
            child = vary(self._problem, place, pair, seed=self._seed, taken=taken, tried=tried)
            if child.failure is None and child.candidate.key not in taken:
                new.setdefault(child.candidate.key, child)
            if len(new) == wanted:
                break
        if not new or self._screen is None:
            return next(iter(new.values()), child)
        children = list(new.values())
        return children[self._screen.best([child.candidate for child in children])]

    def _parent(self, point: PointId) -> Parent:
        candidate = self._ledger.candidates[point.candidate]
        if not self._lamarckian:
            return Parent(candidate)
        return Parent(candidate, self._ledger.point(point).assignment)
