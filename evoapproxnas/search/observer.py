"""What a campaign tells whoever watches: the terminal, a log, a notebook."""

from dataclasses import dataclass
from typing import Protocol

from evoapproxnas.records import Candidate, Outcome


@dataclass(frozen=True)
class Progress:
    """Where a campaign stands.

    Attributes:
        generation: the one in progress, 0 for the initial population.
        done: candidates with an outcome, cache hits and failures included.
        total: candidates that the whole campaign will have, as far as is known.
        cached: candidates that took over the outcome of an earlier one.
        failures: candidates without figures.
        rejected: candidates that were ruled out before any training.
        trainings: of this run, in all sessions.
        promotions: candidates that were trained on, as they looked promising.
        emulated: candidates that were measured with the weights of another one.
        reused: trainings that were taken over from another run.
        passes: over the training images, of all trainings.
        seconds_left: wall-clock time, estimated; None before the first outcome of this session.
        step: of its candidate that an outcome is of: 0 is the first, later ones go on from there.
    """

    generation: int
    done: int
    total: int
    cached: int
    failures: int
    seconds_left: float | None = None
    step: int = 0
    hypervolume: float | None = None
    rejected: int = 0
    trainings: int = 0
    promotions: int = 0
    emulated: int = 0
    reused: int = 0
    passes: float = 0.0


class Observer(Protocol):
    """Receives a campaign's events, in its process."""

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: Progress) -> None:
        """A candidate was evaluated, taken from the cache or the store, rejected, or failed."""

    def generation(self, progress: Progress, front_size: int) -> None:
        """A generation is complete and recorded."""

    def message(self, text: str) -> None:
        """Something else worth a line."""


class Silent:
    """An observer that nobody listens to."""

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: Progress) -> None:
        """Nothing."""

    def generation(self, progress: Progress, front_size: int) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""
