"""Help: an example for every command, 80 columns, nothing lost as markup."""

import shlex
import subprocess
import sys

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.cli.commands import dress
from tests.readme.documents import documented


def _walk(command, words):
    yield words
    for name, sub in getattr(command, "commands", {}).items():
        yield from _walk(sub, (*words, name))


COMMANDS = list(_walk(get_command(app), ()))
DOCUMENTED = {command.words for command in documented()}


def shown(words, *, columns=80):
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": str(columns)})
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_an_example_that_is_tested(words):
    lines = [line.strip() for line in shown(words).splitlines()]
    (first,) = [i for i, line in enumerate(lines) if line.startswith("Example: python -m ")]
    last = next(i for i in range(first, len(lines)) if not lines[i].endswith("\\"))
    text = " ".join(line.removesuffix("\\") for line in lines[first : last + 1])
    example = shlex.split(text.removeprefix("Example: "))
    if ">" in example:
        example = example[: example.index(">")]
    assert example[3 : 3 + len(words)] == list(words)
    assert tuple(example) in DOCUMENTED


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_fits_in_80_columns_and_cuts_nothing(words):
    text = shown(words)
    assert max(len(line) for line in text.splitlines()) <= 80
    command = get_command(app)
    for word in words:
        command = command.commands[word]
    for option in command.params:
        assert all(name in text for name in (*option.opts, *option.secondary_opts))


def test_help_takes_no_notice_of_who_reads_it():
    """A reader that is gone is no error of a module."""
    command = f"{sys.executable} -m evoapproxnas run --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode in (0, 1), done.stderr) == (True, "")


def test_what_looks_like_markup_is_printed():
    help_ = " ".join(shown(["report"]).split())
    assert "[default: report.html in the run, or beside several]" in help_
    other = typer.Typer()

    @other.command()
    def draw(x: int = typer.Option(1, help="[bold] of [a/b]")) -> None:
        """Draw [green] as it is.

        Two lines of
        one paragraph.
        """

    dress(other)
    text = CliRunner().invoke(other, ["--help"]).stdout
    assert "Draw [green] as it is." in text
    assert "[bold] of [a/b]" in text
    assert "Two lines of one paragraph." in text


def test_usage_errors_are_told_apart():
    runner = CliRunner()
    assert runner.invoke(app, ["fly"]).exit_code == 2
    assert runner.invoke(app, ["show"]).exit_code == 2
    assert runner.invoke(app, ["show", "a", "-v", "-q"]).exit_code == 2
    assert runner.invoke(app, ["-v", "-q", "show", "a"]).exit_code == 2
    assert runner.invoke(app, ["--version"]).exit_code == 0
