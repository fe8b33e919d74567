"""What the finish of a run has done: rows, files and checkpoints in RUN/finish.

finish/
stages.csv             a row for every stage that is done; of those with one id the last counts
finish.csv             the figures, for people and programs
ID.npz, ID.keras       weights and models that stages left
.KIND-ID-*.checkpoint  state of a training in progress
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic_core import from_json

from evoapproxnas.errors import StoreError, command
from evoapproxnas.files import (
    Journal,
    encode_json,
    make_folder,
    remove_leftovers,
    told,
    write_atomically,
)
from evoapproxnas.files.frames import read_frame

FOLDER, TABLE = "finish", "finish.csv"
_STAGES = "stages.csv"
_TEXTS, _NUMBERS = ("id", "kind"), ("test_accuracy", "val_accuracy", "energy_nj")
"""Columns of `finish.csv` that nothing which shows it can do without."""


@dataclass(frozen=True)
class StageName:
    """A stage, by what it is called and what decides it.

    Attributes:
        kind: what is done.
        id: of what comes out; with the kind, it is unique in a run.
        member: whose it is.
        identity: digest of all that decides the outcome.
    """

    kind: str
    id: str
    member: str
    identity: str


@dataclass(frozen=True)
class FinishedStage(StageName):
    """A stage that is done.

    Attributes:
        record: its figures, as JSON.
    """

    record: str

    @property
    def figures(self) -> Any:
        """The record as plain values."""
        return from_json(self.record)


COLUMNS = tuple(field.name for field in fields(FinishedStage))


class FinishFolder:
    """The folder, written by the one process that holds the run's lock.

    Attributes:
        path: of the folder.
    """

    def __init__(self, path: Path) -> None:
        """Read what is done; the folder is made if it is missing.

        Raises:
            StoreError: if it is damaged or cannot be written.
        """
        self.path = path
        make_folder(path)
        remove_leftovers(path)
        self._journal = Journal(path, _STAGES, COLUMNS)
        rows = self._journal.records(FinishedStage)
        self._done = {(row.kind, row.id): row for row in rows}

    def rows(self) -> list[FinishedStage]:
        """All that is done, in the order in which it was begun to be."""
        return list(self._done.values())

    def done(self, stage: StageName, *, leaves: tuple[str, ...] = ()) -> FinishedStage | None:
        """Return what a stage came to; None if it is not done, or one of its files is gone.

        Args:
            stage: which.
            leaves: endings of its files.
        """
        row = self._done.get((stage.kind, stage.id))
        whole = all(self.file(stage.id, ending).is_file() for ending in leaves)
        return row if row is not None and row.identity == stage.identity and whole else None

    def complete(
        self, stage: StageName, record: Mapping[str, Any], blobs: Mapping[str, bytes]
    ) -> None:
        """Record what a stage came to, its files first.

        Args:
            stage: that is done.
            record: what it came to.
            blobs: content of its files by their ending.

        Raises:
            StoreError: if it cannot be written.
        """
        for ending, content in blobs.items():
            write_atomically(self.file(stage.id, ending), content)
        text = encode_json(dict(record))
        row = FinishedStage(**asdict(stage), record=text)
        self._journal.append(asdict(row))
        self._done[stage.kind, stage.id] = row
        for file in self.path.glob(f".{stage.kind}-{stage.id}-*.checkpoint"):
            file.unlink()

    def file(self, name: str, ending: str) -> Path:
        """Return the path of a file that a stage left.

        Args:
            name: id of the stage.
            ending: of the file.
        """
        return self.path / f"{name}.{ending}"

    def read(self, file: Path) -> bytes:
        """Read what an earlier stage, or the search, left.

        Args:
            file: its path.

        Raises:
            StoreError: if it is gone.
        """
        try:
            return file.read_bytes()
        except OSError as error:
            raise StoreError(f"cannot read {file}: {told(error)}; finalize again") from error

    def checkpoint(self, stage: StageName) -> bytes | None:
        """Return the state of a stage in progress; None if it was not begun.

        Args:
            stage: that is in progress.
        """
        file = self._checkpoint_file(stage)
        return file.read_bytes() if file.is_file() else None

    def keep_checkpoint(self, stage: StageName, content: bytes) -> None:
        """Write the state of a stage in progress in place of the last one.

        Args:
            stage: that is in progress.
            content: its state.

        Raises:
            StoreError: if it cannot be written.
        """
        write_atomically(self._checkpoint_file(stage), content)

    def write_table(self, table: pd.DataFrame) -> None:
        """Write `finish.csv` in one step.

        Args:
            table: all figures.

        Raises:
            StoreError: if it cannot be written.
        """
        write_atomically(self.path / TABLE, table.to_csv(index=False))

    def _checkpoint_file(self, stage: StageName) -> Path:
        return self.path / f".{stage.kind}-{stage.id}-{stage.identity[:16]}.checkpoint"


def read_finished(run: Path) -> pd.DataFrame:
    """Read the figures of a run's finish.

    Args:
        run: its folder.

    Raises:
        StoreError: if nothing was finished, or the file is damaged.
    """
    file, again = run / FOLDER / TABLE, command("finalize", run.name, runs_dir=run.parent)
    if not file.exists():
        raise StoreError(
            f"nothing of run {run.name} is finished ({file} is not there); do so with: {again}"
        )
    table = read_frame(file, (*_TEXTS, *_NUMBERS), advice=f"write it anew with: {again}")
    texts = {name: table[name].astype(str) for name in _TEXTS}
    numbers = {name: pd.to_numeric(table[name], errors="coerce") for name in _NUMBERS}
    return table.assign(**texts, **numbers)
