"""Rows that are added one by one: each is on the disk before the next one starts."""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from evoapproxnas.errors import StoreError
from evoapproxnas.files.atomic import write_atomically
from evoapproxnas.files.reading import read_text, told
from evoapproxnas.files.records import Row, decode_row, to_cell

Record = TypeVar("Record")


class Journal:
    """Rows of text by column in FOLDER/NAME, a CSV file, or in memory without a folder.

    Attributes:
        columns: their names, in order.
        rows: cell by column, in the order they were added.
    """

    def __init__(self, folder: Path | None, name: str, columns: Sequence[str]) -> None:
        """Read what is there; a last row that was cut short is dropped.

        Args:
            folder: that holds the file; None keeps nothing.
            name: of the file.
            columns: of its rows.

        Raises:
            StoreError: if the file has other columns, a damaged row, or cannot be read or written.
        """
        self.columns = tuple(columns)
        self.rows: list[Row] = []
        self._name = name
        self._path = None if folder is None else folder / name
        if self._path is not None:
            self._open(self._path)

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row and bring it to the disk; None becomes an empty cell.

        Args:
            row: value by column.

        Raises:
            StoreError: if it cannot be written.
        """
        self.extend([row])

    def extend(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows likewise, all at once.

        Args:
            rows: each as for `append`.
        """
        added = [{c: to_cell(row[c]) for c in self.columns} for row in rows]
        text = "".join(_line(row.values()) for row in added)
        if self._path is not None:
            _append(self._path, text)
        self.rows.extend(added)

    def records(self, kind: type[Record]) -> list[Record]:
        """Return the rows as dataclasses whose fields are the columns.

        Args:
            kind: the dataclass.

        Raises:
            StoreError: if a row is none; names the file and the row.
        """
        name = self._path or self._name
        rows = enumerate(self.rows, start=2)
        return [decode_row(kind, row, where=f"{name}:{line}") for line, row in rows]

    def _open(self, path: Path) -> None:
        content = read_text(path) if path.exists() else ""
        whole = content[: content.rfind("\n") + 1]
        if whole != content or not whole:
            write_atomically(path, whole or _line(self.columns))
        lines = whole.splitlines(keepends=True)
        if lines and (found := _cells(path, 1, lines[0])) != list(self.columns):
            raise StoreError(
                f"{path} has columns {found}, expected {list(self.columns)}; choose another folder"
            )
        for number, line in enumerate(lines[1:], start=2):
            cells = _cells(path, number, line)
            if len(cells) != len(self.columns):
                raise _damaged(path, number, f"{len(cells)} cells for {len(self.columns)} columns")
            self.rows.append(dict(zip(self.columns, cells, strict=True)))


def _line(cells: Iterable[str]) -> str:
    """Return a row as one line, so that a line that ends is a row that is whole."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    line = text.getvalue()
    if len(line.splitlines()) > 1:
        raise StoreError(f"a row of a journal is one line, got {line!r}; rename what has breaks")
    return line


def _cells(path: Path, number: int, line: str) -> list[str]:
    try:
        (cells,) = csv.reader([line], strict=True) if line.strip() else ([],)
    except csv.Error as error:
        raise _damaged(path, number, str(error)) from error
    return cells


def _damaged(path: Path, number: int, what: str) -> StoreError:
    return StoreError(
        f"{path}:{number}: {what}; restore the file from a copy or choose another folder"
    )


def _append(path: Path, text: str) -> None:
    try:
        with path.open("ab") as file:
            size = file.tell()
            try:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                # Half a row would spoil the next one.
                os.truncate(path, size)
                raise
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {told(error)}; free some space, then run it again: "
            "everything measured so far is kept"
        ) from error
