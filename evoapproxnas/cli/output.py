"""What commands print: tables for people, JSON for programs, and text as it is.

Names and reasons come from files and other people's code. `say` and the tables print them
literally: nothing in them is markup, and control characters are shown instead of obeyed.
"""

import errno
import json
import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evoapproxnas.cli.verbosity import Level, level

if TYPE_CHECKING:
    import pandas as pd

    from evoapproxnas.multipliers import CatalogEntry


class Terminal(Console):
    """A console that leaves a reader that is gone (head, less) to `cli.app.main`."""

    def on_broken_pipe(self) -> None:
        """Raise again what Rich would end the program for."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


console = Terminal()

_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""C0 and C1 but for the line feed, what changes the direction of writing, and what is no text, as
bytes of file names may be."""
_GAP = 2
_NARROWEST = 16
"""Characters to which a column of text may shrink; its cells are folded then."""


def clean(text: str) -> str:
    r"""Return text whose control characters, but for line ends, are spelled out as `\x1b`."""
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def say(text: str, *, style: str = "", to: Console | None = None) -> None:
    """Print text literally; a line is as long as it takes.

    Args:
        text: what to print.
        style: of all of it, such as "dim".
        to: where; None is standard output.
    """
    shown = Text(clean(text), style=style)
    (to or console).print(shown, highlight=False, soft_wrap=True, markup=False)


def note(text: str, *, style: str = "", to: Console | None = None) -> None:
    """Say what is neither a result nor an error: --quiet leaves it out; see `say`."""
    if level() > Level.QUIET:
        say(text, style=style, to=to)


def is_live(where: Console) -> bool:
    """Whether lines there can be drawn again: a terminal that can move its cursor.

    FORCE_COLOR makes a terminal of a pipe for Rich, but only as far as colours go.
    """
    return where.is_interactive and where.file.isatty()


def same_command(*more: str) -> str:
    """Return the command that this process was started with, and more options, for a shell."""
    added = [] if more and more[0] in sys.argv else more
    return shlex.join(["python", "-m", "evoapproxnas", *sys.argv[1:], *added])


def print_table(frame: "pd.DataFrame", *, as_json: bool, title: str | None = None) -> None:
    """Print a data frame as an aligned table, or as a JSON list of objects.

    On a terminal, and where COLUMNS says how wide lines are, columns of text are folded if space
    is scarce. Columns for which there is none are left out, the last ones first, and named below.
    Numbers are never cut, and neither is the first column, which says what a row is about.
    """
    if as_json:
        print(json.dumps(json.loads(frame.to_json(orient="records")), indent=2))
        return
    _print_columns([_column(frame, i, first=i == 0) for i in range(len(frame.columns))], title)


def print_rows(
    rows: Sequence[Mapping[str, object]], *, as_json: bool, title: str | None = None
) -> None:
    """Print rows of the same columns as `print_table` does, without the time that pandas takes."""
    if as_json:
        print(json.dumps([dict(row) for row in rows], indent=2))
        return
    columns: list[_Column] = []
    for name in rows[0] if rows else ():
        values = [row[name] for row in rows]
        numeric = all(type(value) in (int, float) for value in values if value is not None)
        cells = tuple(cell(value) for value in values)
        columns.append(_Column(name, cells, numeric, fixed=numeric or not columns))
    _print_columns(columns, title)


def print_entries(entries: "Sequence[CatalogEntry]", *, as_json: bool) -> None:
    """Print multipliers of a library; the table leaves out what a reader can do without."""
    rows = [asdict(entry) for entry in entries]
    needless = {"digest", "origin"} | {
        key for key in (rows[0] if rows else ()) if all(row[key] is None for row in rows)
    }
    short = [{key: row[key] for key in row if key not in needless} for row in rows]
    print_rows(rows if as_json else short, as_json=as_json)


def print_side_by_side(frame: "pd.DataFrame") -> None:
    """Print a data frame with a line for each of its columns."""
    names = _Column("", tuple(str(name) for name in frame.columns), fixed=True)
    rows = frame.itertuples(index=False)
    values = [
        _Column(str(name), tuple(cell(value) for value in row), numeric=True)
        for name, row in zip(frame.index, rows, strict=True)
    ]
    _print(_fitting([names, *values], _space()), None)


def _print_columns(columns: "Sequence[_Column]", title: str | None) -> None:
    shown = _fitting(columns, _space())
    _print(shown, title)
    if left_out := [column.name for column in columns[len(shown) :]]:
        say(f"no space for {', '.join(left_out)}; --json has all", style="dim")


def _space() -> int | None:
    """Return how wide a line may be; None for as wide as it gets."""
    if console.is_terminal or os.environ.get("COLUMNS", "").isdecimal():
        return console.width
    return None


@dataclass(frozen=True)
class _Column:
    """Cells as text; `fixed` ones are never folded."""

    name: str
    cells: tuple[str, ...]
    numeric: bool = False
    fixed: bool = False
    width: int = 0

    @property
    def natural(self) -> int:
        """Characters that the longest cell takes."""
        return max(Text(clean(text)).cell_len for text in (self.name, *self.cells))

    @property
    def least(self) -> int:
        """Characters below which it is not shown."""
        return self.natural if self.fixed else min(self.natural, _NARROWEST)


def _column(frame: "pd.DataFrame", position: int, *, first: bool) -> _Column:
    values = frame.iloc[:, position]
    numeric = values.dtype.kind in "fiu"
    cells = tuple(cell(value) for value in values)
    return _Column(str(frame.columns[position]), cells, numeric, fixed=numeric or first)


def _fitting(columns: Sequence[_Column], space: int | None) -> list[_Column]:
    """Return the columns that fit, with their widths; the first one always is among them."""
    shown = list(columns)
    if space is None:
        return [_sized(column, column.natural) for column in shown]
    while len(shown) > 1 and sum(c.least + _GAP for c in shown) - _GAP > space:
        shown.pop()
    left = space - sum(column.least + _GAP for column in shown) + _GAP
    sized = []
    for column in shown:
        more = max(0, min(column.natural - column.least, left))
        left -= more
        sized.append(_sized(column, column.least + more))
    return sized


def _sized(column: _Column, width: int) -> _Column:
    return _Column(column.name, column.cells, column.numeric, column.fixed, width)


def _print(columns: Sequence[_Column], title: str | None) -> None:
    """Print columns of known widths; a first one that no terminal holds is folded."""
    if title is not None:
        say(title, style="italic")
    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(
            Text(clean(column.name)),
            justify="right" if column.numeric else "left",
            overflow="fold",
            width=column.width,
        )
    for cells in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*[Text(clean(cell)) for cell in cells])
    width = sum(column.width + _GAP for column in columns)
    wide = console if console.is_terminal else Terminal(width=max(width, 1), file=console.file)
    wide.print(table, highlight=False)


def cell(value: object) -> str:
    """Return a value as text; four digits of a fraction, but every one before the point."""
    if isinstance(value, float):
        if value != value:
            return "-"
        return f"{value:.0f}" if 1000 <= abs(value) < 1e12 else f"{value:.4g}"
    return "-" if value is None else str(value).replace("\n", " ")
