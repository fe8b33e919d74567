"""From candidates to outcomes: what is cheap first, the rest by an executor."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evoapproxnas import seeds
from evoapproxnas.constraints import Ranking
from evoapproxnas.executors import Executor, Result, Task
from evoapproxnas.problems import Problem
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    Rejection,
)


class Evaluator:
    """Evaluates candidates of one campaign."""

    def __init__(
        self, problem: Problem, executor: Executor, ranking: Ranking, *, seed: int, models: Path
    ) -> None:
        """Remember what evaluations depend on.

        Args:
            problem: prices candidates and makes their tasks.
            executor: works on the tasks.
            ranking: its limits reject candidates.
            seed: of the run.
            models: folder for what evaluations keep.
        """
        self._problem, self._executor, self._ranking = problem, executor, ranking
        self._seed, self._models = seed, models
        self._cheap: dict[CandidateId, Mapping[str, float]] = {}

    def rejection(self, candidate: Candidate) -> Rejection | None:
        """Price a candidate; its rejection, if a limit rules it out before any training."""
        cheap = self._cheap[candidate.id] = self._problem.price(candidate)
        if broken := self._ranking.broken(cheap):
            beyond = ", ".join(f"{limit.name} {cheap[limit.name]:g}" for limit in broken)
            wanted = ", ".join(map(str, broken))
            return Rejection(cheap, f"not trained: {beyond}, and search.limits asks for {wanted}")
        return None

    def outcomes(
        self, candidates: Sequence[Candidate], lost: Callable[[Candidate, Failure], None]
    ) -> Iterator[tuple[Candidate, Outcome]]:
        """Evaluate priced candidates; outcomes come in the order in which they finish.

        Args:
            candidates: what to evaluate.
            lost: is told of a candidate that went down with its machine, before it is done again.

        Raises:
            EvoApproxNASError: what no candidate could escape.
        """
        again: list[Candidate] = []
        for candidate, outcome in self._run(candidates):
            if isinstance(outcome, Failure) and outcome.kind == "lost":
                lost(candidate, outcome)
                again.append(candidate)
            else:
                yield candidate, outcome
        for candidate, outcome in self._run(again):
            if isinstance(outcome, Failure) and outcome.kind == "lost":
                reason = f"its machine was lost twice: {outcome.reason}"
                outcome = replace(outcome, kind="crashed", reason=reason)
            yield candidate, outcome

    def tests(
        self, members: Sequence[Candidate]
    ) -> Iterator[tuple[Candidate, Evaluation | Failure]]:
        """Measure front members on what the search does not see."""
        tasks = [self._problem.test_task(member, folder=self._models) for member in members]
        for index, outcome in self._executor.run(tasks):
            yield members[index], self._received(members[index], outcome)

    def _run(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Any]]:
        tasks = [self._task(candidate) for candidate in candidates]
        for index, received in self._executor.run(tasks):
            candidate = candidates[index]
            outcome = self._received(candidate, received)
            if isinstance(outcome, Evaluation):
                metrics = {**self._cheap.pop(candidate.id), **outcome.metrics}
                yield candidate, finite(replace(outcome, metrics=metrics))
            else:
                yield candidate, outcome

    def _received(self, candidate: Candidate, outcome: Result | Failure) -> Evaluation | Failure:
        if isinstance(outcome, Failure):
            return outcome
        return self._problem.receive(candidate, outcome, folder=self._models)

    def _task(self, candidate: Candidate) -> Task:
        place = candidate.id
        seed = seeds.integer(self._seed, place.generation, place.index, "training")
        return self._problem.task(candidate, seed=seed, folder=self._models)


def copied(outcome: Outcome, source: CandidateId) -> Outcome:
    """The outcome of a candidate that means the same as an earlier one."""
    if isinstance(outcome, Evaluation):
        return Evaluation(outcome.metrics, assignment=outcome.assignment)
    reason = f"same network as {source}: {outcome.reason}"
    if isinstance(outcome, Rejection):
        return replace(outcome, reason=reason)
    return Failure(outcome.kind, reason)


def finite(evaluation: Evaluation) -> Evaluation | Failure:
    """An evaluation, or the failure that a figure of it is, which nothing can be compared with."""
    bad = [name for name, value in evaluation.metrics.items() if not math.isfinite(value)]
    if not bad:
        return evaluation
    reason = f"{bad[0]} is {evaluation.metrics[bad[0]]}, not a finite number"
    return Failure("raised", reason, evaluation.seconds)
