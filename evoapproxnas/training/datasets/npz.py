"""Reading `.npz` archives, and finding the one of a public data set."""

import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from evoapproxnas.errors import DatasetError
from evoapproxnas.files import DATA_VARIABLE, data_folders, load_arrays
from evoapproxnas.training.datasets.source import Images

_KEYS = ("x_train", "y_train", "x_test", "y_test")
_DOWNLOAD_TIMEOUT_SECONDS = 15.0

Download = Callable[[], Any]
"""Returns ((x_train, y_train), (x_test, y_test)), as the `keras.datasets` functions do."""


def read_npz(path: Path) -> Images:
    """Read the four arrays of an archive.

    Raises:
        DatasetError: if the file is unreadable, corrupted, or lacks one of the arrays.
    """
    try:
        arrays = load_arrays(path, error=DatasetError, names=_KEYS)
    except DatasetError as error:
        raise DatasetError(
            f"{path} is not a readable .npz archive of the arrays {', '.join(_KEYS)} ({error}); "
            "fetch or write it again"
        ) from error
    return Images(**arrays, origin=str(path))


def places_of(name: str, data_dir: Path | None) -> list[Path]:
    """Return where the file of a public data set is looked for, in order.

    Args:
        name: of the data set.
        data_dir: the only folder, if it is named; see `data_folders`.
    """
    return [
        path
        for folder in data_folders(data_dir)
        for path in (folder / f"{name}.npz", folder / name / f"{name}.npz")
    ]


def find_or_download(name: str, data_dir: Path | None, download: Download) -> Images:
    """Look for NAME.npz or NAME/NAME.npz in the known folders, then let Keras fetch it.

    A folder that was named must hold it. Otherwise the folders are the one that EVOAPPROXNAS_DATA
    names and the Keras cache. The first file found is used; if that one is damaged, it is an
    error, not passed over.

    Raises:
        DatasetError: naming everything tried, if there is no file and the download fails.
    """
    places = places_of(name, data_dir)
    for path in places:
        if path.is_file():
            return read_npz(path)
    tried = [str(path) for path in places]
    if data_dir is not None:
        raise DatasetError(
            f"the data folder {data_dir} holds no data set {name!r}; looked for "
            f"{', '.join(tried)}. Name another folder, or none to use {DATA_VARIABLE}, the Keras "
            "cache or a download"
        )
    try:
        with _download_limits():
            (x_train, y_train), (x_test, y_test) = download()
    except Exception as error:  # Keras raises a bare Exception where a download fails.
        raise DatasetError(
            f"data set {name!r} was not found and its download failed ({error}). "
            f"Looked for {', '.join(tried)}. Put {name}.npz (arrays {', '.join(_KEYS)}) into a "
            f"folder and name it with --data-dir or {DATA_VARIABLE}, or run once with a network"
        ) from error
    return Images(
        x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test, origin="keras.datasets"
    )


@contextlib.contextmanager
def _download_limits() -> Iterator[None]:
    """Give up on a silent server, and keep the progress bar out of standard output."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_DOWNLOAD_TIMEOUT_SECONDS)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        socket.setdefaulttimeout(before)
