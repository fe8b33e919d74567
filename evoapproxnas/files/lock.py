"""One process at a time in a folder; a lock goes with its process, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from evoapproxnas.errors import StoreError
from evoapproxnas.files.reading import told

_FOREVER = -1.0
_LOCKS = Path("/proc/locks")
"""Where Linux lists who holds which file."""


def take_lock(folder: Path, *, wait: bool = False, advice: str = "wait for it") -> FileLock:
    """Take a folder, which exists; `let_go` gives it back, and so does the end of this process.

    Args:
        folder: where `.lock` is put.
        wait: until the other process is done, instead of an error.
        advice: what to do while another process works there.

    Returns:
        What `let_go` takes.

    Raises:
        StoreError: if another process works there or the folder cannot be written.
    """
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=_FOREVER if wait else 0)
    except Timeout:
        raise StoreError(f"another process works in {folder}; {advice}") from None
    except (OSError, NotImplementedError) as error:
        raise StoreError(
            f"cannot write in {folder}: {told(error)}; fix its permissions or choose another one"
        ) from error
    return lock


def let_go(lock: FileLock) -> None:
    """Give a folder back, leaving it as it was: the lock's file goes as well.

    Whoever has the file open already notices that it is gone, and makes a new one.

    Args:
        lock: what `take_lock` returned.
    """
    Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


def is_taken(folder: Path) -> bool | None:
    """Whether a process works in a folder; None where this machine does not say.

    Nothing is locked for that, so that nobody who wants the folder is refused meanwhile.

    Args:
        folder: of a run.
    """
    try:
        inode = (folder / ".lock").stat().st_ino
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        locks = _LOCKS.read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    return any("FLOCK" in line and _inode(line) == inode for line in locks)


def _inode(line: str) -> int:
    """Return the inode in a line: "3: FLOCK  ADVISORY  WRITE 31811 fe:00:5603460 0 EOF"."""
    return int(line.split()[-3].rpartition(":")[2])


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it, where it is missing.

    Args:
        folder: its path.

    Raises:
        StoreError: if it cannot be made, or a file has its name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot use folder {folder}: {told(error)}; choose another one"
        ) from error


@contextmanager
def locked(folder: Path, *, wait: bool = False, advice: str = "wait for it") -> Iterator[None]:
    """Give a context that holds a folder, which is made where it is missing.

    Args:
        folder: where `.lock` is put.
        wait: until the other process is done, instead of an error.
        advice: what to do while another process works there.

    Raises:
        StoreError: if another process works there or the folder cannot be made or written.
    """
    make_folder(folder)
    lock = take_lock(folder, wait=wait, advice=advice)
    try:
        yield
    finally:
        let_go(lock)
