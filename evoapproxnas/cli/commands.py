"""What all commands have in common: -v and -q, and help that fits in 80 columns.

Typer's own help, made with Rich, cuts the names of options where lines are short, drops what looks
like its markup ("[default: all of them]"), and takes the ends of lines from docstrings. The plain
one, of Click, has none of that; an example stays on the lines that it was written on.
"""

import inspect
import traceback
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from evoapproxnas.cli.output import Terminal, say
from evoapproxnas.cli.verbosity import with_verbosity
from evoapproxnas.errors import EnvironmentBroken

INTERRUPTED = 130
"""The exit code after Ctrl-C, as of a shell: 128 and the number of the signal."""

_AS_IT_IS = "\b\n"
"""Before a paragraph: Click is to keep its lines."""


class Command(TyperCommand):
    """A command."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what Typer makes of a function."""
        super().__init__(*args, **options)
        _lay_out(self)


class Commands(TyperGroup):
    """Commands; whoever ends the program within one has not done what it was asked for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what Typer makes of functions."""
        super().__init__(*args, **options)
        _lay_out(self)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands, each with the whole first paragraph of its help."""
        shown = [(name, command) for name, command in self.commands.items() if not command.hidden]
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_paragraph(command)) for name, command in shown])

    def invoke(self, ctx: Any) -> Any:
        """Run a command.

        Raises:
            EnvironmentBroken: if a module called `sys.exit`, which none of ours does.
            typer.Exit: if it was interrupted and has not said so itself.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            say("interrupted", to=Terminal(stderr=True))
            raise typer.Exit(INTERRUPTED) from None
        except SystemExit as end:
            raise _ended(end) from end


def dress(app: typer.Typer) -> None:
    """Make what commands have in common theirs; of those of groups within it, too."""
    for command in app.registered_commands:
        command.cls = Command
        if command.callback is not None:
            command.callback = with_verbosity(command.callback)
    for group in app.registered_groups:
        group.cls = Commands
        if group.typer_instance is not None:
            dress(group.typer_instance)


def _ended(end: SystemExit) -> EnvironmentBroken:
    last = traceback.extract_tb(end.__traceback__)[-1]
    return EnvironmentBroken(
        f"{last.filename}, line {last.lineno}, ended the program with exit code {end.code!r} "
        "while it was imported or called; mend or remove that module"
    )


def _lay_out(command: Any) -> None:
    """Prepare the help of a command."""
    command.rich_markup_mode = None
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    command.help = "\n\n".join(
        f"{_AS_IT_IS}{text}" if text.startswith("Example:") else text for text in paragraphs
    )


def _first_paragraph(command: Any) -> str:
    return " ".join((command.help or "").split("\n\n")[0].split())
