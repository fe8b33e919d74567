"""What a campaign knows so far, in memory: candidates, what their steps gave, the front."""

from collections import Counter
from collections.abc import Callable, Iterable

from evoapproxnas.constraints import Ranking, feasible
from evoapproxnas.pareto import Points
from evoapproxnas.problems import Source
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
    each_once,
)
from evoapproxnas.search.archive import Archive, Volume
from evoapproxnas.store import Counts


class Ledger:
    """Nothing here is read from the store again, and no step costs more the longer a run is.

    Attributes:
        ranking: how points compare.
        candidates: all that were proposed.
        outcomes: what the candidates that have an outcome came to; of several steps with figures
            the last.
        steps: how many steps of a candidate have an outcome.
        evaluations: what steps gave.
        first_of_key: the first candidate of each key; the others take its outcome over.
        twins: by candidate, later ones that differ in hardware alone and took its figures over.
        trained: by architecture, the step whose weights had the most passes.
        counts: outcomes by kind.
        trainings: how many there were of each step.
        archive: the front of all points.
    """

    def __init__(
        self, ranking: Ranking, work_key: Callable[[Candidate], str] = lambda c: c.key
    ) -> None:
        """Start empty.

        Args:
            ranking: how points compare.
            work_key: see `Problem.work_key`.
        """
        self.ranking = ranking
        self.work_key = work_key
        self.candidates: dict[CandidateId, Candidate] = {}
        self.outcomes: dict[CandidateId, Outcome] = {}
        self.steps: dict[CandidateId, int] = {}
        self.evaluations: dict[StepId, Evaluation] = {}
        self.first_of_key: dict[str, CandidateId] = {}
        self.twins: dict[CandidateId, list[CandidateId]] = {}
        self._first_of_work: dict[str, CandidateId] = {}
        self.trained: dict[str, StepId] = {}
        self.counts = Counts()
        self.trainings: Counter[int] = Counter()
        self.archive: Archive[PointId] = Archive(len(ranking.directions))
        self._last: dict[CandidateId, StepId] = {}
        self._volume = Volume()

    def propose(self, candidate: Candidate) -> None:
        """Take note of a candidate."""
        self.candidates[candidate.id] = candidate
        self.first_of_key.setdefault(candidate.key, candidate.id)

    def is_copy(self, candidate: Candidate) -> bool:
        """Whether an earlier candidate means the same."""
        return self.first_of_key[candidate.key] != candidate.id

    def settle(self, step: StepId, outcome: Outcome) -> None:
        """Take note of an outcome."""
        place = step.candidate
        self.steps[place] = step.step + 1
        if step.step == 0 or isinstance(outcome, Evaluation):
            self.outcomes[place] = outcome
        copy = self.is_copy(self.candidates[place])
        self._count(step, outcome, copied=copy and not _unvaried(outcome))
        if not copy and not _unvaried(outcome) and not isinstance(outcome, Rejection):
            self._worked(place)
        if isinstance(outcome, Evaluation) and not copy:
            self._add(step, outcome)

    def _worked(self, place: CandidateId) -> None:
        """Take note of who was evaluated first, and who differs from it in hardware alone."""
        first = self._first_of_work.setdefault(self.work_key(self.candidates[place]), place)
        twins = self.twins.setdefault(first, [])
        if first != place and place not in twins:
            twins.append(place)

    def twin_of(self, candidate: Candidate) -> CandidateId | None:
        """The candidate that was evaluated, or failed, and differs in hardware alone."""
        first = self._first_of_work.get(self.work_key(candidate))
        return None if first == candidate.id else first

    def last_step(self, place: CandidateId) -> StepId | None:
        """The last step of a candidate that has figures."""
        return self._last.get(place)

    def _add(self, step: StepId, evaluation: Evaluation) -> None:
        self.evaluations[step] = evaluation
        self._last[step.candidate] = step
        for number, point in enumerate(evaluation.points):
            name = PointId(step.candidate, step.step, number)
            self.archive.add(name, self.ranking.vector(point.metrics))
        if evaluation.training is not None:
            key = self.candidates[step.candidate].architecture_key
            known = self.trained.get(key)
            if known is None or self.passes(known) < evaluation.training.passes:
                self.trained[key] = step

    def _count(self, step: StepId, outcome: Outcome, *, copied: bool) -> None:
        counts = self.counts
        if isinstance(outcome, Evaluation) and not copied:
            counts.reused += bool(outcome.reused_from)
            counts.promotions += step.step > 0
            counts.emulated += outcome.training is None and outcome.weights is not None
            if outcome.training is not None and not outcome.reused_from:
                counts.trainings += 1
                self.trainings[step.step] += 1
                counts.passes += outcome.training.budget
        if step.step > 0:
            return
        counts.done += 1
        counts.failures += isinstance(outcome, Failure)
        if copied:
            counts.cached += 1
        elif isinstance(outcome, Rejection):
            counts.rejected += 1
        else:
            counts.work += 1

    def passes(self, step: StepId) -> float:
        """Passes over the training images that the weights a step left have had."""
        training = self.evaluations[step].training
        return 0.0 if training is None else training.passes

    def weights(self, place: CandidateId) -> StepId | None:
        """The step that left the weights of a candidate; None where nothing is trained."""
        return self.evaluations[self._last[place]].weights if place in self._last else None

    def source(self, step: StepId, *, points_of: CandidateId | None = None) -> Source:
        """What a step begins with that takes the weights of an earlier one.

        Args:
            step: a step that trained.
            points_of: whose points go along; None: the step's own.
        """
        training = self.evaluations[step].training
        measured = self._last[points_of] if points_of else step
        return Source(
            self.candidates[step.candidate],
            step,
            self.passes(step),
            training.identity if training else "",
            self.evaluations[measured].points,
        )

    def points(self, places: Iterable[CandidateId]) -> list[PointId]:
        """The points of candidates, those of the last step that has any."""
        return [
            PointId(step.candidate, step.step, number)
            for step in (self._last[place] for place in places if place in self._last)
            for number in range(len(self.evaluations[step].points))
        ]

    def point(self, name: PointId) -> Point:
        """The assignment and the figures of a point."""
        return self.evaluations[name.made_in].points[name.number]

    def vectors(self, points: Iterable[PointId]) -> Points:
        """Objective vectors of points, shape (n, m)."""
        return self.ranking.vectors(self.point(name).metrics for name in points)

    def front(self) -> dict[PointId, Point]:
        """The members of the archive, each once, in order of birth."""
        members = {name: self.point(name) for name in sorted(self.archive.keys)}
        return each_once(members, self.evaluations)

    def hypervolume(self, seen: Iterable[PointId]) -> float:
        """Hypervolume of the front after a generation; points beyond a limit add nothing.

        Args:
            seen: points of the generation; the first within the limits fix the reference.
        """
        return self._volume.measure(feasible(self.archive.vectors), feasible(self.vectors(seen)))


def _unvaried(outcome: Outcome) -> bool:
    """Whether a candidate only stands for another one that could not be made."""
    return isinstance(outcome, Failure) and outcome.kind == "unvaried"
