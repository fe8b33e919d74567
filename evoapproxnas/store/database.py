"""The rows of a run: the only writer is the campaign, every outcome is committed as it comes."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evoapproxnas.constraints import Limit, Ranking
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    Rejection,
    Training,
)
from evoapproxnas.store import rows
from evoapproxnas.store.connection import close_file, explained, new_file, open_file
from evoapproxnas.store.rows import GenerationRow, TrainingRow

_HERE = "WHERE generation = ? AND position = ?"


class Database:
    """Rows of one run.

    Raises:
        StoreError: from every method, when the file cannot be used or a row is malformed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        """Wrap an open connection; use `create` or `open`."""
        self._path = path
        self._connection = connection
        self._read_only = read_only
        self._reader = rows.Reader(path)

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
        with database._transaction():
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
        """Open an existing database; see `connection.open_file`."""
        connection = open_file(path, read_only=read_only, limits=limits or {})
        return cls(path, connection, read_only=read_only)

    def close(self) -> None:
        """Close the file; everything written is in it already."""
        if self._read_only:
            self._connection.close()
        else:
            close_file(self._connection, self._path)

    def config(self) -> dict[str, Any] | None:
        """The configuration as it was last accepted; None in runs of an older schema."""
        found = self._read("SELECT config FROM campaign")
        return self._reader.value(dict[str, Any], "campaign", found[0][0]) if found else None

    def set_config(self, config: Mapping[str, Any]) -> None:
        """Record an accepted configuration."""
        with self._transaction():
            self._write("DELETE FROM campaign")
            self._write("INSERT INTO campaign VALUES (?)", json.dumps(dict(config)))

    def ranking(self) -> Ranking:
        """How the candidates compare."""
        objectives = self._read("SELECT name, direction FROM objectives ORDER BY rowid")
        limits = self._read("SELECT name, direction, value FROM limits ORDER BY rowid")
        return Ranking(dict(objectives), tuple(Limit(*limit) for limit in limits))

    def directions(self) -> dict[str, str]:
        """`min` or `max` by objective, in the order of the objective vector."""
        return dict(self.ranking().directions)

    def add_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Record candidates; one that is recorded already stays as it is."""
        columns = [
            (
                *rows.place_columns(c.id),
                *(c.key, c.architecture_key, json.dumps(c.genes), c.network),
                *(rows.places_text(c.parents), "proposed"),
            )
            for c in candidates
        ]
        with self._transaction():
            self._write_all(
                "INSERT OR IGNORE INTO candidates VALUES (?, ?, ?, ?, ?, ?, ?, ?)", columns
            )

    def add_outcome(
        self,
        place: CandidateId,
        outcome: Outcome,
        *,
        source: CandidateId | None = None,
        infeasible: bool = False,
    ) -> None:
        """Record what a candidate came to, in place of that it was lost, where it was.

        Args:
            place: the candidate.
            outcome: figures, a failure or a rejection.
            source: where a cache hit came from.
            infeasible: whether its figures are beyond a limit.
        """
        here = rows.place_columns(place)
        with self._transaction():
            if isinstance(outcome, Evaluation):
                self._write(f"DELETE FROM failures {_HERE}", *here)
                self._add_point(place, outcome, source)
            else:
                columns = (*here, *rows.without_point(outcome), rows.now())
                self._write(
                    "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *columns
                )
            state = rows.state_of(outcome, infeasible=infeasible)
            self._write(f"UPDATE candidates SET state = ? {_HERE}", state, *here)

    def _add_point(
        self, place: CandidateId, outcome: Evaluation, source: CandidateId | None
    ) -> None:
        training: int | None = None
        if outcome.training is not None:
            training = self._add_training(place, outcome.training)
        elif source is not None:
            found = self._read(f"SELECT training FROM points {_HERE}", *rows.place_columns(source))
            training = found[0][0] if found else None
        self._write(
            "INSERT INTO points VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(*rows.place_columns(place), training, json.dumps(dict(outcome.assignment))),
            *(rows.metrics_text(outcome.metrics), outcome.seconds),
            *(rows.place_text(source), rows.now()),
        )

    def _add_training(self, place: CandidateId, training: Training) -> int:
        here = rows.place_columns(place)
        cursor = self._write(
            "INSERT INTO trainings SELECT NULL, ?, ?, architecture_key, ?, ?, ?, ?, ?, ? "
            f"FROM candidates {_HERE}",
            *(*here, training.budget, training.recipe, rows.place_text(training.inherited_from)),
            json.dumps([dict(epoch) for epoch in training.history]),
            *(training.seconds, training.state, *here),
        )
        return int(cursor.lastrowid or 0)

    def add_test(self, place: CandidateId, metrics: Mapping[str, float]) -> None:
        """Record the test figures of a front member."""
        columns = (*rows.place_columns(place), rows.metrics_text(metrics))
        self._write("INSERT INTO tests VALUES (?, ?, ?)", *columns)

    def add_generation(self, row: GenerationRow) -> None:
        """Record a finished generation, also in place of one that was cut short."""
        self._write(
            "INSERT OR REPLACE INTO generations VALUES (?, ?, ?, ?)",
            *(row.generation, rows.places_text(row.survivors), row.hypervolume, rows.now()),
        )

    def start_session(self) -> int:
        """Record that a process works on this run; returns the session's number."""
        statement = "INSERT INTO sessions (started) VALUES (?)"
        return int(self._write(statement, rows.now()).lastrowid or 0)

    def update_session(self, session: int, seconds: float) -> None:
        """Record how long a session has worked."""
        self._write("UPDATE sessions SET seconds = ? WHERE rowid = ?", seconds, session)

    def seconds_worked(self) -> float:
        """Wall-clock time over all sessions."""
        return float(self._read("SELECT coalesce(sum(seconds), 0) FROM sessions")[0][0])

    def candidates(self, place: CandidateId | None = None) -> dict[CandidateId, Candidate]:
        """All candidates in order of birth, or one of them."""
        found = self._read(
            "SELECT generation, position, key, architecture_key, network, genes, parents "
            f"FROM candidates {'' if place is None else _HERE} ORDER BY generation, position",
            *(() if place is None else rows.place_columns(place)),
        )
        return {c.id: c for c in map(self._candidate, found)}

    def _candidate(self, row: Sequence[Any]) -> Candidate:
        generation, position, key, architecture_key, network, genes, parents = row
        return self._reader.record(
            Candidate,
            f"candidates {generation}, {position}",
            {
                "id": {"generation": generation, "index": position},
                **{"key": key, "architecture_key": architecture_key, "network": network},
            },
            texts={"genes": genes},
            ids={"parents": parents},
        )

    def states(self) -> dict[CandidateId, str]:
        """State of every candidate; schema.sql lists them."""
        found = self._read("SELECT generation, position, state FROM candidates")
        return {self._reader.place("candidates", g, i): str(state) for g, i, state in found}

    def evaluations(self) -> dict[CandidateId, Evaluation]:
        """All figures, cache hits included, in order of birth."""
        found = self._read(
            "SELECT generation, position, seconds, metrics, assignment FROM points "
            "ORDER BY generation, position"
        )
        return {
            self._reader.place("points", g, i): self._reader.record(
                Evaluation,
                f"points of {g}, {i}",
                {"seconds": seconds},
                texts={"metrics": metrics, "assignment": assignment},
            )
            for g, i, seconds, metrics, assignment in found
        }

    def trainings(self) -> list[TrainingRow]:
        """All trainings, in the order in which they ended."""
        found = self._read(
            "SELECT generation, position, architecture_key, budget, recipe, seconds, state, "
            "history, inherited_from FROM trainings ORDER BY id"
        )
        names = ("architecture_key", "budget", "recipe", "seconds", "state")
        return [
            self._reader.record(
                TrainingRow,
                f"trainings of {g}, {i}",
                {
                    "candidate": {"generation": g, "index": i},
                    **dict(zip(names, plain, strict=True)),
                },
                texts={"history": history},
                ids={} if inherited is None else {"inherited_from": inherited},
            )
            for g, i, *plain, history, inherited in found
        ]

    def cache_hits(self) -> dict[CandidateId, CandidateId]:
        """Candidates that took over the figures of an earlier one with the same key."""
        found = self._read(
            "SELECT generation, position, source FROM points WHERE source IS NOT NULL "
            "ORDER BY generation, position"
        )
        return {
            self._reader.place("points", g, i): CandidateId(
                *self._reader.value(tuple[int, int], f"points of {g}, {i}", source)
            )
            for g, i, source in found
        }

    def failures(self) -> dict[CandidateId, Failure]:
        """All candidates without figures, in order of birth: failed, rejected and lost ones."""
        found = self._read(
            "SELECT generation, position, kind, reason, seconds, details FROM failures "
            "ORDER BY generation, position"
        )
        names = ("kind", "reason", "seconds", "details")
        return {
            self._reader.place("failures", g, i): self._reader.record(
                Failure, f"failures of {g}, {i}", dict(zip(names, plain, strict=True))
            )
            for g, i, *plain in found
        }

    def rejections(self) -> dict[CandidateId, Rejection]:
        """Candidates that were not evaluated, with their cheap figures."""
        found = self._read(
            "SELECT generation, position, reason, metrics FROM failures WHERE kind = 'rejected' "
            "ORDER BY generation, position"
        )
        return {
            self._reader.place("failures", g, i): self._reader.record(
                Rejection, f"failures of {g}, {i}", {"reason": reason}, texts={"metrics": metrics}
            )
            for g, i, reason, metrics in found
        }

    def outcomes(self) -> dict[CandidateId, Outcome]:
        """What candidates came to for good; those that were lost have to be done again."""
        failures = {p: f for p, f in self.failures().items() if f.kind not in ("lost", "rejected")}
        return {**self.evaluations(), **failures, **self.rejections()}

    def tests(self) -> dict[CandidateId, dict[str, float]]:
        """Test figures of the front members that have them."""
        found = self._read("SELECT generation, position, metrics FROM tests")
        return {
            self._reader.place("tests", g, i): self._reader.value(
                dict[str, float], f"tests of {g}, {i}", metrics
            )
            for g, i, metrics in found
        }

    def generations(self) -> list[GenerationRow]:
        """The finished generations."""
        found = self._read(
            "SELECT generation, hypervolume, survivors FROM generations ORDER BY generation"
        )
        return [
            self._reader.record(
                GenerationRow,
                f"generations {generation}",
                {"generation": generation, "hypervolume": volume},
                ids={"survivors": survivors},
            )
            for generation, volume, survivors in found
        ]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit all statements of the context together, or none of them."""
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

    def _read(self, statement: str, *values: Any) -> Sequence[Any]:
        with explained(self._path):
            return self._connection.execute(statement, values).fetchall()
