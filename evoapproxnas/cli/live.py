"""A campaign on a terminal: a board that is drawn again and again, below lines that stay."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

from evoapproxnas.cli.board import Board, draw
from evoapproxnas.cli.progress import Lines, described
from evoapproxnas.cli.verbosity import Level, level
from evoapproxnas.records import Candidate, Failure, Outcome, StepId

if TYPE_CHECKING:
    from evoapproxnas.search.observer import Progress

_A_SECOND = 2
"""So often the board is drawn: time goes by in whole seconds."""


class LiveBoard(Lines):
    """The board, with a line above it for every generation and failure."""

    def __init__(
        self,
        console: Console,
        *,
        doing: str,
        then: str,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; see `Lines`.

        Args:
            console: a terminal.
            doing: what goes on at first, in words.
            then: what goes on from the first message on.
            now: the clock.
        """
        super().__init__(console, doing=doing, then=then)
        self._now = now
        self._board = Board(doing, now())
        self._live = _Redrawn(console, _Drawing(self._draw))

    def __enter__(self) -> "LiveBoard":
        """Show the board."""
        self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the board away, but for an interrupted campaign, of which it is all there is."""
        self._board = replace(self._board, hint="")
        self._live.transient = kind is not KeyboardInterrupt or self._board.progress is None
        self._live.stop()

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: "Progress") -> None:
        """Bring the board up to date; failures also get a line, with -v all candidates do."""
        last = f"{StepId(candidate.id, progress.step)}  {described(outcome, progress)}"
        self._board = replace(self._board, progress=progress, told=self._now(), last=last)
        if level() == Level.VERBOSE or isinstance(outcome, Failure):
            self.tell_outcome(candidate, outcome, progress)

    def generation(self, progress: "Progress", front_size: int) -> None:
        """Print what came of a generation; the rest is on the board."""
        volume = "-" if progress.hypervolume is None else f"{progress.hypervolume:.4g}"
        number = progress.generation
        self._board = replace(
            self._board,
            progress=progress,
            told=self._now(),
            volume=f"{volume} after generation {number}",
        )
        self._say(f"generation {number}: front of {front_size}, hypervolume {volume}")

    def message(self, text: str) -> None:
        """Print a line."""
        self._board = replace(self._board, doing=self.then)
        super().message(text)

    def _draw(self, options: ConsoleOptions) -> list[Text]:
        return draw(
            self._board,
            self._now(),
            width=options.max_width,
            height=self.console.height,
            ascii_only=options.ascii_only,
        )


class _Drawing:
    """The lines as they are now.

    Attributes:
        widths: of the lines that were drawn last.
    """

    def __init__(self, lines: Callable[[ConsoleOptions], list[Text]]) -> None:
        """Say where the lines come from."""
        self._lines = lines
        self.widths: list[int] = []

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the lines."""
        lines = self._lines(options)
        self.widths = [line.cell_len for line in lines]
        yield from lines


class _Redrawn(Live):
    """Lines that are drawn again, also where the terminal has become narrower meanwhile.

    A terminal then breaks the lines that are there, so that they are more than were drawn; without
    making up for that, the upper ones would stay where they are.
    """

    def __init__(self, console: Console, drawing: _Drawing) -> None:
        """Prepare."""
        self._drawing = drawing
        super().__init__(
            drawing, console=console, refresh_per_second=_A_SECOND, vertical_overflow="crop"
        )

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Go up over what the terminal broke, before Rich goes up over what was drawn."""
        broken = broken_lines(self._drawing.widths, self.console.width)
        erased = [(ControlType.ERASE_IN_LINE, 2), (ControlType.CURSOR_UP, 1)] * broken
        above = [Control(ControlType.CARRIAGE_RETURN, *erased)] if broken else []
        return [*above, *super().process_renderables(renderables)]


def broken_lines(widths: Sequence[int], space: int) -> int:
    """Return how many more lines than they were lines take in a terminal of so many columns."""
    return sum(max(-(-width // max(space, 1)), 1) - 1 for width in widths)
