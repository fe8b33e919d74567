"""What a session of a campaign works with, whichever loop drives it: `generational`, `steady`."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from evoapproxnas.executors import Executor
from evoapproxnas.problems import Problem
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    PointId,
    Rejection,
    StepId,
)
from evoapproxnas.search.advancing import Advance
from evoapproxnas.search.algorithms import Algorithm, find_algorithm
from evoapproxnas.search.evaluating import Evaluator, copied
from evoapproxnas.search.front_tests import FrontTests
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.observer import Observer, Progress
from evoapproxnas.search.pace import Pace
from evoapproxnas.search.proposing import Proposal
from evoapproxnas.search.recorder import Recorder
from evoapproxnas.search.stepping import Steps
from evoapproxnas.search.stop import evaluations_left, time_is_up
from evoapproxnas.store import GenerationRow, Measured, Run, figures_table

_log = logging.getLogger("evoapproxnas")


class Session:
    """Gives candidates outcomes, records them and tells of them; a loop decides which and when.

    Attributes:
        run: the run.
        config: of its search.
        ledger: what is known so far.
        steps: plans steps.
        advance: decides on promotion, and on what is kept.
        algorithm: proposes candidates.
        evaluator: does steps.
        recorder: the store.
        pace: how long what is left will take.
    """

    def __init__(
        self,
        run: Run,
        problem: Problem,
        recorder: Recorder,
        executor: Executor,
        observer: Observer,
    ) -> None:
        """Put together what a run's configuration asks for."""
        self.run, self.recorder, self.config = run, recorder, run.config.search
        self._problem, self._observer = problem, observer
        self.ledger = Ledger(run.ranking, problem.work_key)
        self.steps = Steps(self.ledger, run.config.rungs, run.config.inheritance)
        self.advance = Advance(problem, self.ledger, self.steps, run.config, run.warm_starts)
        self.algorithm = self._make_algorithm()
        self.evaluator = Evaluator(problem, executor, run)
        self._tests = FrontTests(problem, executor, self.ledger, recorder, run.models_dir)
        self.pace = Pace(run.config, lambda: recorder.session_seconds)

    def _make_algorithm(self) -> Algorithm:
        make = find_algorithm(self.config.algorithm)
        return make(self._problem, self.ledger, self.run.config, self.run.warm_starts)

    def tell(self, text: str) -> None:
        """Say something in the log and to whoever watches."""
        _log.info(text)
        self._observer.message(text)

    def begin(self) -> None:
        """Say what is searched."""
        description, seed = self._problem.description, self.run.config.seed
        limits = "".join(f", {limit}" for limit in self.run.ranking.limits)
        self.tell(f"run {self.run.path}: {description}, seed {seed}{limits}")

    def register(self, candidates: Sequence[Candidate]) -> None:
        """Take note of candidates and record them."""
        for candidate in candidates:
            self.ledger.propose(candidate)
        self.recorder.register(candidates)

    def settle_at_once(self, proposal: Proposal) -> bool:
        """Settle what is recorded, what could not be made, and what need not be evaluated.

        Args:
            proposal: of a registered candidate.

        Returns:
            Whether it has an outcome now.
        """
        candidate, first = proposal.candidate, StepId(proposal.candidate.id)
        known = self.recorder.known.get(first)
        if known is not None:
            self.settle(candidate, first, known)
        elif proposal.failure is not None:
            self.take(candidate, first, proposal.failure)
        elif self.ledger.is_copy(candidate):
            return False
        elif (rejection := self._rejection(candidate)) is not None:
            self.take(candidate, first, rejection)
        else:
            return self.take_twin(candidate)
        return True

    def take_twin(self, candidate: Candidate) -> bool:
        """Give a candidate what another one came to that differs in hardware alone.

        Args:
            candidate: is registered and has no outcome.

        Returns:
            Whether there is such a one with an outcome.
        """
        twin = self.ledger.twin_of(candidate)
        if twin is None:
            return False
        last = self.ledger.last_step(twin)
        outcome = self.ledger.outcomes[twin] if last is None else self.ledger.evaluations[last]
        self.take(
            candidate, StepId(candidate.id), self.evaluator.as_twin(candidate, twin, outcome)
        )
        return True

    def follow(self, step: StepId) -> None:
        """Let the twins of a candidate go as far as it went by a step after its first.

        Steps are recorded, so that a resumed run has the same.
        """
        evaluation = self.ledger.evaluations.get(step)
        if evaluation is None:
            return
        for place in self.ledger.twins.get(step.candidate, ()):
            candidate = self.ledger.candidates[place]
            further = StepId(place, self.ledger.steps[place])
            known = self.recorder.known.get(further)
            if known is not None:
                self.settle(candidate, further, known)
            else:
                outcome = self.evaluator.as_twin(candidate, step.candidate, evaluation)
                self.take(candidate, further, outcome)

    def _rejection(self, candidate: Candidate) -> Rejection | None:
        front = self.advance.front if self.config.reject else None
        return self.evaluator.rejection(candidate, front)

    def take_copy(self, candidate: Candidate) -> None:
        """Give a candidate the outcome of the first that means the same."""
        source = self.ledger.first_of_key[candidate.key]
        outcome = copied(self.ledger.outcomes[source], source)
        self.take(candidate, StepId(candidate.id), outcome, source)

    def take(
        self,
        candidate: Candidate,
        step: StepId,
        outcome: Outcome,
        source: CandidateId | None = None,
    ) -> None:
        """Record an outcome of this session, then settle it."""
        infeasible = isinstance(outcome, Evaluation) and all(
            self.run.ranking.violation(point.metrics) > 0 for point in outcome.points
        )
        self.recorder.outcome(step, outcome, source=source, infeasible=infeasible)
        if isinstance(outcome, Failure):
            _log.warning("%s failed (%s): %s", step, outcome.kind, outcome.reason)
        elif isinstance(outcome, Rejection):
            _log.info("%s rejected: %s", step, outcome.reason)
        else:
            _log.info("%s %s", step, json.dumps([dict(p.metrics) for p in outcome.points]))
        self.settle(candidate, step, outcome)

    def settle(self, candidate: Candidate, step: StepId, outcome: Outcome) -> None:
        """Take note of an outcome that is recorded."""
        self.ledger.settle(step, outcome)
        self.pace.done(step, outcome, fresh=step not in self.recorder.known)
        self._observer.outcome(candidate, outcome, self._progress(candidate.id.generation, step))

    def lost(self, step: StepId, failure: Failure) -> None:
        """Record that a step went down with its machine."""
        self.recorder.outcome(step, failure)
        self.tell(f"{step} was lost with its machine and is done again: {failure.reason}")

    def time_is_up(self) -> bool:
        """Whether the hours of the run are spent."""
        return time_is_up(self.config, self.recorder.hours)

    def close_generation(
        self,
        generation: int,
        survivors: tuple[CandidateId, ...],
        seen: Sequence[PointId],
    ) -> None:
        """Record a generation and the front after it.

        Args:
            generation: its number.
            survivors: that the search goes on from.
            seen: points of its candidates; see `Ledger.hypervolume`.
        """
        self.advance.close_generation(survivors)
        self.pace.close(generation)
        volume = self.ledger.hypervolume(seen)
        self.recorder.generation(GenerationRow(generation, survivors, volume))
        front = self.ledger.front()
        if self.recorder.begun:
            self._write_front()
            self._prune()
        _log.info("generation %d: front %d, hypervolume %g", generation, len(front), volume)
        progress = self._progress(generation, hypervolume=volume)
        self._observer.generation(progress, len(front))

    def finish(self, reason: str) -> None:
        """Measure the front on what the search did not see, and write it."""
        self.recorder.begin()
        self._take_over_rest()
        self._prune()
        self._tests.run(self.tell)
        self._write_front()
        self.tell(f"finished: {reason}")

    def _take_over_rest(self) -> None:
        """Settle what is recorded of generations that this session did not come to.

        There is such where a run is resumed with fewer generations or evaluations than it has.
        """
        for candidate, step, outcome in self.recorder.recorded():
            if step.step >= self.ledger.steps.get(candidate.id, 0):
                self.ledger.propose(candidate)
                self.ledger.settle(step, outcome)

    def _write_front(self) -> None:
        tests = self.recorder.tests
        members = [Measured(p, e, tests.get(p, {})) for p, e in self.ledger.front().items()]
        self.run.write_front(figures_table(self.run.ranking.directions, members))

    def _prune(self) -> None:
        self._problem.prune(self.run.models_dir, self.advance.needed())

    def _progress(
        self, generation: int, step: StepId | None = None, hypervolume: float | None = None
    ) -> Progress:
        counts = self.ledger.counts
        left = evaluations_left(self.config, counts.work)
        total = self.config.population * (self.config.generations + 1)
        total = total if left is None else min(total, counts.done + left)
        return Progress(
            generation=generation,
            total=total,
            counts=replace(counts),  # As they are now: the ledger goes on counting.
            seconds_left=self.pace.seconds_left(
                total - counts.done, hours=self.recorder.hours, tests=self._tests.left()
            ),
            step=0 if step is None else step.step,
            hypervolume=hypervolume,
            trainings=_in_order(self.ledger.trainings),
            objectives=tuple(self.run.ranking.directions),
            front=self.ledger.front(),
        )


def _in_order(trainings: Mapping[int, int]) -> tuple[int, ...]:
    """Trainings of the first step, of the second, and so on."""
    return tuple(trainings.get(step, 0) for step in range(max(trainings, default=-1) + 1))
