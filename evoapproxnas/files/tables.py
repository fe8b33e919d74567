"""CSV files that were written whole, by this package or another program."""

import csv
from collections.abc import Collection
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from evoapproxnas.errors import EvoApproxNASError, StoreError
from evoapproxnas.files.reading import read_text
from evoapproxnas.files.records import decode_row

Record = TypeVar("Record")


def read_rows(
    kind: type[Record], path: Path, *, error: type[EvoApproxNASError] = StoreError
) -> list[Record]:
    """Read the rows of a CSV file with a head as dataclasses; other columns are passed over.

    Args:
        kind: a dataclass; fields without a default must have a column.
        path: the file.
        error: the class to raise.

    Raises:
        EvoApproxNASError: of the class given, naming file and line, if anything is malformed.
    """
    names, needed = _columns(kind)
    # Not split at every line break that Unicode knows: a cell may hold one.
    lines = read_text(path, error=error).split("\n")
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    records: list[Record] = []
    try:
        head = next(reader, [])
        if missing := [name for name in needed if name not in head]:
            raise error(
                f"{path}:1: columns {', '.join(missing)} are missing; its first line, cells "
                f"between commas, is {','.join(head)!r:.200}"
            )
        for cells in reader:
            if not cells:
                continue
            where = f"{path}:{reader.line_num}"
            if len(cells) != len(head):
                raise error(f"{where}: {len(cells)} cells for {len(head)} columns")
            row = {c: text for c, text in zip(head, cells, strict=True) if c in names}
            records.append(decode_row(kind, row, where=where, error=error))
    except csv.Error as problem:
        raise error(f"{path}:{reader.line_num}: {problem}") from problem
    return records


def _columns(kind: Any) -> tuple[Collection[str], Collection[str]]:
    """Return the fields that a row may have, and those that it must."""
    all_ = fields(kind)
    needed = [f.name for f in all_ if f.default is MISSING and f.default_factory is MISSING]
    return {f.name for f in all_}, needed
