"""A folder that remembers what was measured: one CSV row at a time, safe at any moment.

identity.json    what the rows are about; another subject is refused
NAME.csv         one row per measurement, on disk before the next one starts
"""

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np
from filelock import FileLock, Timeout

from evoapproxnas.errors import StoreError
from evoapproxnas.files import write_atomically

Row = dict[str, str]
Record = TypeVar("Record")

_READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: text == "True",
    bool | None: lambda text: {"True": True, "False": False}.get(text),
    Mapping[str, str]: json.loads,
}
"""From a cell to a value, by the type of the field."""


def read_record(kind: type[Record], row: Row) -> Record:
    """Return the dataclass whose fields are cells of a row; fields without one are left out."""
    cells = {f.name: (f.type, row[f.name]) for f in fields(kind) if f.name in row}  # type: ignore[arg-type]
    return kind(**{name: _READERS[type_](text) for name, (type_, text) in cells.items()})


class Journal:
    """Rows of text by column in FOLDER/NAME.csv, or in memory without a folder."""

    def __init__(self, folder: Path | None, name: str, columns: Sequence[str]) -> None:
        """Read what is there; a last line that was cut short is dropped.

        Raises:
            StoreError: if the file has other columns or cannot be read or written.
        """
        self.columns = tuple(columns)
        self.rows: list[Row] = []
        self._path = None if folder is None else folder / name
        if self._path is None:
            return
        try:
            self._open(self._path)
        except StoreError:
            raise
        except OSError as error:
            raise StoreError(f"cannot use {self._path}: {error.strerror}") from error

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row and bring it to the disk; None becomes an empty cell.

        Raises:
            StoreError: if it cannot be written.
        """
        self.extend([row])

    def extend(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows likewise, all at once."""
        texts = [{c: "" if row[c] is None else str(row[c]) for c in self.columns} for row in rows]
        if self._path is not None:
            self._write(self._path, [text.values() for text in texts])
        self.rows.extend(texts)

    def _open(self, path: Path) -> None:
        if not path.exists():
            self._write(path, [self.columns])
            return
        content = path.read_text("utf-8")
        whole = content[: content.rfind("\n") + 1]
        if whole != content:
            write_atomically(path, whole)
        reader = csv.DictReader(io.StringIO(whole))
        if whole and tuple(reader.fieldnames or ()) != self.columns:
            raise StoreError(
                f"{path} has columns {reader.fieldnames}, expected {list(self.columns)}; choose "
                "another folder"
            )
        self.rows = list(reader)
        if not whole:
            self._write(path, [self.columns])

    def _write(self, path: Path, rows: Sequence[Any]) -> None:
        try:
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(
                f"cannot write {path}: {error.strerror}; free some space, then run it again: "
                "everything measured so far is kept"
            ) from error


@contextmanager
def study_folder(folder: Path | None, identity: Mapping[str, Any]) -> Iterator[None]:
    """Hold a folder for one subject while the context is open; None needs no folder.

    Raises:
        StoreError: if the folder is about another subject, in use, or cannot be written.
    """
    if folder is None:
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise StoreError(f"another process works in {folder}; wait for it") from error
    except OSError as error:
        raise StoreError(
            f"cannot use folder {folder}: {error.strerror}; choose another one"
        ) from error
    try:
        _check_identity(folder / "identity.json", json.loads(json.dumps(identity)))
        yield
    finally:
        lock.release()


def _check_identity(path: Path, identity: Mapping[str, Any]) -> None:
    if not path.exists():
        write_atomically(path, json.dumps(identity, indent=2) + "\n")
        return
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {error}; choose another folder") from error
    keys = [key for key in {**known, **identity} if known.get(key) != identity.get(key)]
    if keys:
        told = "; ".join(f"{k} was {known.get(k)!r}, now {identity.get(k)!r}" for k in keys)
        raise StoreError(
            f"{path.parent} holds measurements of something else ({told}); choose another folder, "
            "or repeat the options it was made with"
        )


def fingerprint(model: keras.Model) -> str:
    """Return a short digest of a model's layers and weights."""
    sha = hashlib.sha256()
    for layer in model.layers:
        sha.update(f"{type(layer).__name__} {layer.name}\n".encode())
    for weight in model.weights:
        values = np.ascontiguousarray(keras.ops.convert_to_numpy(weight))
        sha.update(f"{values.dtype} {values.shape}\n".encode())
        sha.update(values.tobytes())
    return sha.hexdigest()[:16]
