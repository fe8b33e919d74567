"""From candidates to outcomes: what is cheap first, the rest by an executor."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.executors import Executor, Result, Task
from evoapproxnas.pareto import Points
from evoapproxnas.problems import Problem, Step
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    Point,
    Rejection,
    StepId,
)
from evoapproxnas.search.reuse import Known, Reuse, as_own, measured_anew, take_over
from evoapproxnas.store import Run


@dataclass(frozen=True)
class _Job:
    """A step that is worked on.

    Attributes:
        candidate: on which.
        step: as it is recorded.
        done: as it is done: where weights of another run are there, these are only measured.
        reused: the training of another run whose weights they are.
        again: whether it was lost with its machine before.
    """

    candidate: Candidate
    step: Step
    done: Step
    reused: Known | None = None
    again: bool = False


class Evaluator:
    """Evaluates candidates of one campaign."""

    def __init__(self, problem: Problem, executor: Executor, run: Run) -> None:
        """Remember what evaluations depend on.

        Args:
            problem: prices candidates and makes their tasks.
            executor: works on the tasks.
            run: its limits reject candidates; its seed, models and the runs it reuses.
        """
        self._problem, self._executor, self._ranking = problem, executor, run.ranking
        self._seed, self._models = run.config.seed, run.models_dir
        self._reuse = Reuse(problem, run.config)
        self._cheap: dict[CandidateId, Mapping[str, float]] = {}
        self._jobs: dict[int, _Job] = {}

    def rejection(self, candidate: Candidate, front: Points | None = None) -> Rejection | None:
        """Say why a candidate need not be evaluated, whatever that gave.

        Args:
            candidate: the candidate.
            front: objective vectors of the archive, if what it dominates is not of interest.
        """
        best = self._problem.bound(candidate)
        if broken := self._ranking.broken(best):
            beyond = ", ".join(f"{limit.name} {best[limit.name]:g}" for limit in broken)
            wanted = ", ".join(map(str, broken))
            reason = f"not trained: {beyond}, and search.limits asks for {wanted}"
            return Rejection(self.priced(candidate), reason)
        if front is None or not set(self._ranking.directions) <= set(best):
            return None
        vector = np.array(self._ranking.vector(best))
        dominates = np.all(front <= vector, axis=1) & np.any(front < vector, axis=1)
        if not dominates.any():
            return None
        shown = ", ".join(f"{name} {best[name]:g}" for name in self._ranking.directions)
        reason = f"not trained: the front is better than the best that it could be ({shown})"
        return Rejection(self.priced(candidate), reason)

    def outcomes(
        self, work: Sequence[tuple[Candidate, Step]], lost: Callable[[StepId, Failure], None]
    ) -> Iterator[tuple[Candidate, Step, Outcome]]:
        """Do steps of candidates; outcomes come in the order in which they finish.

        What takes longest is begun first, so that workers wait less for the last of them (Graham,
        "Bounds on Multiprocessing Timing Anomalies", 1969).

        What is to be kept of an evaluation is in its files before the outcome is yielded. Where
        the caller stops early or an error is raised, the steps that are left are given up.

        Args:
            work: what to evaluate, and how.
            lost: is told of a step that went down with its machine, before it is done again.

        Raises:
            EvoApproxNASError: what no candidate could escape.
        """
        left: list[tuple[Candidate, Step]] = []
        for candidate, step in work:
            if (found := self.taken_over(candidate, step)) is not None:
                yield candidate, step, found
            else:
                left.append((candidate, step))
        try:
            for candidate, step in sorted(left, key=self._multiplications, reverse=True):
                self.submit(candidate, step)
            yield from self.completed(lost)
        finally:
            self.stop()

    def taken_over(self, candidate: Candidate, step: Step) -> Evaluation | None:
        """What a step came to in another run, if its figures hold here, too."""
        known = self._reuse.find(candidate, step)
        if known is None or not known.measured:
            return None
        return self._problem.on_hardware(candidate, take_over(known, step, self._models))

    def as_twin(self, candidate: Candidate, twin: CandidateId, outcome: Outcome) -> Outcome:
        """Make what a candidate came to that of one that differs from it in hardware alone."""
        if not isinstance(outcome, Evaluation):
            return copied(outcome, twin)
        own = replace(outcome, training=None, seconds=0.0, reused_from="")
        return finite(self._problem.on_hardware(candidate, own))

    def submit(self, candidate: Candidate, step: Step) -> None:
        """Begin a step; `completed` gives its outcome."""
        self._submit(self._job(candidate, step))

    def completed(
        self, lost: Callable[[StepId, Failure], None]
    ) -> Iterator[tuple[Candidate, Step, Outcome]]:
        """Give outcomes of submitted steps as they finish, until none is left.

        More may be submitted meanwhile.

        Args:
            lost: is told of a step that went down with its machine, before it is done again.

        Raises:
            EvoApproxNASError: what no candidate could escape.
        """
        for ticket, result in self._executor.completed():
            job = self._jobs.pop(ticket)
            outcome = self._outcome(job, result)
            if isinstance(outcome, Failure) and outcome.kind == "lost":
                if not job.again:
                    lost(job.step.id, outcome)
                    self._submit(replace(job, again=True))
                    continue
                outcome = _lost_twice(outcome)
            yield job.candidate, job.step, outcome

    def stop(self) -> None:
        """Give up what was submitted and has no outcome."""
        for ticket in self._jobs:
            self._executor.cancel(ticket)
        self._jobs.clear()

    def _submit(self, job: "_Job") -> None:
        ticket = self._executor.submit(self._task(job.candidate, job.done))
        self._jobs[ticket] = job

    def _job(self, candidate: Candidate, step: Step) -> "_Job":
        known = self._reuse.find(candidate, step)
        if known is None:
            return _Job(candidate, step, step)
        return _Job(candidate, step, measured_anew(known, candidate, step, self._models), known)

    def _outcome(self, job: "_Job", result: Result | Failure) -> Outcome:
        outcome = self._received(str(job.step.id), result)
        if isinstance(outcome, Failure):
            return outcome
        whole = self._whole(outcome, job.candidate, job.done)
        whole = self._problem.on_hardware(job.candidate, whole)
        return finite(whole if job.reused is None else as_own(job.reused, job.step, whole))

    def _received(self, name: str, outcome: Result | Failure) -> Evaluation | Failure:
        if isinstance(outcome, Failure):
            return outcome
        return self._problem.receive(name, outcome, folder=self._models)

    def _whole(self, evaluation: Evaluation, candidate: Candidate, step: Step) -> Evaluation:
        """Add what is known without an evaluation, and what the weights were."""
        cheap = self.priced(candidate)
        trained, source = evaluation.training, step.source
        weights = step.id
        if trained is None:
            measured = source is not None and step.passes == 0
            return replace(
                evaluation,
                metrics={**cheap, **evaluation.metrics},
                others=_with(cheap, evaluation.others),
                weights=source.step if measured and source is not None else None,
            )
        before = 0.0 if source is None else source.passes
        trained = replace(
            trained,
            passes=before + trained.budget,
            identity=self._problem.identity(candidate, step),
            inherited_from=None if source is None else source.step,
            state=step.state,
        )
        return replace(
            evaluation,
            metrics={**cheap, **evaluation.metrics},
            others=_with(cheap, evaluation.others),
            training=trained,
            weights=weights,
        )

    def priced(self, candidate: Candidate) -> Mapping[str, float]:
        """Figures of a candidate that need no evaluation."""
        if candidate.id not in self._cheap:
            self._cheap[candidate.id] = self._problem.price(candidate)
        return self._cheap[candidate.id]

    def size(self, candidate: Candidate) -> float:
        """Multiplications of an inference; where the problem knows of none, all are equal."""
        return self.priced(candidate).get("macs", 0.0)

    def _multiplications(self, work: tuple[Candidate, Step]) -> float:
        """Those of a step, in a unit that its generation shares."""
        candidate, step = work
        return self.size(candidate) * (1.0 if step.passes is None else step.passes)

    def _task(self, candidate: Candidate, step: Step) -> Task:
        place, number = candidate.id, step.id.step
        purpose = f"training {number}" if number else "training"
        seed = seeds.integer(self._seed, place.generation, place.index, purpose)
        return self._problem.task(candidate, step=step, seed=seed, folder=self._models)


def copied(outcome: Outcome, source: CandidateId) -> Outcome:
    """The outcome of a candidate that means the same as an earlier one."""
    if isinstance(outcome, Evaluation):
        return Evaluation(
            outcome.metrics,
            assignment=outcome.assignment,
            weights=outcome.weights,
            accelerator=outcome.accelerator,
        )
    reason = f"same network as {source}: {outcome.reason}"
    if isinstance(outcome, Rejection):
        return replace(outcome, reason=reason)
    return Failure(outcome.kind, reason)


def _lost_twice(failure: Failure) -> Failure:
    reason = f"its machine was lost twice: {failure.reason}"
    return replace(failure, kind="crashed", reason=reason)


def finite(evaluation: Evaluation) -> Evaluation | Failure:
    """An evaluation, or the failure that a figure of it is, which nothing can be compared with."""
    for point in evaluation.points:
        for name, value in point.metrics.items():
            if not math.isfinite(value):
                reason = f"{name} is {value}, not a finite number"
                return Failure("raised", reason, evaluation.seconds)
    return evaluation


def _with(cheap: Mapping[str, float], points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(replace(point, metrics={**cheap, **point.metrics}) for point in points)
