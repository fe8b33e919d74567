"""Reading a whole database at one moment, without a trace of it.

A campaign writes through a log beside the file (WAL). SQLite lets readers in without waiting, but
makes that log, and its index, for a reader too where they are missing, and a reader that stays
keeps the campaign from tidying up. So everything is read at once and the file let go; where there
is no log, nobody writes, and the file is read without locks, and again if it changed meanwhile.
"""

from collections.abc import Mapping
from pathlib import Path

from evoapproxnas.errors import StoreError
from evoapproxnas.store.connection import open_file
from evoapproxnas.store.database import Database

LOGS = ("-wal", "-journal")
"""What SQLite appends to the name of a file for those beside it that a reader must mind."""
_TRIES = 5

Stamp = tuple[int, int, int] | None


def read_moment(path: Path, *, limits: Mapping[str, float]) -> Database:
    """Read all rows of a database as of one moment.

    Args:
        path: the file.
        limits: of the run's configuration, which older schemas do not hold.

    Returns:
        The rows, in memory.

    Raises:
        StoreError: if it is no database of ours, is damaged, from a newer version, or gone.
    """
    for _ in range(_TRIES):
        if any(log is not None for log in _stamps(path)[1:]):
            break
        before = _stamps(path)
        try:
            database = _read(path, limits, alone=True)
        except StoreError:
            # What is written at this moment looks damaged.
            if _stamps(path) == before:
                raise
            continue
        if _stamps(path) == before:
            return database
    return _read(path, limits, alone=False)


def _read(path: Path, limits: Mapping[str, float], *, alone: bool) -> Database:
    connection = open_file(path, read_only=True, limits=limits, alone=alone)
    database = Database(path, connection, read_only=True)
    try:
        database.keep()
    finally:
        database.close()
    return database


def stamp(path: Path) -> Stamp:
    """Return what changes when a file does; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _stamps(path: Path) -> list[Stamp]:
    return [stamp(path), *(stamp(path.with_name(path.name + ending)) for ending in LOGS)]
