"""Progress in stages: a live bar on a terminal, now and then a line elsewhere."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

from evoapproxnas.cli.output import clean, is_live, note
from evoapproxnas.cli.verbosity import Level, level

LINES_PER_STAGE = 20
"""At most, of stages with many short steps, where there is no terminal."""


class Stages:
    """Shows how far each stage is; use it in a `with` block.

    Args:
        console: where to.
        quiet: show nothing, as with --quiet.
        every: where there is no terminal, print a line for every step, however many there are; on
            a terminal as well with --verbose.
    """

    def __init__(self, console: Console, *, quiet: bool = False, every: bool = False) -> None:
        """Prepare; see the class."""
        self._console = console
        self._quiet = quiet or level() == Level.QUIET
        self._every = every
        self._tasks: dict[str, int] = {}
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(20, style="dim", complete_style="green", finished_style="green"),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn(
                "{task.fields[text]}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            console=console,
            disable=self._quiet or not is_live(console),
            expand=True,
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
        live = is_live(self._console)
        now_and_then = done % -(-total // LINES_PER_STAGE) == 0 or done == total
        if level() == Level.VERBOSE or (not live and (self._every or now_and_then)):
            note(f"{stage} {done}/{total}  {text}", to=self._console)
        if not live:
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total, text="")
        self._bar.update(self._tasks[stage], completed=done, total=total, text=clean(text))  # type: ignore[arg-type]
