"""The rows of a run: the only writer is the campaign, every outcome is committed as it comes."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evoapproxnas.constraints import Limit
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Outcome,
    PointId,
    StepId,
    Training,
)
from evoapproxnas.store import rows
from evoapproxnas.store.connection import close_file, explained, new_file, open_file
from evoapproxnas.store.reading import AT_STEP, HERE, Rows
from evoapproxnas.store.rows import GenerationRow


class Database(Rows):
    """Rows of one run, read and written.

    Raises:
        StoreError: from every method, when the file cannot be used or a row is malformed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        """Wrap an open connection; use `create` or `open`.

        Args:
            path: of the file.
            connection: to it.
            read_only: whether nothing is written.
        """
        super().__init__(path, connection)
        self._read_only = read_only

    @classmethod
    def create(
        cls,
        path: Path,
        directions: Mapping[str, str],
        *,
        limits: Sequence[Limit] = (),
        config: Mapping[str, Any] | None = None,
    ) -> "Database":
        """Make an empty database at `path`, which must not exist.

        Args:
            path: the file to make.
            directions: `min` or `max` by objective, in the order of the objective vector.
            limits: of the search.
            config: plain values of the configuration, as config.toml has them.
        """
        database = cls(path, new_file(path), read_only=False)
        with database.transaction():
            database._write_all("INSERT INTO objectives VALUES (?, ?)", directions.items())
            values = [(limit.name, limit.direction, limit.value) for limit in limits]
            database._write_all("INSERT INTO limits VALUES (?, ?, ?)", values)
        if config is not None:
            database.set_config(config)
        return database

    @classmethod
    def open(
        cls, path: Path, *, read_only: bool = False, limits: Mapping[str, float] | None = None
    ) -> "Database":
        """Open an existing database; see `connection.open_file`.

        Args:
            path: of the file.
            read_only: whether nothing is going to be written.
            limits: of the run, for files that do not hold them yet.
        """
        connection = open_file(path, read_only=read_only, limits=limits or {})
        return cls(path, connection, read_only=read_only)

    def close(self) -> None:
        """Close the file; everything written is in it already."""
        if self._read_only:
            self._connection.close()
        else:
            close_file(self._connection, self._path)

    def set_config(self, config: Mapping[str, Any]) -> None:
        """Record an accepted configuration.

        Args:
            config: plain values by section and key.
        """
        with self.transaction():
            self._write("DELETE FROM campaign")
            self._write("INSERT INTO campaign VALUES (?)", json.dumps(dict(config)))

    def add_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Record candidates; one that is recorded already stays as it is.

        Args:
            candidates: of a generation, or one that was proposed alone.
        """
        columns = [
            (
                *rows.place_columns(c.id),
                *(c.key, c.architecture_key, json.dumps(c.genes), c.network),
                *(rows.places_text(c.parents), "proposed", c.operator),
            )
            for c in candidates
        ]
        with self.transaction():
            self._write_all(
                "INSERT OR IGNORE INTO candidates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", columns
            )

    def add_outcome(
        self,
        step: StepId,
        outcome: Outcome,
        *,
        source: CandidateId | None = None,
        infeasible: bool = False,
    ) -> None:
        """Record what a step came to, in place of that it was lost, where it was.

        Args:
            step: of a candidate.
            outcome: figures, a failure or a rejection.
            source: where a cache hit came from.
            infeasible: whether all its points are beyond a limit.
        """
        here = rows.step_columns(step)
        with self.transaction():
            if isinstance(outcome, Evaluation):
                self._write(f"DELETE FROM failures {AT_STEP}", *here)
                self._add_points(step, outcome, source)
            else:
                columns = (*here, *rows.without_point(outcome), rows.now())
                self._write(
                    "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *columns
                )
            # A later step that failed leaves what the candidate was before.
            if isinstance(outcome, Evaluation) or step.step == 0:
                state = rows.state_of(outcome, infeasible=infeasible)
                place = rows.place_columns(step.candidate)
                self._write(f"UPDATE candidates SET state = ? {HERE}", state, *place)

    def _add_points(self, step: StepId, outcome: Evaluation, source: CandidateId | None) -> None:
        training: int | None = None
        if outcome.training is not None:
            training = self._add_training(step, outcome.training, outcome.reused_from)
        elif outcome.weights is not None:
            found = self._read(
                f"SELECT id FROM trainings {AT_STEP}", *rows.step_columns(outcome.weights)
            )
            training = found[0][0] if found else None
        statement = f"INSERT INTO points VALUES (NULL{11 * ', ?'})"
        self._write_all(
            statement,
            [
                (
                    *(*rows.step_columns(step), number, training),
                    *(json.dumps(dict(point.assignment)), rows.metrics_text(point.metrics)),
                    *(outcome.seconds, rows.place_text(source), rows.now(), point.accelerator),
                )
                for number, point in enumerate(outcome.points)
            ],
        )

    def _add_training(self, step: StepId, training: Training, reused_from: str) -> int:
        cursor = self._write(
            "INSERT INTO trainings SELECT NULL, ?, ?, ?, architecture_key, ?, ?, ?, ?, ?, ?, ?, "
            f"?, ? FROM candidates {HERE}",
            *(*rows.step_columns(step), training.budget, training.passes, training.recipe),
            *(training.identity, rows.step_text(training.inherited_from)),
            json.dumps([dict(epoch) for epoch in training.history]),
            *(training.seconds, training.state, reused_from),
            *rows.place_columns(step.candidate),
        )
        return int(cursor.lastrowid or 0)

    def add_test(self, point: PointId, metrics: Mapping[str, float]) -> None:
        """Record the test figures of a front member.

        Args:
            point: of the member.
            metrics: figures by name.
        """
        columns = (*rows.point_columns(point), rows.metrics_text(metrics))
        self._write("INSERT INTO tests VALUES (?, ?, ?, ?, ?)", *columns)

    def add_generation(self, row: GenerationRow) -> None:
        """Record a finished generation, also in place of one that was cut short.

        Args:
            row: what is recorded.
        """
        self._write(
            "INSERT OR REPLACE INTO generations VALUES (?, ?, ?, ?)",
            *(row.generation, rows.places_text(row.survivors), row.hypervolume, rows.now()),
        )

    def start_session(self) -> int:
        """Return the number of a new session: a process works on this run."""
        statement = "INSERT INTO sessions (started) VALUES (?)"
        return int(self._write(statement, rows.now()).lastrowid or 0)

    def update_session(self, session: int, seconds: float) -> None:
        """Record how long a session has worked.

        Args:
            session: number of it.
            seconds: so far.
        """
        self._write("UPDATE sessions SET seconds = ? WHERE rowid = ?", seconds, session)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Give a context whose writes are committed together, or not at all; may be nested."""
        if self._connection.in_transaction:
            yield
            return
        self._write("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self._write("ROLLBACK")
            raise
        self._write("COMMIT")

    def _write(self, statement: str, *values: Any) -> sqlite3.Cursor:
        with explained(self._path):
            return self._connection.execute(statement, values)

    def _write_all(self, statement: str, values: Any) -> None:
        with explained(self._path):
            self._connection.executemany(statement, values)
