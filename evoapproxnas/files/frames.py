"""CSV files as data frames; import it by its full name, as nothing else here needs pandas."""

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from evoapproxnas.errors import StoreError
from evoapproxnas.files.reading import read_text


def read_frame(
    path: Path, needed: Sequence[str] = (), *, advice: str, growing: bool = False
) -> pd.DataFrame:
    """Read the rows of a CSV file with a head, whatever columns it has.

    Args:
        path: the file.
        needed: columns that it must have.
        advice: what to do if it is damaged, in words.
        growing: whether its last line may be being written, and does not count until it ends.

    Raises:
        StoreError: if it cannot be read, is no table, or lacks a column.
    """
    try:
        text = read_text(path)
    except StoreError as error:
        raise StoreError(f"{error}; {advice}") from None
    try:
        table = pd.read_csv(io.StringIO(text[: text.rfind("\n") + 1] if growing else text))
    except ValueError as error:
        raise StoreError(f"cannot read {path}: {error}; {advice}") from None
    if missing := [name for name in needed if name not in table]:
        raise StoreError(f"{path} lacks column {missing[0]}; {advice}")
    return table
