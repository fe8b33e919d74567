"""The SQLite file of a run: the only writer is the campaign, every write is committed at once.

The file carries an application id and a schema version in its header, so that a foreign, a
corrupted and a newer file are told apart before anything is read or written.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from evoapproxnas.errors import StoreError
from evoapproxnas.records import Candidate, CandidateId, Evaluation, Failure, Outcome

APPLICATION_ID = 0x45564E53
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class GenerationRow:
    """A finished generation: who survived it and the archive's hypervolume after it."""

    generation: int
    survivors: tuple[CandidateId, ...]
    hypervolume: float


class Database:
    """Rows of one run.

    Raises:
        StoreError: from every method, when the file cannot be used; says what to do.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Wrap an open connection; use `create` or `open`."""
        self._path = path
        self._connection = connection

    @classmethod
    def create(cls, path: Path, directions: Mapping[str, str]) -> "Database":
        """Make an empty database at `path`, which must not exist.

        Args:
            path: the file to make.
            directions: `min` or `max` by objective, in the order of the objective vector.
        """
        if path.exists():
            raise StoreError(f"{path} exists already; it is never overwritten")
        with _explained(path):
            connection = sqlite3.connect(path, isolation_level=None)
            schema = (resources.files("evoapproxnas.store") / "schema.sql").read_text("utf-8")
            connection.executescript(
                f"PRAGMA application_id = {APPLICATION_ID};"
                f"PRAGMA user_version = {SCHEMA_VERSION};" + schema
            )
            connection.executemany("INSERT INTO objectives VALUES (?, ?)", directions.items())
        return cls(path, connection)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Database":
        """Open an existing database, checking that it is one of ours and not from the future."""
        if not path.is_file():
            raise StoreError(f"no database at {path}; is this a run folder?")
        with _explained(path):
            uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None)
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise StoreError(f"{path} is an SQLite file of another program, not a campaign")
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{path} was written by a newer evoapproxnas (schema {version}, this one reads "
                f"up to {SCHEMA_VERSION}); upgrade with: pip install -U evoapproxnas"
            )
        return cls(path, connection)

    def close(self) -> None:
        """Close the file; everything written is in it already."""
        self._connection.close()

    def directions(self) -> dict[str, str]:
        """`min` or `max` by objective, in the order of the objective vector."""
        return dict(self._read("SELECT name, direction FROM objectives ORDER BY rowid"))

    def add_candidate(self, candidate: Candidate) -> None:
        """Record a candidate; recording it again (on resume) changes nothing."""
        self._write(
            "INSERT OR IGNORE INTO candidates VALUES (?, ?, ?, ?, ?, ?)",
            *_place(candidate.id),
            candidate.key,
            json.dumps(candidate.genes),
            candidate.network,
            json.dumps([_place(p) for p in candidate.parents]),
        )

    def add_outcome(
        self, place: CandidateId, outcome: Outcome, *, source: CandidateId | None = None
    ) -> None:
        """Record what evaluating a candidate gave; `source` names where a cache hit came from."""
        if isinstance(outcome, Failure):
            row = (outcome.kind, outcome.reason, outcome.details, outcome.seconds, _now())
            self._write("INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?, ?)", *_place(place), *row)
        else:
            origin = None if source is None else json.dumps(_place(source))
            row_ = (_dump(outcome.metrics), outcome.seconds, origin, _now())
            self._write("INSERT INTO evaluations VALUES (?, ?, ?, ?, ?, ?)", *_place(place), *row_)

    def add_test(self, place: CandidateId, metrics: Mapping[str, float]) -> None:
        """Record the test figures of a front member."""
        self._write("INSERT INTO tests VALUES (?, ?, ?)", *_place(place), _dump(metrics))

    def add_generation(self, row: GenerationRow) -> None:
        """Record a finished generation; recording it again (on resume) changes nothing."""
        survivors = json.dumps([_place(s) for s in row.survivors])
        self._write(
            "INSERT OR IGNORE INTO generations VALUES (?, ?, ?, ?)",
            *(row.generation, survivors, row.hypervolume, _now()),
        )

    def start_session(self) -> int:
        """Record that a process works on this run; returns the session's number."""
        return int(self._write("INSERT INTO sessions (started) VALUES (?)", _now()).lastrowid or 0)

    def update_session(self, session: int, seconds: float) -> None:
        """Record how long a session has worked."""
        self._write("UPDATE sessions SET seconds = ? WHERE rowid = ?", seconds, session)

    def seconds_worked(self) -> float:
        """Wall-clock time over all sessions."""
        return float(self._read("SELECT coalesce(sum(seconds), 0) FROM sessions")[0][0])

    def candidates(self) -> dict[CandidateId, Candidate]:
        """All candidates in order of birth."""
        rows = self._read("SELECT * FROM candidates ORDER BY generation, position")
        return {
            CandidateId(g, i): Candidate(
                CandidateId(g, i), tuple(json.loads(genes)), key, network, _places(parents)
            )
            for g, i, key, genes, network, parents in rows
        }

    def evaluations(self) -> dict[CandidateId, Evaluation]:
        """All figures, cache hits included, in order of birth."""
        rows = self._read(
            "SELECT generation, position, metrics, seconds FROM evaluations "
            "ORDER BY generation, position"
        )
        return {CandidateId(g, i): Evaluation(json.loads(m), s) for g, i, m, s in rows}

    def cache_hits(self) -> dict[CandidateId, CandidateId]:
        """Candidates that took over the figures of an earlier one with the same key."""
        rows = self._read(
            "SELECT generation, position, source FROM evaluations WHERE source IS NOT NULL "
            "ORDER BY generation, position"
        )
        return {CandidateId(g, i): CandidateId(*json.loads(s)) for g, i, s in rows}

    def failures(self) -> dict[CandidateId, Failure]:
        """All failures in order of birth."""
        rows = self._read(
            "SELECT generation, position, kind, reason, seconds, details FROM failures "
            "ORDER BY generation, position"
        )
        return {CandidateId(g, i): Failure(*rest) for g, i, *rest in rows}

    def tests(self) -> dict[CandidateId, dict[str, float]]:
        """Test figures of the front members that have them."""
        rows = self._read("SELECT generation, position, metrics FROM tests")
        return {CandidateId(g, i): json.loads(m) for g, i, m in rows}

    def generations(self) -> list[GenerationRow]:
        """The finished generations."""
        rows = self._read(
            "SELECT generation, survivors, hypervolume FROM generations ORDER BY generation"
        )
        return [GenerationRow(g, _places(survivors), hv) for g, survivors, hv in rows]

    def _write(self, statement: str, *values: Any) -> sqlite3.Cursor:
        with _explained(self._path):
            return self._connection.execute(statement, values)

    def _read(self, statement: str) -> Sequence[Any]:
        with _explained(self._path):
            return self._connection.execute(statement).fetchall()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explanation(path, str(error))) from error


def _explanation(path: Path, message: str) -> str:
    if "full" in message:
        advice = "free some space and resume; everything recorded so far is kept"
    elif "locked" in message:
        advice = "another process works on this run; stop it first"
    elif "readonly" in message or "unable to open" in message:
        advice = "check that the folder exists and may be written"
    elif "not a database" in message or "malformed" in message:
        advice = "the file is damaged; restore it from a copy or start a new run"
    else:
        advice = "restore the file from a copy or start a new run"
    return f"cannot use {path}: {message}; {advice}"


def _place(place: CandidateId) -> tuple[int, int]:
    return place.generation, place.index


def _places(text: str) -> tuple[CandidateId, ...]:
    return tuple(CandidateId(*p) for p in json.loads(text))


def _dump(metrics: Mapping[str, float]) -> str:
    return json.dumps(dict(metrics), sort_keys=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
