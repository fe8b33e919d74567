"""The commands, and how the program starts.

Commands import what they need when they run, so that `--help` answers at once.
"""

import logging
import os
import sys
from functools import partial
from typing import Annotated

import typer

from evoapproxnas import __version__
from evoapproxnas.cli import (
    assign,
    bench,
    campaign,
    dashboard,
    delete,
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
from evoapproxnas.cli.commands import Commands, dress
from evoapproxnas.cli.output import Terminal, note
from evoapproxnas.cli.verbosity import Quiet, Verbose, speaking

_NAME = "evoapproxnas"
_COMPLETING = "_EVOAPPROXNAS_COMPLETE"
"""The variable by which shells ask for completions."""

app = typer.Typer(
    cls=Commands,
    name=_NAME,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.")
    ] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Search networks and approximate multipliers together; judge multipliers; see results.

    Every command has --help with an example, -v to say more and -q to say less. Exit codes: 0 all
    went well; 1 an error, which one line tells; 2 a command line that cannot be understood; 130
    interrupted by Ctrl-C. NO_COLOR=1 leaves colours out.

    Example: python -m evoapproxnas run NAME --preset cifar10 --data-dir DIR
    """
    if version:
        print(__version__)
        raise typer.Exit
    context.with_resource(speaking(verbose=verbose, quiet=quiet))


campaign.register(app)
finalize.register(app)
results.register(app)
export.register(app)
report.register(app)
dashboard.register(app)
delete.register(app)
doctor.register(app)
evaluate.register(app)
sweep.register(app)
assign.register(app)
train.register(app)
app.add_typer(multipliers.app, name="multipliers")
app.add_typer(hardware.app, name="hardware")
app.add_typer(bench.app, name="bench")
dress(app)


def main() -> None:
    """Run the command line; errors raised on purpose print one line and exit with 1."""
    _say_what_is_compiled()
    answer(partial(app, prog_name=_NAME) if _completes() else app)


def _completes() -> bool:
    """Whether this is about completion, which is of `evoapproxnas`: shells complete no module."""
    asked = {"--show-completion", "--install-completion"}
    return _COMPLETING in os.environ or not asked.isdisjoint(sys.argv)


def _say_what_is_compiled() -> None:
    """Show the lines about loops that are compiled, which takes seconds, once on a machine."""
    logger = logging.getLogger("evoapproxnas.compiling")
    if not logger.handlers:
        logger.setLevel(logging.INFO)
        logger.addHandler(_Notes())


class _Notes(logging.Handler):
    """Says what is logged, above a board where there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a message."""
        note(record.getMessage(), to=Terminal(stderr=True))
