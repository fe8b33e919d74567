"""Writing a figure whole, with errors that say what to do."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.files import atomic_file, told

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a PNG, SVG or PDF file; the ending of its name decides.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if the ending is not one of a picture.
    """
    _check_ending(path)
    with atomic_file(path) as partial:
        try:
            figure.savefig(partial, dpi=120)
        except ValueError as error:
            raise ConfigError(f"cannot write figure {path}: {error}") from error


def check_figure(path: Path) -> None:
    """Find out whether a figure can be written there, before the work that it is to show.

    Raises:
        StoreError: as `save_figure`.
        ConfigError: likewise.
    """
    _check_ending(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise StoreError(
            f"cannot write figure {path}: {told(error)}; make the folder, or name another file"
        ) from error


def _check_ending(path: Path) -> None:
    # Here, so that commands without figures need not wait for it.
    from matplotlib.backend_bases import FigureCanvasBase

    endings = FigureCanvasBase.get_supported_filetypes()
    if path.suffix.removeprefix(".").lower() not in endings:
        raise ConfigError(
            f"cannot write figure {path}: expected a name that ends in .png, .svg or .pdf, got "
            f"{path.name!r:.80}"
        )
