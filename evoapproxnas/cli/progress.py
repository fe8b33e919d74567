"""What a campaign and a finish say while they run, line by line; `live` is for terminals."""

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console

from evoapproxnas.cli.counting import clock, work_told
from evoapproxnas.cli.output import note
from evoapproxnas.cli.verbosity import Level, level
from evoapproxnas.records import Candidate, Evaluation, Failure, Outcome, Rejection, StepId
from evoapproxnas.wording import several

if TYPE_CHECKING:
    from evoapproxnas.search.observer import Progress


class Lines:
    """One line an event, for pipes and files; use it in a `with` block.

    Attributes:
        console: where they go.
        then: what goes on from the first message on, in words.
    """

    def __init__(self, console: Console, *, doing: str, then: str) -> None:
        """Prepare.

        Args:
            console: where lines go.
            doing: what goes on at first, in words: a sign of life before anything is imported.
            then: what goes on from the first message on.
        """
        self.console, self._doing, self.then = console, doing, then

    def __enter__(self) -> "Lines":
        """Say that something goes on."""
        self._say(self._doing)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end."""
        return None

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: "Progress") -> None:
        """Print the candidate's figures, or why it has none."""
        self.tell_outcome(candidate, outcome, progress)

    def generation(self, progress: "Progress", front_size: int) -> None:
        """Print a summary of the generation."""
        volume = "-" if progress.hypervolume is None else f"{progress.hypervolume:.4g}"
        found = f"front of {front_size}, hypervolume {volume}"
        parts = [found, *work_told(progress.counts)]
        self._say(f"generation {progress.generation}: {', '.join(parts)}")

    def message(self, text: str) -> None:
        """Print a line."""
        self._say(text)

    def tell_outcome(self, candidate: Candidate, outcome: Outcome, progress: "Progress") -> None:
        """Print the line of a candidate, with -v with the traceback of a failure."""
        name = StepId(candidate.id, progress.step)
        self._say(f"{name}  {described(outcome, progress)}  {_counts(progress)}")
        if isinstance(outcome, Failure) and outcome.details and level() == Level.VERBOSE:
            self._say(outcome.details.rstrip())

    def _say(self, text: str) -> None:
        note(text, to=self.console)


def described(outcome: Outcome, progress: "Progress") -> str:
    """Say in a line what a step came to."""
    if isinstance(outcome, Failure):
        return f"failed ({outcome.kind}): {outcome.reason}"
    if isinstance(outcome, Rejection):
        return outcome.reason
    return f"{_figures(outcome)}{_how(outcome, progress)}"


def _figures(outcome: Evaluation) -> str:
    m = outcome.metrics
    if not {"error", "energy_nj", "relative_energy"} <= set(m):
        return "  ".join(f"{name} {value:.4g}" for name, value in m.items())
    return (
        f"accuracy {100 * (1 - m['error']):5.1f} %  energy {m['energy_nj']:8.3g} nJ "
        f"({m['relative_energy']:.2f} of exact 8-bit)"
    )


def _how(outcome: Evaluation, progress: "Progress") -> str:
    """Say what is not an ordinary first training, and how many points there are."""
    training, parts = outcome.training, []
    if len(outcome.points) > 1:
        parts.append(f"first of {len(outcome.points)} points")
    if outcome.reused_from:
        parts.append(f"reused from {outcome.reused_from}")
    elif training is not None and progress.step:
        parts.append(f"trained on to {several(training.passes, 'pass')}")
    elif training is None and outcome.weights is not None and outcome.seconds:
        parts.append(f"with the weights of {outcome.weights}")
    return f"  ({', '.join(parts)})" if parts else ""


def _counts(progress: "Progress") -> str:
    left = progress.seconds_left
    parts = [f"{progress.counts.done}/{progress.total}", *work_told(progress.counts)]
    parts += [f"hypervolume {progress.hypervolume:.4g}"] if progress.hypervolume else []
    parts += [] if left is None else [f"{clock(left)} left"]
    return ", ".join(parts)
