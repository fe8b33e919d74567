"""What a campaign knows so far, in memory: candidates, outcomes, the front and its volume."""

from collections.abc import Iterable
from dataclasses import dataclass

from evoapproxnas.constraints import INFEASIBLE, Ranking
from evoapproxnas.pareto import Points
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    Rejection,
)
from evoapproxnas.search.archive import Archive, Volume


@dataclass
class Counts:
    """Outcomes so far.

    Attributes:
        done: all of them.
        failures: candidates without figures, copies of such included.
        rejected: candidates that were not evaluated, as a limit rules them out.
        cached: candidates that took over the outcome of an earlier one.
        work: candidates evaluated, or failed, on their own account.
    """

    done: int = 0
    failures: int = 0
    rejected: int = 0
    cached: int = 0
    work: int = 0


class Ledger:
    """Nothing here is read from the store again, and no step costs more the longer a run is.

    Attributes:
        ranking: how candidates compare.
        candidates: all that were proposed.
        outcomes: of those that have one.
        first_of_key: the first candidate of each key; the others take its outcome over.
        counts: outcomes by kind.
        archive: the front of all that was evaluated.
    """

    def __init__(self, ranking: Ranking) -> None:
        """Start empty."""
        self.ranking = ranking
        self.candidates: dict[CandidateId, Candidate] = {}
        self.outcomes: dict[CandidateId, Outcome] = {}
        self.first_of_key: dict[str, CandidateId] = {}
        self.counts = Counts()
        self.archive: Archive[CandidateId] = Archive(len(ranking.directions))
        self._volume = Volume()

    def propose(self, candidate: Candidate) -> None:
        """Take note of a candidate."""
        self.candidates[candidate.id] = candidate
        self.first_of_key.setdefault(candidate.key, candidate.id)

    def is_copy(self, candidate: Candidate) -> bool:
        """Whether an earlier candidate means the same."""
        return self.first_of_key[candidate.key] != candidate.id

    def settle(self, place: CandidateId, outcome: Outcome) -> None:
        """Take note of an outcome."""
        self.outcomes[place] = outcome
        counts = self.counts
        counts.done += 1
        counts.failures += isinstance(outcome, Failure)
        if self.is_copy(self.candidates[place]) and not _unvaried(outcome):
            counts.cached += 1
        elif isinstance(outcome, Rejection):
            counts.rejected += 1
        else:
            counts.work += 1
            if isinstance(outcome, Evaluation):
                self.archive.add(place, self.ranking.vector(outcome.metrics))

    def vectors(self, places: Iterable[CandidateId]) -> Points:
        """Objective vectors of candidates that have figures, shape (n, m)."""
        outcomes = [self.outcomes[place] for place in places]
        return self.ranking.vectors(o.metrics for o in outcomes if not isinstance(o, Failure))

    def front(self) -> dict[CandidateId, Evaluation]:
        """The members of the archive, in order of birth."""
        members = {place: self.outcomes[place] for place in sorted(self.archive.keys)}
        return {p: o for p, o in members.items() if isinstance(o, Evaluation)}

    def hypervolume(self, generation: Iterable[CandidateId]) -> float:
        """Hypervolume of the front after a generation; candidates beyond a limit add nothing.

        Args:
            generation: its candidates; the first with figures within the limits fix the reference.
        """
        evaluated = [p for p in generation if isinstance(self.outcomes[p], Evaluation)]
        return self._volume.measure(
            _feasible(self.archive.vectors), _feasible(self.vectors(evaluated))
        )


def _unvaried(outcome: Outcome) -> bool:
    """Whether a candidate only stands for another one that could not be made."""
    return isinstance(outcome, Failure) and outcome.kind == "unvaried"


def _feasible(vectors: Points) -> Points:
    return vectors[(vectors < INFEASIBLE).all(axis=1)]
