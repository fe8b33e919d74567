"""Runs are deleted here: whole, and nothing but what lies in their folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from evoapproxnas.errors import StoreError, command
from evoapproxnas.files import let_go, remove_folder, take_lock, told
from evoapproxnas.store.run_folder import CONFIG, DATABASE


@dataclass(frozen=True)
class Extent:
    """What a run takes on the disk.

    Attributes:
        files: how many, links included.
        size_bytes: of all of them; what links point to is no part of a run.
    """

    files: int
    size_bytes: int


def extent(path: Path) -> Extent:
    """Return how large the folder of a run is that could be deleted now.

    Args:
        path: its folder.

    Raises:
        StoreError: if it is no run, cannot be read, a process works on it, or another run lies
            within it.
    """
    _check_run(path)
    let_go(_take(path))
    found = list(_files(path))
    for file in found:
        if file.name == DATABASE and file.parent != path:
            raise StoreError(
                f"another run lies within {path}, at {file.parent}; delete that one first"
            )
    return Extent(len(found), sum(file.lstat().st_size for file in found))


def delete_run(path: Path) -> None:
    """Delete the folder of a run; links in it go, and what they point to stays.

    It disappears at once, and what an interrupted deletion leaves is hidden, and removed by the
    next run that is made beside it.

    Args:
        path: its folder.

    Raises:
        StoreError: if it is no run, a process works on it, or it cannot be removed.
    """
    _check_run(path)
    lock = _take(path)
    try:
        remove_folder(path)
    finally:
        let_go(lock)


def _take(path: Path) -> FileLock:
    watch = command("show", path.name, runs_dir=path.parent)
    return take_lock(path, advice=f"stop it first, or watch it with: {watch}")


def _files(path: Path) -> Iterator[Path]:
    """Yield all files, and links instead of what they point to."""
    for folder, names, others in os.walk(path, onerror=_refuse):
        here = Path(folder)
        yield from (here / name for name in others)
        yield from (here / name for name in names if (here / name).is_symlink())


def _check_run(path: Path) -> None:
    if path.is_symlink():
        raise StoreError(
            f"{path} is a link to {path.resolve()}; delete the run where it is, or the link with "
            "rm: its files are no part of this folder"
        )
    if not path.is_dir():
        raise StoreError(f"no run folder at {path}")
    if not (path / DATABASE).is_file() or not (path / CONFIG).is_file():
        raise StoreError(
            f"{path} is no run: it has no {DATABASE} and {CONFIG}; only runs are deleted"
        )


def _refuse(error: OSError) -> None:
    raise StoreError(f"cannot read {error.filename}: {told(error)}; fix its permissions")
