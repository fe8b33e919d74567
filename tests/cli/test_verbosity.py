"""-v and -q, before a command and after it."""

import pytest
import typer
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.cli.commands import dress
from evoapproxnas.cli.output import note, say
from evoapproxnas.cli.stages import Stages
from evoapproxnas.cli.verbosity import Level, level, speaking
from evoapproxnas.errors import StoreError

PROGRAM = typer.Typer()


@PROGRAM.command()
def work(fail: bool = False) -> None:
    """Work."""
    note("a note")
    say(f"a result at {level().name}")
    if fail:
        raise StoreError("no space")


dress(PROGRAM)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["a note", "a result at NORMAL"]),
        (["-q"], ["a result at QUIET"]),
        (["--quiet"], ["a result at QUIET"]),
        (["-v"], ["a note", "a result at VERBOSE"]),
    ],
)
def test_quiet_leaves_out_what_is_no_result(words, told):
    assert CliRunner().invoke(PROGRAM, words).stdout.splitlines() == told
    assert level() == Level.NORMAL


def test_verbose_errors_have_a_traceback():
    for words, traced in ((["--fail"], False), (["--fail", "-v"], True)):
        result = CliRunner().invoke(PROGRAM, words)
        assert isinstance(result.exception, StoreError)
        assert ("Traceback" in result.stderr) is traced


def test_the_program_has_them_before_a_command():
    command = ["multipliers", "list", "mul8u_or8_v6"]
    assert "relative_power is against" in CliRunner().invoke(app, command).stdout
    for words in (["-q", *command], [*command, "-q"]):
        told = CliRunner().invoke(app, words).stdout
        assert "mul8u_or8_v6" in told
        assert "relative_power is against" not in told
    assert level() == Level.NORMAL


def test_an_inner_level_is_the_outer_one_unless_it_is_given():
    with speaking(verbose=False, quiet=True):
        with speaking(verbose=False, quiet=False):
            assert level() == Level.QUIET
        with speaking(verbose=True, quiet=False):
            assert level() == Level.VERBOSE


def test_stages_are_as_quiet_or_verbose(capsys):
    from evoapproxnas.cli.output import console

    def run(**options):
        with Stages(console, **options) as stages:
            for done in range(1, 101):
                stages.advance("work", "text", done, 100)
        return len(capsys.readouterr().out.splitlines())

    assert (run(), run(every=True), run(quiet=True)) == (20, 100, 0)
    with speaking(verbose=True, quiet=False):
        assert run() == 100
    with speaking(verbose=False, quiet=True):
        assert run() == 0
