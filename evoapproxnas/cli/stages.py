"""Progress in stages: a live bar on a terminal, now and then a line elsewhere."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evoapproxnas.cli.output import clean, say

LINES_PER_STAGE = 20
"""At most, of stages with many short steps, where there is no terminal."""


class Stages:
    """Shows how far each stage is; use it in a `with` block.

    Args:
        console: where to.
        quiet: show nothing.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        """Prepare; see the class."""
        self._console = console
        self._quiet = quiet
        self._tasks: dict[str, int] = {}
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[text]}", markup=False),
            console=console,
            disable=quiet or not console.is_terminal,
        )

    def __enter__(self) -> "Stages":
        """Start the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the bar."""
        self._bar.stop()

    def advance(self, stage: str, text: str, done: int, total: int) -> None:
        """Show what was done, and how much of the stage is."""
        if self._quiet:
            return
        if not self._console.is_terminal:
            if done % -(-total // LINES_PER_STAGE) == 0 or done == total:
                say(f"{stage} {done}/{total}  {text}", to=self._console)
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total, text="")
        self._bar.update(self._tasks[stage], completed=done, total=total, text=clean(text))  # type: ignore[arg-type]
