"""What all commands have in common: -v and -q, and help that is printed as it was written.

Typer reads help as Rich's markup, in which "[default: all of them]" is a tag that vanishes, and
keeps the line ends of docstrings, which are wider than many terminals. Here nothing is markup, and
a paragraph is as wide as the terminal; an example stays on the lines that it was written on.
"""

import inspect
import traceback
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from evoapproxnas.cli.output import Terminal, say
from evoapproxnas.cli.verbosity import with_verbosity
from evoapproxnas.errors import EnvironmentBroken

INTERRUPTED = 130
"""The exit code after Ctrl-C, as of a shell: 128 and the number of the signal."""


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
    """Prepare the help of a command and of its options for Typer."""
    if command.help:
        paragraphs = inspect.cleandoc(command.help).split("\n\n")
        command.help = escape("\n\n".join(map(_one_line, paragraphs)))
    for option in command.params:
        if getattr(option, "help", None):
            option.help = escape(option.help)


def _one_line(paragraph: str) -> str:
    """Return a paragraph without line ends, unless it is a command that goes on after one."""
    return paragraph if "\\\n" in paragraph else " ".join(paragraph.split())
