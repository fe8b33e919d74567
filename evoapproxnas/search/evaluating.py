"""From candidates to outcomes: what is cheap first, the rest by an executor."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.errors import StoreError
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
    PointId,
    Rejection,
    StepId,
)
from evoapproxnas.search.reuse import Reuse, as_own, measured_anew, take_over
from evoapproxnas.store import Run

Member = tuple[PointId, Candidate, Point, StepId]
"""A front member: its name, candidate, figures, and the step that left its weights."""


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
            return Rejection(self._priced(candidate), reason)
        if front is None or not set(self._ranking.directions) <= set(best):
            return None
        vector = np.array(self._ranking.vector(best))
        dominates = np.all(front <= vector, axis=1) & np.any(front < vector, axis=1)
        if not dominates.any():
            return None
        shown = ", ".join(f"{name} {best[name]:g}" for name in self._ranking.directions)
        reason = f"not trained: the front is better than the best that it could be ({shown})"
        return Rejection(self._priced(candidate), reason)

    def outcomes(
        self, work: Sequence[tuple[Candidate, Step]], lost: Callable[[StepId, Failure], None]
    ) -> Iterator[tuple[Candidate, Step, Outcome]]:
        """Do steps of candidates; outcomes come in the order in which they finish.

        What is to be kept of an evaluation is in its files before the outcome is yielded.

        Args:
            work: what to evaluate, and how.
            lost: is told of a step that went down with its machine, before it is done again.

        Raises:
            EvoApproxNASError: what no candidate could escape.
        """
        again: list[tuple[Candidate, Step]] = []
        left: list[tuple[Candidate, Step]] = []
        for candidate, step in work:
            known = self._reuse.find(candidate, step)
            if known is not None and known.measured:
                yield candidate, step, take_over(known, step, self._models)
            else:
                left.append((candidate, step))
        for (candidate, step), outcome in self._run(left):
            if isinstance(outcome, Failure) and outcome.kind == "lost":
                lost(step.id, outcome)
                again.append((candidate, step))
            else:
                yield candidate, step, outcome
        for (candidate, step), outcome in self._run(again):
            if isinstance(outcome, Failure) and outcome.kind == "lost":
                reason = f"its machine was lost twice: {outcome.reason}"
                outcome = replace(outcome, kind="crashed", reason=reason)
            yield candidate, step, outcome

    def tests(self, members: Sequence[Member]) -> Iterator[tuple[PointId, Evaluation | Failure]]:
        """Measure front members on what the search does not see."""
        tasks, there = [], []
        for name, candidate, point, weights in members:
            try:
                task = self._problem.test_task(
                    candidate, point, weights=weights, folder=self._models
                )
            except StoreError as error:  # Someone removed its weights: the others are measured.
                yield name, Failure("raised", str(error))
            else:
                tasks.append(task)
                there.append(name)
        for index, result in self._executor.run(tasks):
            yield there[index], self._received(str(there[index]), result)

    def _run(
        self, work: Sequence[tuple[Candidate, Step]]
    ) -> Iterator[tuple[tuple[Candidate, Step], Outcome]]:
        known = [self._reuse.find(candidate, step) for candidate, step in work]
        steps = [
            step if reused is None else measured_anew(reused, candidate, step, self._models)
            for (candidate, step), reused in zip(work, known, strict=True)
        ]
        candidates = [candidate for candidate, _ in work]
        tasks = [self._task(c, step) for c, step in zip(candidates, steps, strict=True)]
        for index, result in self._executor.run(tasks):
            step, reused = work[index][1], known[index]
            outcome = self._received(str(step.id), result)
            if isinstance(outcome, Evaluation):
                whole = self._whole(outcome, candidates[index], steps[index])
                outcome = finite(whole if reused is None else as_own(reused, step, whole))
            yield work[index], outcome

    def _received(self, name: str, outcome: Result | Failure) -> Evaluation | Failure:
        if isinstance(outcome, Failure):
            return outcome
        return self._problem.receive(name, outcome, folder=self._models)

    def _whole(self, evaluation: Evaluation, candidate: Candidate, step: Step) -> Evaluation:
        """Add what is known without an evaluation, and what the weights were."""
        cheap = self._priced(candidate)
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
            state="finished" if step.final else "stopped",
        )
        return replace(
            evaluation,
            metrics={**cheap, **evaluation.metrics},
            others=_with(cheap, evaluation.others),
            training=trained,
            weights=weights,
        )

    def _priced(self, candidate: Candidate) -> Mapping[str, float]:
        if candidate.id not in self._cheap:
            self._cheap[candidate.id] = self._problem.price(candidate)
        return self._cheap[candidate.id]

    def _task(self, candidate: Candidate, step: Step) -> Task:
        place, number = candidate.id, step.id.step
        purpose = f"training {number}" if number else "training"
        seed = seeds.integer(self._seed, place.generation, place.index, purpose)
        return self._problem.task(candidate, step=step, seed=seed, folder=self._models)


def copied(outcome: Outcome, source: CandidateId) -> Outcome:
    """The outcome of a candidate that means the same as an earlier one."""
    if isinstance(outcome, Evaluation):
        return Evaluation(outcome.metrics, assignment=outcome.assignment, weights=outcome.weights)
    reason = f"same network as {source}: {outcome.reason}"
    if isinstance(outcome, Rejection):
        return replace(outcome, reason=reason)
    return Failure(outcome.kind, reason)


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
