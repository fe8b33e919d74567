"""Writing a figure, with errors that say what to do."""

from pathlib import Path

from matplotlib.figure import Figure

from evoapproxnas.errors import ConfigError, StoreError


def save_figure(figure: Figure, path: Path) -> None:
    """Write a PNG, SVG or PDF file; the ending of its name decides.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if the ending is not one of a picture.
    """
    try:
        figure.savefig(path, dpi=120)
    except OSError as error:
        raise StoreError(
            f"cannot write figure {path}: {error.strerror}; choose another folder"
        ) from error
    except ValueError as error:
        raise ConfigError(f"cannot write figure {path}: {error}") from error
