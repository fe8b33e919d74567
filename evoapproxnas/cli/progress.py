"""What a campaign shows while it runs: a live bar on a terminal, plain lines elsewhere."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from evoapproxnas.cli.counting import work_told
from evoapproxnas.cli.output import say
from evoapproxnas.records import Candidate, Evaluation, Failure, Outcome, Rejection, StepId
from evoapproxnas.search.observer import Progress


class Lines:
    """One line an event; the base of both ways.

    Attributes:
        console: where they go.
    """

    def __init__(self, console: Console) -> None:
        """Say where lines go."""
        self.console = console

    def __enter__(self) -> "Lines":
        """Nothing to begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end."""
        return None

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: Progress) -> None:
        """Print the candidate's figures, or why it has none."""
        name = StepId(candidate.id, progress.step)
        self._say(f"{name}  {_describe(outcome, progress)}  {_counts(progress)}")

    def generation(self, progress: Progress, front_size: int) -> None:
        """Print a summary of the generation."""
        volume = "-" if progress.hypervolume is None else f"{progress.hypervolume:.4g}"
        found = f"front of {front_size}, hypervolume {volume}"
        parts = [found, *work_told(progress.counts)]
        self._say(f"generation {progress.generation}: {', '.join(parts)}")

    def message(self, text: str) -> None:
        """Print a line."""
        self._say(text)

    def _say(self, text: str) -> None:
        say(text, to=self.console)


class _Live(Lines):
    """A bar with counts and time left below the lines of generations and failures."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}"),
            console=console,
        )
        self._task = self._bar.add_task("generation 0", total=None, counts="starting workers")

    def __enter__(self) -> "_Live":
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: Progress) -> None:
        """Advance the bar; failures also get a line."""
        if isinstance(outcome, Failure):
            name = StepId(candidate.id, progress.step)
            self._say(f"{name}  {_describe(outcome, progress)}")
        self._bar.update(
            self._task,
            description=f"generation {progress.generation}",
            completed=progress.counts.done,
            total=progress.total,
            counts=_counts(progress),
        )


def observe(console: Console) -> Lines:
    """Choose the observer that suits where the output goes; use it in a `with` block."""
    return _Live(console) if console.is_terminal else Lines(console)


def _describe(outcome: Outcome, progress: Progress) -> str:
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


def _how(outcome: Evaluation, progress: Progress) -> str:
    """Say what is not an ordinary first training, and how many points there are."""
    training, parts = outcome.training, []
    if len(outcome.points) > 1:
        parts.append(f"first of {len(outcome.points)} points")
    if outcome.reused_from:
        parts.append(f"reused from {outcome.reused_from}")
    elif training is not None and progress.step:
        parts.append(f"trained on to {training.passes:g} passes")
    elif training is None and outcome.weights is not None and outcome.seconds:
        parts.append(f"with the weights of {outcome.weights}")
    return f"  ({', '.join(parts)})" if parts else ""


def _counts(progress: Progress) -> str:
    left = progress.seconds_left
    parts = [f"{progress.counts.done}/{progress.total}", *work_told(progress.counts)]
    parts += [f"hypervolume {progress.hypervolume:.4g}"] if progress.hypervolume else []
    parts += [] if left is None else [f"{_clock(left)} left"]
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    """Hours, minutes and seconds; a campaign may take more than a day."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"
