"""The one atomic writer: a file or folder appears complete, on the disk, or not at all."""

import errno
import os
import platform
import re
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evoapproxnas.errors import StoreError
from evoapproxnas.files.reading import told

_PARTIAL = re.compile(r"\..+\.partial-(\d+)(?:@([^.]+))?(?:\.\w+)?")
"""What is being written: `.STEM.partial-THREAD@HOST.SUFFIX`; older versions named no host."""


def write_atomically(target: Path, content: str | bytes) -> None:
    """Replace a file's content in one step and bring it to the disk; text becomes UTF-8.

    Args:
        target: path of the file.
        content: all of it.

    Raises:
        StoreError: if it cannot be written; what was there before is then still there.
    """
    with atomic_file(target) as partial:
        partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """Give a path to write to, which becomes `target` if the context ends without an error.

    The path has the ending of `target`, as writers choose a format by it. It is removed after
    an error, and those that dead processes left beside it are removed first.

    Args:
        target: path of the file.

    Raises:
        StoreError: if it cannot be written; what was there before is then still there.
    """
    if target.is_symlink():
        target = target.resolve()  # What it points to is replaced, not the link.
    partial = _partial(target)
    with _explained(target):
        _clear(target.parent)
        try:
            yield partial
            _flush(partial)
            partial.replace(target)
            _flush(target.parent)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which becomes `target` if the context ends without an error.

    Missing parents are made.

    Args:
        target: path of the folder.

    Raises:
        StoreError: if it cannot be written, or `target` exists and is not an empty folder.
    """
    partial = _partial(target)
    with _explained(target):
        try:
            partial.parent.mkdir(parents=True, exist_ok=True)
            _clear(target.parent)
            partial.mkdir()
            yield partial
            for path in (*partial.rglob("*"), partial):
                _flush(path)
            partial.rename(target)
            _flush(target.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it; it disappears at once. No link is followed.

    Where this is interrupted, what is left is as what is half written: `atomic_folder` and
    `remove_leftovers` remove it later.

    Args:
        folder: its path.

    Raises:
        StoreError: if it cannot be removed.
    """
    partial = _partial(folder)
    try:
        folder.rename(partial)
        shutil.rmtree(partial)
        _flush(folder.parent)
    except OSError as error:
        where = partial if partial.exists() else folder
        raise StoreError(
            f"cannot remove {where}: {told(error)}; fix permissions and remove it with rm -r"
        ) from error


def remove_leftovers(folder: Path) -> None:
    """Remove what processes of this machine that are no more left half written in a folder.

    Args:
        folder: that is looked through; what is in folders below stays.

    Raises:
        StoreError: if the folder cannot be read or what is left not be removed.
    """
    with _explained(folder):
        _clear(folder)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        match = _PARTIAL.fullmatch(path.name)
        if match is None or _lives(int(match[1])) or not _is_ours(path, match[2]):
            continue
        # Another process may be clearing the same.
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _is_ours(path: Path, host: str | None) -> bool:
    """Whether what is half written is this user's and was begun on this machine."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    # Without a host only folders were written, of runs; such a file is another program's.
    known = host == _host() or (host is None and stat.S_ISDIR(found.st_mode))
    return known and found.st_uid == os.geteuid()


def _partial(target: Path) -> Path:
    # A thread's number, so that two threads may write one file; the first one's is the process's.
    name = f".{target.stem}.partial-{threading.get_native_id()}@{_host()}{target.suffix}"
    return target.with_name(name)


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", platform.node()) or "localhost"


def _lives(thread: int) -> bool:
    try:
        os.kill(thread, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _flush(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot do it for folders; they keep names by themselves.
        if not path.is_dir() or error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(
            f"cannot write {target}: {told(error)}; free some space, fix permissions or choose "
            "another folder, then run it again: everything recorded so far is kept"
        ) from error
