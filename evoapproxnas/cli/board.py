"""What a campaign looks like on a terminal: some lines about where it stands at a moment.

    generation 3 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━                    34 of 88 candidates
    trainings    36 of 132 passes: 24 on rung 1, 9 on rung 2, 3 on rung 3
    outcomes     2 failed, 5 rejected, 3 reused
    time         0:12:31, about 0:20:14 left; Ctrl-C stops, and nothing is lost
    hypervolume  0.4312 after generation 2
    front        12 points      accuracy   energy nJ  of exact 8-bit
                 g03-05           97.5 %       160.2            0.43
    last         g03-07-r1  accuracy  93.1 %  energy       41 nJ (0.11 of exact 8-bit)

Only attributes that every terminal has on a light and on a dark ground are used: dim, bold, green
and red. `live` shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text

from evoapproxnas.cli.counting import clock, column_told, trainings_told
from evoapproxnas.cli.output import clean
from evoapproxnas.wording import several

if TYPE_CHECKING:
    from evoapproxnas.search.observer import Progress

_Member = TypeVar("_Member")
_LABEL = 13
_WIDEST = 96
"""Columns that are used at most: a line of figures is read more easily if it is short."""
_MEMBERS = 8
"""Of the front that are shown at most, spread over it."""


@dataclass(frozen=True)
class Board:
    """What is known.

    Attributes:
        doing: what goes on, in words, until there is progress.
        started: when it began, on the monotonic clock.
        progress: as of the last outcome.
        told: when that came.
        volume: hypervolume of the last generation that has one, in words.
        last: the last outcome, in words.
        hint: what a user may do.
    """

    doing: str
    started: float
    progress: "Progress | None" = None
    told: float = 0.0
    volume: str = ""
    last: str = ""
    hint: str = "; Ctrl-C stops, and nothing is lost"


def draw(board: Board, now: float, *, width: int, height: int, ascii_only: bool) -> list[Text]:
    """Return the lines of a board; none is wider than the terminal, and all fit in its height.

    Args:
        board: what is known.
        now: the time, on the monotonic clock.
        width: columns of the terminal.
        height: lines of the terminal.
        ascii_only: whether it has no other characters.
    """
    width = min(width, _WIDEST)
    elapsed = now - board.started
    if board.progress is None:
        lines = [Text.assemble(clean(board.doing), "  ", (clock(elapsed), "dim"))]
    else:
        facts = [_bar(board.progress, width, ascii_only), *_facts(board, now)]
        space = min(height - len(facts) - 3, _MEMBERS)
        lines = [*facts, *_front(board.progress, space, width)]
        lines += [_row("last", clean(board.last))] if board.last else []
    for line in lines:
        line.truncate(width, overflow="ellipsis" if not ascii_only else "crop")
    return lines[: max(height - 1, 1)]


def _row(label: str, value: "str | Text") -> Text:
    return Text.assemble((label.ljust(_LABEL), "dim"), value)


def _bar(progress: "Progress", width: int, ascii_only: bool) -> Text:
    done, total = progress.counts.done, max(progress.total, 1)
    told = f" {done} of {several(progress.total, 'candidate')}"
    label = f"generation {progress.generation} ".ljust(_LABEL)
    space = max(width - len(label) - len(told), 0)
    full = min(space * done // total, space)
    line = "-" if ascii_only else "━"
    return Text.assemble(
        (label, "bold"), (line * full, "green"), (line * (space - full), "dim"), told
    )


def _facts(board: Board, now: float) -> list[Text]:
    progress = board.progress
    if progress is None:
        return []
    counts = progress.counts
    others = f"{counts.rejected} rejected, {counts.reused} reused"
    others += f", {counts.emulated} emulated only" if counts.emulated else ""
    others += f", {counts.cached} cached" if counts.cached else ""
    failed = (f"{counts.failures} failed", "red" if counts.failures else "")
    time = clock(now - board.started)
    if progress.seconds_left is not None:
        left = max(progress.seconds_left - (now - board.told), 0.0)
        time += f", about {clock(left)} left"
    trained = trainings_told(counts, progress.trainings)
    return [
        *([_row("trainings", trained)] if counts.trainings else []),
        _row("outcomes", Text.assemble(failed, ", ", others)),
        _row("time", Text.assemble(time, (board.hint, "dim"))),
        _row("hypervolume", board.volume or "known after the first generation"),
    ]


def _front(progress: "Progress", space: int, width: int) -> list[Text]:
    """Return the front under the names of its figures: as many members and figures as fit."""
    front = progress.front
    size = several(len(front), "point")
    if not front or space < 1:
        return [_row("front", size if front else "no point yet")]
    first = next(iter(progress.objectives), "")
    members = sorted(front, key=lambda name: front[name].metrics.get(first, 0.0))
    rows = [(str(name), front[name].metrics) for name in _spread(members, space)]
    names, of_networks = _shown(progress.objectives, rows[0][1]), "relative_energy" in rows[0][1]
    left = max(len(size), *(len(name) for name, _ in rows))
    columns: list[list[str]] = []
    used = _LABEL + left
    for name in names:
        values = [metrics.get(name) for _, metrics in rows]
        heading, cells = column_told(name, values, of_networks=of_networks)
        cells = [heading, *cells]
        wide = max(len(cell) for cell in cells) + 2
        used += wide
        if columns and used > width:
            break
        columns.append([cell.rjust(wide) for cell in cells])
    told = [name.ljust(left) for name in (size, *(name for name, _ in rows))]
    text = ["".join(cells) for cells in zip(told, *columns, strict=True)]
    head = Text.assemble((text[0][:left], ""), (text[0][left:], "dim"))
    return [_row("front", head), *(_row("", line) for line in text[1:])]


def _shown(objectives: Sequence[str], metrics: Mapping[str, float]) -> list[str]:
    """Return figures of which there are columns: the objectives, and relative energy."""
    names = [name for name in objectives if name in metrics] or list(metrics)
    beside = "energy_nj" in names and "relative_energy" in metrics
    return list(dict.fromkeys([*names, *(["relative_energy"] if beside else [])]))


def _spread(members: Sequence[_Member], space: int) -> list[_Member]:
    """Return so many of them, the first and the last among them."""
    if len(members) <= space:
        return list(members)
    step = (len(members) - 1) / max(space - 1, 1)
    return [members[round(step * place)] for place in range(space)]
