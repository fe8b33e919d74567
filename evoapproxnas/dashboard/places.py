"""Where runs and studies lie, and whether their files are their own.

What a browser asks for is looked up among these by its name, so that no path ever comes from it.
"""

import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evoapproxnas.errors import StoreError
from evoapproxnas.files import as_text, is_taken
from evoapproxnas.report.page.study import STUDY_FILES, kind_of
from evoapproxnas.store.moment import Stamp, stamp
from evoapproxnas.store.run_folder import CONFIG, DATABASE, ENVIRONMENT

RUN_FILES = (
    *(DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", CONFIG),
    *(ENVIRONMENT, "campaign.log", "finish", "finish/finish.csv"),
)
"""All that is read of a run."""
_DEPTH = 3
"""Folders below one that was named in which runs are looked for."""
_MOST_FOLDERS = 5000
_TICK = 2 * 10**9
"""Nanoseconds after which no file system says that a file is as it was when it is not."""
_TEXT_BYTES = 64 * 2**20
"""More than that is no configuration, log or table of ours."""

Stamps = tuple[Stamp | bool, ...]


@dataclass(frozen=True)
class Place:
    """A run or a study.

    Attributes:
        key: its name here; no other one has it.
        kind: which of the two.
        path: its folder.
    """

    key: str
    kind: Literal["run", "study"]
    path: Path

    @property
    def files(self) -> tuple[str, ...]:
        """Names of what is read of it."""
        return RUN_FILES if self.kind == "run" else STUDY_FILES

    def stamps(self) -> Stamps:
        """Return what changes as soon as one of its files, or whoever works on it, does."""
        return (*(stamp(self.path / name) for name in self.files), self.taken)

    @property
    def taken(self) -> bool | None:
        """Whether a process works on it; None where this machine does not say."""
        return is_taken(self.path)

    def changed(self) -> float:
        """Return when one of its files changed last, in seconds since 1970."""
        times = [found[1] for name in self.files if (found := stamp(self.path / name))]
        return max(times, default=0) / 1e9

    def check(self) -> None:
        """Check that all of its files are its own.

        Raises:
            StoreError: for a link, a pipe or another thing that leads out of the folder.
        """
        for name in self.files:
            file = self.path / name
            try:
                found = file.lstat()
            except OSError:
                continue
            ordinary = stat.S_ISDIR if name == "finish" else stat.S_ISREG
            if not ordinary(found.st_mode):
                raise StoreError(f"{file} is a link, or no ordinary file; it is not followed")
            if found.st_size > _TEXT_BYTES and not name.startswith(DATABASE):
                raise StoreError(f"{file} has {found.st_size:,} bytes, and is not read")


class Places:
    """Runs and studies in folders that somebody named, wherever they appear and vanish.

    Attributes:
        roots: these folders. Each may be a run or a study itself.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        """Look at folders.

        Raises:
            StoreError: if one is a file.
        """
        for root in roots:
            if root.exists() and not root.is_dir():
                raise StoreError(f"{root} is no folder; name one that holds runs or studies")
        self.roots = tuple(dict.fromkeys(root.resolve() for root in roots))
        self._inside: dict[Path, tuple[Stamp, tuple[Path, ...]]] = {}

    def find(self) -> dict[str, Place]:
        """Return what there is now, by its name."""
        found: dict[str, Place] = {}
        for root in self.roots:
            for folder in self._walk(root):
                kind = _kind(folder)
                key = self._key(root, folder)
                if kind is not None and all(place.path != folder for place in found.values()):
                    while key in found:
                        key = f"{key} (another)"
                    found[key] = Place(key, kind, folder)
        return found

    def holds(self, folder: str) -> bool:
        """Whether a folder that a run names is one of those that were named, or lies in one.

        Args:
            folder: its path.
        """
        here = Path(folder).resolve()
        return any(here.is_relative_to(root) for root in self.roots)

    def _key(self, root: Path, folder: Path) -> str:
        if folder == root:
            return as_text(root.name)
        inside = str(folder.relative_to(root))
        return as_text(inside if len(self.roots) == 1 else f"{root.name}/{inside}")

    def _walk(self, root: Path) -> Iterator[Path]:
        """Yield folders, links left out; what lies in a run is its own."""
        waiting = [(root, 0)]
        for _ in range(_MOST_FOLDERS):
            if not waiting:
                return
            folder, depth = waiting.pop()
            yield folder
            if depth < _DEPTH and not (folder / DATABASE).exists():
                waiting += [(inside, depth + 1) for inside in reversed(self._folders(folder))]

    def _folders(self, folder: Path) -> tuple[Path, ...]:
        """Return the folders in a folder, which is read again only if its own time changed."""
        now = stamp(folder)
        known = self._inside.get(folder)
        if known is not None and known[0] == now:
            return known[1]
        # The clock of files ticks; what changes twice within a tick seems to change once.
        settled = now is not None and time.time_ns() - now[1] > _TICK
        try:
            with os.scandir(folder) as entries:
                names = sorted(
                    entry.name
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
                )
        except OSError:
            return ()
        inside = tuple(folder / name for name in names)
        if settled:
            self._inside[folder] = (now, inside)
        return inside


def _kind(folder: Path) -> Literal["run", "study"] | None:
    try:
        if stat.S_ISREG((folder / DATABASE).lstat().st_mode):
            return "run"
    except OSError:
        pass
    try:
        return "study" if kind_of(folder) is not None else None
    except OSError:
        return None
