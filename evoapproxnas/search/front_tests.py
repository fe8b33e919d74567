"""The end of a campaign: its front is measured on what the search did not see."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.errors import StoreError
from evoapproxnas.executors import Executor, Task
from evoapproxnas.problems import Problem
from evoapproxnas.records import Candidate, Failure, Point, PointId, StepId
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.recorder import Recorder
from evoapproxnas.wording import several

_AT_ONCE = 4
"""Members of a network that a worker tests in one go: what they share is done once."""


@dataclass(frozen=True)
class _Members:
    """Front members of one trained network.

    Attributes:
        candidate: whose network it is.
        weights: the step that left its weights.
        points: by names: those that differ in hardware alone are one.
    """

    candidate: Candidate
    weights: StepId
    points: Mapping[tuple[PointId, ...], Point]

    @property
    def names(self) -> list[PointId]:
        """Of all points."""
        return [name for names in self.points for name in names]


class FrontTests:
    """Measures the members of a front that have no test figures yet."""

    def __init__(
        self,
        problem: Problem,
        executor: Executor,
        ledger: Ledger,
        recorder: Recorder,
        models: Path,
    ) -> None:
        """Remember what is measured, and how.

        Args:
            problem: makes the tasks.
            executor: works on them.
            ledger: holds the front.
            recorder: keeps what they come to.
            models: folder of weights and models.
        """
        self._problem, self._executor = problem, executor
        self._ledger, self._recorder, self._models = ledger, recorder, models

    def left(self) -> int:
        """Return how many tasks it takes to measure what has no figures."""
        return len(self._left())

    def run(self, tell: Callable[[str], None]) -> None:
        """Measure it.

        Args:
            tell: is told of what is done, and of what could not be tested.
        """
        self._share()
        left = self._left()
        if not left:
            return
        number = sum(len(group.names) for group in left)
        tell(f"measuring {several(number, 'front member')} on the test set")
        failed = self._measure(left)
        # A member that fails, or takes too long, is no reason to have no figures of the others.
        again = [alone for group, _ in failed if len(group.points) > 1 for alone in _singly(group)]
        failed = [(group, why) for group, why in failed if len(group.points) == 1]
        reasons: dict[str, list[PointId]] = {}
        for group, reason in (*failed, *self._measure(again)):
            reasons.setdefault(reason, []).extend(group.names)
        for reason, names in reasons.items():
            tell(f"{', '.join(map(str, sorted(names)))} could not be tested: {reason}")

    def _left(self) -> list[_Members]:
        """Members of the same weights together, but not too many; the largest groups first."""
        if not self._problem.test_figures:
            return []
        front, tests = self._ledger.front(), self._recorder.tests
        found: dict[object, list[tuple[PointId, ...]]] = {}
        for names in self._same(front):
            if not tests.keys() & set(names):
                key = names[0].candidate, self._weights_of(names[0])
                found.setdefault(key, []).append(names)
        groups = [
            everyone[start : start + _AT_ONCE]
            for everyone in found.values()
            for start in range(0, len(everyone), _AT_ONCE)
        ]
        return [
            _Members(
                self._ledger.candidates[group[0][0].candidate],
                self._weights_of(group[0][0]),
                {names: front[names[0]] for names in group},
            )
            for group in sorted(groups, key=len, reverse=True)
        ]

    def _same(self, front: Mapping[PointId, Point]) -> list[tuple[PointId, ...]]:
        """Names of the same weights and multipliers: they differ in hardware alone."""
        found: dict[object, list[PointId]] = {}
        for name, point in front.items():
            key = self._weights_of(name), tuple(sorted(point.assignment.items()))
            found.setdefault(key, []).append(name)
        return [tuple(names) for names in found.values()]

    def _share(self) -> None:
        """Give what has figures under one name the same under its others."""
        tests = self._recorder.tests
        for names in self._same(self._ledger.front()):
            known = [tests[name] for name in names if name in tests]
            for name in names if known else ():
                if name not in tests:
                    self._recorder.test(name, known[0])

    def _measure(self, members: Sequence[_Members]) -> list[tuple[_Members, str]]:
        """Record what groups of members come to; return those that fail, with the reason."""
        tasks: list[Task] = []
        there: list[_Members] = []
        failed = []
        for group in members:
            points = list(group.points.values())
            try:
                task = self._problem.test_task(
                    group.candidate, points, weights=group.weights, folder=self._models
                )
            except StoreError as error:  # Someone removed its weights: the others are measured.
                failed.append((group, str(error)))
            else:
                tasks.append(task)
                there.append(group)
        for index, result in self._executor.run(tasks):
            group = there[index]
            if isinstance(result, Failure):
                failed.append((group, result.reason))
                continue
            texts = [[str(name) for name in names] for names in group.points]
            figures = self._problem.receive_test(texts, result, folder=self._models)
            for names, metrics in zip(group.points, figures, strict=True):
                for name in names:
                    self._recorder.test(name, metrics)
        return failed

    def _weights_of(self, name: PointId) -> StepId:
        return self._ledger.evaluations[name.made_in].weights or name.made_in


def _singly(group: _Members) -> Iterable[_Members]:
    for names, point in group.points.items():
        yield _Members(group.candidate, group.weights, {names: point})
