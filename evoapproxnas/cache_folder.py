"""Folders for what can be made again: compiled code, and results that take long.

Numba refuses to compile what it cannot cache; Matplotlib and the Yosys of YoWASP want a folder as
well. A read-only installation without HOME gets one below the temporary folder. These packages are
told by their environment variables, which worker processes inherit.
"""

import os
import stat
import tempfile
from pathlib import Path


def provide_cache_folder(package: Path) -> None:
    """Set the variables of packages that have no folder of their own; what is set stays.

    Args:
        package: folder of this package, beside whose modules Numba caches where it can.
    """
    wanted = []
    if not _usable(_user_folder("XDG_CACHE_HOME", ".cache")):
        wanted = ["YOWASP_CACHE_DIR"]
        if not _usable(package / "__pycache__"):
            wanted.append("NUMBA_CACHE_DIR")
    if not _usable(_user_folder("XDG_CONFIG_HOME", ".config")):
        wanted.append("MPLCONFIGDIR")
    wanted = [variable for variable in wanted if not os.environ.get(variable)]
    if wanted and (folder := _temporary_folder()) is not None:
        for variable in wanted:
            os.environ[variable] = str(folder / variable.partition("_")[0].lower())


def user_cache(name: str) -> Path | None:
    """Return a folder of this package in the user's cache, which need not exist.

    Below the temporary folder where the user's cache cannot be written; None where that cannot
    either.
    """
    import platformdirs

    own = platformdirs.user_cache_path("evoapproxnas", appauthor=False)
    folder = own if _usable(own) else _temporary_folder()
    return None if folder is None else folder / name


def _user_folder(variable: str, name: str) -> Path:
    return Path(os.environ.get(variable) or os.path.join(os.path.expanduser("~"), name))


def _usable(folder: Path) -> bool:
    """Whether a folder can be written, or made."""
    if not folder.is_absolute():
        return False  # "~" without a home stays "~".
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _temporary_folder() -> Path | None:
    """Return a folder that is this user's alone: what others can write must not be run.

    None where there is not even a temporary folder; whoever needs one says so then.
    """
    try:
        folder = Path(tempfile.gettempdir(), f"evoapproxnas-{os.getuid()}")
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022
        if private and found.st_uid == os.getuid():
            return folder
        return Path(tempfile.mkdtemp(prefix="evoapproxnas-"))
    except OSError:
        return None
