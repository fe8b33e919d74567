"""`report`: a page about runs."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.options import RunNames, RunsDir
from evoapproxnas.cli.output import say


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(report)


def report(
    names: RunNames,
    *,
    output: Annotated[
        Path | None,
        typer.Option("-o", help="HTML file. [default: report.html in the run, or beside several]"),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Write a page about a run, or about several beside each other.

    It is one HTML file that opens from the disk and asks no network for anything: summary, front
    to click through, networks, multipliers, curves, failures, configuration, commands. A campaign
    writes its own at its end; while it goes on, this writes what is there.

    Example: python -m evoapproxnas report NAME OTHER -o both.html
    """
    from evoapproxnas.report.page import PAGE, write_report
    from evoapproxnas.store import load_run

    runs = [load_run(runs_dir / name, read_only=True) for name in names]
    target = output or (runs[0].path if len(runs) == 1 else runs_dir) / PAGE
    write_report(runs, target)
    say(str(target))
