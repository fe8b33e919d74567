"""What a generation does beyond one evaluation each: order, rungs, and what is kept for later."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.constraints import Metrics
from evoapproxnas.pareto import Points
from evoapproxnas.problems import Problem, Source, Step
from evoapproxnas.records import WARM, Candidate, CandidateId, StepId, WarmStart
from evoapproxnas.search.archive import Archive
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.rungs import Runner, promoted
from evoapproxnas.search.stepping import Steps

_SIZE = "macs"
"""The figure that says how large a candidate is; where there is none, all are equal."""


class Advance:
    """Decides on whole generations, so that the same is decided however outcomes came in."""

    def __init__(
        self,
        problem: Problem,
        ledger: Ledger,
        steps: Steps,
        config: RunConfig,
        warm: Sequence[WarmStart] = (),
    ) -> None:
        """Start before the first generation."""
        self._problem, self._ledger, self._steps, self._config = problem, ledger, steps, config
        self._warm = _warm_sources(warm)
        objectives = ledger.ranking.directions
        self._trained = [problem.figure(name).cost == "trained" for name in objectives]
        self._rungs = [Archive[tuple[StepId, int]](len(objectives)) for _ in range(steps.rungs)]
        self._kept: tuple[StepId, ...] = ()
        self.to_the_end = _trained_first(warm, config)
        """Whose first training is that to the last rung."""
        self.survivors: tuple[CandidateId, ...] = ()
        self.front: Points | None = None
        """Objective vectors of the archive after the last whole generation."""

    def first(self, candidate: Candidate) -> Step:
        """The first step of a candidate."""
        warm, to_the_end = self._warm.get(candidate.id), candidate.id in self.to_the_end
        return self._steps.first(candidate, warm, to_the_end=to_the_end)

    def independent(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those that need not wait for another one's training, or for its figures."""
        inherits = self._config.inheritance.enabled
        first: dict[str, Candidate] = {}
        working: set[str] = set()
        free = []
        untrained = {candidate.id for candidate in candidates} & self.to_the_end
        for candidate in candidates:
            key, work = candidate.architecture_key, self._ledger.work_key(candidate)
            known = not inherits or not key or key in self._ledger.trained or key not in first
            if known and work not in working and untrained.isdisjoint(candidate.parents[:1]):
                free.append(candidate)
            first.setdefault(key, candidate)
            working.add(work)
        return free

    def promoted(self, places: Sequence[CandidateId], rung: int) -> list[Step]:
        """The steps to a rung of those that are worth it."""
        here = self._steps.may_be_promoted(places, rung - 1)
        runners = {place: self._runner(StepId(place, rung - 1)) for place in here}
        chosen = promoted(
            runners,
            trained=self._trained,
            earlier=self._rungs[rung - 1].vectors,
            config=self._config.rungs,
        )
        return [self._steps.next_rung(place, rung) for place in chosen]

    def next_promoted(self, rung: int, busy: Collection[CandidateId]) -> Step | None:
        """The step to a rung of one candidate that is worth it by all that came so far.

        Args:
            rung: where it comes to.
            busy: candidates that are worked on.
        """
        here = self._stopped_at(rung - 1)
        if len(here) < np.ceil(1 / self._config.rungs.promote):
            return None
        chosen = promoted(
            {place: self._runner(StepId(place, rung - 1)) for place in here},
            trained=self._trained,
            earlier=self._rungs[rung - 1].vectors,
            config=self._config.rungs,
        )
        for place in chosen:
            if place not in busy and self._ledger.steps[place] == rung:
                return self._steps.next_rung(place, rung)
        return None

    def stopped(self) -> list[StepId]:
        """Steps that ended at a rung and may yet be promoted."""
        return [
            StepId(place, rung)
            for rung in range(self._steps.rungs - 1)
            for place in self._stopped_at(rung)
            if self._ledger.steps[place] == rung + 1
        ]

    def _stopped_at(self, rung: int) -> list[CandidateId]:
        """All candidates that came to a rung."""
        return self._steps.may_be_promoted(tuple(self._ledger.candidates), rung)

    def _runner(self, step: StepId) -> Runner:
        """Its points, and those on other hardware, which go as far as it does."""
        points = list(self._ledger.evaluations[step].points)
        for twin in self._ledger.twins.get(step.candidate, ()):
            if (found := self._ledger.last_step(twin)) is not None:
                points += self._ledger.evaluations[found].points
        figures = [point.metrics for point in points]
        vectors = self._ledger.ranking.vectors(figures)
        return Runner(vectors, figures[0].get(_SIZE, 0.0), all(map(self._hopeless, figures)))

    def _hopeless(self, figures: Metrics) -> bool:
        """Whether they break a limit that training has no part in."""
        broken = self._ledger.ranking.broken(figures)
        return any(self._problem.figure(limit.name).cost == "cheap" for limit in broken)

    def close_rungs(self, places: Sequence[CandidateId]) -> None:
        """Take what a generation came to on each rung into the front of that rung."""
        for rung in range(len(self._rungs)):
            for place in places:
                self.came_to(StepId(place, rung))

    def came_to(self, step: StepId) -> None:
        """Take what a step came to, if anything, into the front of its rung."""
        found = self._ledger.evaluations.get(step)
        if found is None or step.step >= len(self._rungs):
            return
        at_once = step == StepId(step.candidate) and step.candidate in self.to_the_end
        rung = -1 if at_once else step.step
        for number, point in enumerate(found.points):
            vector = self._ledger.ranking.vector(point.metrics)
            self._rungs[rung].add((step, number), vector)

    def close_generation(self, survivors: tuple[CandidateId, ...]) -> None:
        """Take note that a generation is complete."""
        self.survivors = survivors
        self.front = self._ledger.archive.vectors

    def keep(self, steps: Iterable[StepId]) -> None:
        """Take note of steps whose weights are needed beyond what follows from the ledger."""
        self._kept = tuple(steps)

    def needed(self) -> set[str]:
        """Names of steps and points whose files are needed later: for children, or as results."""
        members = self._ledger.archive.keys
        steps = [self._ledger.evaluations[point.made_in].weights for point in members]
        steps += [self._ledger.weights(place) for place in self.survivors]
        made_in = [point.made_in for point in members]
        if self._config.inheritance.enabled:
            steps += self._ledger.trained.values()  # Whatever is proposed again is not trained.
        steps += self._kept
        began_with = [source.step for source in self._warm.values()]
        return {str(n) for n in (*members, *made_in, *steps, *began_with) if n is not None}


def _warm_sources(starts: Sequence[WarmStart]) -> dict[CandidateId, Source]:
    """Weights by the candidate that comes with them."""
    sources = {}
    for index, start in enumerate(starts):
        if start.weights:
            place, draft = CandidateId(0, index), start.draft
            candidate = Candidate(
                place, draft.genes, draft.key, draft.network, (), draft.architecture_key
            )
            sources[place] = Source(candidate, StepId(place, WARM), start.passes, start.identity)
    return sources


def _trained_first(starts: Sequence[WarmStart], config: RunConfig) -> frozenset[CandidateId]:
    """Warm starts that come to the last rung before what varies them begins."""
    if not (config.inheritance.enabled and config.inheritance.init_first):
        return frozenset()
    return frozenset(CandidateId(0, i) for i, start in enumerate(starts) if not start.weights)
