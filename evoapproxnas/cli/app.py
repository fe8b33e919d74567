"""The commands, and how errors reach the user.

Commands import what they need when they run, so that `--help` answers at once.
"""

import logging
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from evoapproxnas import __version__
from evoapproxnas.cli import (
    assign,
    bench,
    campaign,
    dashboard,
    doctor,
    evaluate,
    export,
    finalize,
    hardware,
    multipliers,
    report,
    results,
    sweep,
    train,
)
from evoapproxnas.cli.answering import answer
from evoapproxnas.errors import EnvironmentBroken


class _Commands(TyperGroup):
    """The commands; whoever ends the program within one has not done what it was asked for."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command.

        Raises:
            EnvironmentBroken: if a module called `sys.exit`, which none of ours does.
        """
        try:
            return super().invoke(ctx)
        except SystemExit as end:
            raise _ended(end) from end


def _ended(end: SystemExit) -> EnvironmentBroken:
    last = traceback.extract_tb(end.__traceback__)[-1]
    return EnvironmentBroken(
        f"{last.filename}, line {last.lineno}, ended the program with exit code {end.code!r} "
        "while it was imported or called; mend or remove that module"
    )


app = typer.Typer(
    cls=_Commands,
    name="evoapproxnas",
    help="Search networks and approximate multipliers together; judge multipliers; see results.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        print(__version__)
        raise typer.Exit


campaign.register(app)
finalize.register(app)
results.register(app)
export.register(app)
report.register(app)
dashboard.register(app)
doctor.register(app)
evaluate.register(app)
sweep.register(app)
assign.register(app)
train.register(app)
app.add_typer(multipliers.app, name="multipliers")
app.add_typer(hardware.app, name="hardware")
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command line; errors raised on purpose print one line and exit with 1."""
    _say_what_is_compiled()
    answer(app)


def _say_what_is_compiled() -> None:
    """Show the lines about loops that are compiled, which takes seconds, once on a machine."""
    logger = logging.getLogger("evoapproxnas.compiling")
    if not logger.handlers:
        logger.setLevel(logging.INFO)
        logger.addHandler(logging.StreamHandler())
