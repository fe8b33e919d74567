"""Opening the SQLite file of a run: ours, not from the future, and of the present schema.

A file of an older schema is migrated where it is opened for writing, and read through a migrated
copy in memory. While it is written, SQLite keeps a log beside it (WAL), so that readers and the
writer do not wait for each other.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evoapproxnas.errors import StoreError
from evoapproxnas.store.migration import SCHEMA_VERSION, create_schema, migrate
from evoapproxnas.store.rows import DAMAGED

APPLICATION_ID = 0x45564E53
_PATIENCE = 2.0
"""Seconds that readers, who read for a part of one, get to let a file go."""


def new_file(path: Path) -> sqlite3.Connection:
    """Make an empty database of the present schema.

    Raises:
        StoreError: if there is a file already, or it cannot be written.
    """
    if path.exists():
        raise StoreError(f"{path} exists already; it is never overwritten")
    with explained(path):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        create_schema(connection)
    return connection


def open_file(
    path: Path, *, read_only: bool, limits: Mapping[str, float], alone: bool = False
) -> sqlite3.Connection:
    """Open a database.

    Args:
        path: the file.
        read_only: never change it.
        limits: of the run's configuration, which older schemas do not hold.
        alone: take no locks and make no file beside it, as nobody writes it meanwhile; readers.

    Raises:
        StoreError: if it is no database of ours, is damaged, or from a newer version.
    """
    if not path.is_file():
        raise StoreError(f"no database at {path}; is this a run folder?")
    if path.stat().st_size == 0:
        raise StoreError(
            f"{path} is empty: whatever emptied it took all that the run recorded; restore it "
            "from a copy, or remove the folder and start the run anew"
        )
    with explained(path):
        mode = "ro" if read_only else "rw"
        uri = f"{path.absolute().as_uri()}?mode={mode}{'&immutable=1' if alone else ''}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        # Somebody else's file may bring what never ends under the name of a table.
        queries = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'view' OR sql LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is an SQLite file of another program, not a campaign")
    if queries:
        raise StoreError(f"{path} holds queries in place of tables, which no campaign writes")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer evoapproxnas (schema {version}, this one reads "
            f"up to {SCHEMA_VERSION}); upgrade with: pip install -U evoapproxnas"
        )
    with explained(path):
        if version < SCHEMA_VERSION:
            connection = _in_memory(connection) if read_only else connection
            migrate(connection, version, limits)
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
    return connection


def close_file(connection: sqlite3.Connection, path: Path) -> None:
    """Close a database that was written, leaving one file without the log beside it.

    A reader that keeps the file open prevents that; then the log stays, and nothing is lost.
    """
    with explained(path):
        if connection.in_transaction:
            connection.rollback()
        # SQLite waits here for some locks and for others it does not.
        connection.execute("PRAGMA busy_timeout = 0")
        deadline = time.monotonic() + _PATIENCE
        while not _without_log(connection) and time.monotonic() < deadline:
            time.sleep(0.02)
        connection.close()


def _without_log(connection: sqlite3.Connection) -> bool:
    """Put all into the file itself; False while somebody reads it."""
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into an error that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explanation(path, str(error))) from error


def _in_memory(source: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None)
    source.backup(copy)
    source.close()
    return copy


def _explanation(path: Path, message: str) -> str:
    if "full" in message:
        advice = "free some space and resume; everything recorded so far is kept"
    elif "locked" in message:
        advice = "another process works on this run; stop it first"
    elif "readonly" in message or "unable to open" in message:
        advice = "check that the folder exists and may be written"
    elif "not a database" in message or "malformed" in message:
        advice = f"the file is damaged; {DAMAGED}"
    else:
        advice = DAMAGED
    return f"cannot use {path}: {message}; {advice}"
