"""Writing a figure whole, with errors that say what to do."""

from pathlib import Path
from typing import TYPE_CHECKING

from evoapproxnas.errors import ConfigError
from evoapproxnas.files import atomic_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a PNG, SVG or PDF file; the ending of its name decides.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if the ending is not one of a picture.
    """
    with atomic_file(path) as partial:
        try:
            figure.savefig(partial, dpi=120)
        except ValueError as error:
            raise ConfigError(f"cannot write figure {path}: {error}") from error
