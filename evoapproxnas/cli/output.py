"""Tables for people and JSON for programs, from the same data frame."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from evoapproxnas.multipliers import CatalogEntry

console = Console()


def print_table(frame: "pd.DataFrame", *, as_json: bool, title: str | None = None) -> None:
    """Print a data frame as an aligned table, or as a JSON list of objects."""
    if as_json:
        print(json.dumps(json.loads(frame.to_json(orient="records")), indent=2))
        return
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in frame.columns:
        numeric = frame[column].dtype.kind in "fiu"
        table.add_column(str(column), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*[_cell(value) for value in row])
    wide = Console(width=max(console.width, 200)) if not console.is_terminal else console
    wide.print(table)


def print_entries(entries: "Sequence[CatalogEntry]", *, as_json: bool) -> None:
    """Print multipliers of a library; the table leaves out what a reader can do without."""
    import pandas as pd

    frame = pd.DataFrame([asdict(entry) for entry in entries])
    print_table(frame if as_json else frame.drop(columns=["digest", "origin"]), as_json=as_json)


def print_side_by_side(frame: "pd.DataFrame") -> None:
    """Print a data frame with a line for each of its columns."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("")
    for name in frame.index:
        table.add_column(str(name), justify="right", overflow="fold")
    for column in frame.columns:
        table.add_row(str(column), *[_cell(value) for value in frame[column]])
    console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if value != value else f"{value:.4g}"
    return "-" if value is None else str(value)
