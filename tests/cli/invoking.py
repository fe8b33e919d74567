"""The command line in this process, as a user types it."""

from typer.testing import CliRunner

from evoapproxnas.cli.app import app

SMALL = ["--set", "search.population=4", "--set", "search.generations=1"]
"""Settings of a small campaign."""


def invoke(*arguments, code=0):
    """Run a command; return what it prints, or raise what it raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout
