"""Tables for people and JSON for programs, from the same data frame."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console, JustifyMethod
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from evoapproxnas.multipliers import CatalogEntry

console = Console()


def print_table(
    frame: "pd.DataFrame", *, as_json: bool, title: str | None = None, fit: bool = False
) -> None:
    """Print a data frame as an aligned table, or as a JSON list of objects.

    With `fit`, columns for which a terminal has no space are left out, the last ones first.
    """
    if as_json:
        print(json.dumps(json.loads(frame.to_json(orient="records")), indent=2))
        return
    shown = len(frame.columns)
    while (
        fit and console.is_terminal and shown > 1 and _width(frame.iloc[:, :shown]) > console.width
    ):
        shown -= 1
    _print(_table(frame.iloc[:, :shown], title))
    if left_out := list(frame.columns[shown:]):
        console.print(f"[dim]no space for {', '.join(left_out)}; --json has all[/]")


def _table(frame: "pd.DataFrame", title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in frame.columns:
        numeric = frame[column].dtype.kind in "fiu"
        justify: JustifyMethod = "right" if numeric else "left"
        table.add_column(str(column), justify=justify, overflow="fold", no_wrap=numeric)
    for row in frame.itertuples(index=False):
        table.add_row(*[_cell(value) for value in row])
    return table


def _width(frame: "pd.DataFrame") -> int:
    """Return the width of a table none of whose cells is folded."""
    unlimited = console.options.update(max_width=10_000)
    return console.measure(_table(frame), options=unlimited).maximum


def print_entries(entries: "Sequence[CatalogEntry]", *, as_json: bool) -> None:
    """Print multipliers of a library; the table leaves out what a reader can do without."""
    import pandas as pd

    frame = pd.DataFrame([asdict(entry) for entry in entries])
    short = frame.drop(columns=["digest", "origin"]).dropna(axis="columns", how="all")
    print_table(frame if as_json else short, as_json=as_json, fit=True)


def print_side_by_side(frame: "pd.DataFrame") -> None:
    """Print a data frame with a line for each of its columns."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("")
    for name in frame.index:
        table.add_column(str(name), justify="right", overflow="fold")
    for column in frame.columns:
        table.add_row(str(column), *[_cell(value) for value in frame[column]])
    _print(table)


def _print(table: Table) -> None:
    """Print a table, in lines as long as it takes where no terminal limits them."""
    wide = Console(width=max(console.width, 200)) if not console.is_terminal else console
    wide.print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if value != value else f"{value:.4g}"
    return "-" if value is None else str(value)
