"""What a campaign tells whoever watches: the terminal, a log, a notebook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from evoapproxnas.records import Candidate, Outcome, Point, PointId
from evoapproxnas.store import Counts


@dataclass(frozen=True)
class Progress:
    """Where a campaign stands.

    Attributes:
        generation: the one in progress, 0 for the initial population.
        total: candidates that the whole campaign will have, as far as is known.
        counts: outcomes by kind, trainings and passes so far, in all sessions.
        seconds_left: wall-clock time, estimated; None before the first outcome of this session.
        step: of its candidate that an outcome is of: 0 is the first, later ones go on from there.
        hypervolume: of the front, known at the end of a generation. Its reference is a tenth
            beyond the worst of the first generation that is within the limits: it tells
            generations of a run apart, not runs.
        trainings: so far, by step: first those on the first rung, then those on the second, ...
        objectives: by name, in the order of the configuration.
        front: its members as they are now, in order of birth.
    """

    generation: int
    total: int
    counts: Counts
    seconds_left: float | None = None
    step: int = 0
    hypervolume: float | None = None
    trainings: tuple[int, ...] = ()
    objectives: tuple[str, ...] = ()
    front: Mapping[PointId, Point] = field(default_factory=dict)


class Observer(Protocol):
    """Receives a campaign's events, in its process."""

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: Progress) -> None:
        """A candidate was evaluated, taken from the cache or the store, rejected, or failed.

        Args:
            candidate: whose outcome it is.
            outcome: figures, failure or rejection.
            progress: with it.
        """

    def generation(self, progress: Progress, front_size: int) -> None:
        """A generation is complete and recorded.

        Args:
            progress: with it.
            front_size: points on the front so far.
        """

    def message(self, text: str) -> None:
        """Something else worth a line.

        Args:
            text: a sentence.
        """


class Silent:
    """An observer that nobody listens to."""

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: Progress) -> None:
        """Nothing."""

    def generation(self, progress: Progress, front_size: int) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""
