"""How a command line of this package answers, that of the scripts in plots/ too."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.text import Text

from evoapproxnas.cli.output import Terminal, clean, say
from evoapproxnas.errors import EvoApproxNASError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from evoapproxnas.store import Run

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Of a file that output was sent to."""

RunFolders = Annotated[list[Path], typer.Argument(help="Run folders, such as runs/NAME.")]
RunFolder = Annotated[Path, typer.Argument(help="Run folder, such as runs/NAME.")]
PointId = Annotated[str, typer.Argument(help="Id of a point, such as g03-05-p2.")]
Picture = Annotated[Path, typer.Option("-o", "--output", help="PNG, SVG or PDF file.")]
Data = Annotated[Path | None, typer.Option(help="CSV file for what the figure shows.")]
Width = Annotated[float, typer.Option(min=2.5, help="Of the figure, inches; a column is 3.5.")]
Title = Annotated[str, typer.Option(help="Above the figure.")]


def answer(app: Callable[[], Any]) -> None:
    """Run a command line; errors raised on purpose print one line and exit with 1."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except EvoApproxNASError as error:
        _fail(str(error))
    except BrokenPipeError:
        # The reader of our output (head, less) is gone; nothing is left to say.
        _drop_output()
        sys.exit(1)
    except OSError as error:
        if error.filename is not None or error.errno not in _FULL:
            raise
        _drop_output()
        _fail(f"cannot print: {error.strerror}; free some space where the output goes")


def _fail(told: str) -> NoReturn:
    message = Text.assemble(("error:", "bold red"), " ", clean(told))
    Terminal(stderr=True).print(message, soft_wrap=True, highlight=False)
    sys.exit(1)


def _drop_output() -> None:
    """Leave nothing that Python would try to print once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run_script(command: Callable[..., None] | None = None, **named: Callable[..., None]) -> None:
    """Run a script of one command, or of several by their names."""
    app = typer.Typer(
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if command is not None:
        app.command()(command)
    for name, choice in named.items():
        app.command(name)(choice)
    answer(app)


def open_runs(folders: list[Path]) -> "list[Run]":
    """Open runs for reading; each has points.

    Raises:
        StoreError: if a folder is no run, or has nothing to draw.
    """
    from evoapproxnas.report.data.checking import require_points
    from evoapproxnas.store import load_run

    runs = [load_run(folder, read_only=True) for folder in folders]
    require_points(runs)
    return runs


def leave(figure: "Figure", output: Path, frame: "pd.DataFrame", data: Path | None) -> None:
    """Write a figure, and what it shows where that is asked for.

    Raises:
        StoreError: if a file cannot be written.
        ConfigError: if the name of the figure has no known ending.
    """
    from evoapproxnas.files import write_atomically
    from evoapproxnas.report.figure_file import save_figure

    save_figure(figure, output)
    say(str(output))
    if data is not None:
        write_atomically(data, frame.to_csv(index=False))
        say(str(data))
