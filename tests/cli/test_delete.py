"""`delete` as a user types it."""

import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.errors import ConfigError, EvoApproxNASError
from evoapproxnas.files import locked
from tests.cli.invoking import invoke
from tests.cli.pseudo_terminal import PseudoTerminal
from tests.fakes import tiny_run


@pytest.fixture
def runs(tmp_path):
    folder = tmp_path / "runs"
    for name in ("first", "second", "third"):
        tiny_run(folder / name)
    return folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_runs_are_shown_and_deleted(runs):
    told = invoke("delete", "first", "second", "first", "--yes", "--runs-dir", runs)
    assert f"{runs}/first" in told
    assert "0 candidates, 0 on the front" in told
    assert told.count("deleted") == 2
    assert names(runs) == ["third"]


def test_all_can_be_deleted_or_none_is(runs):
    with locked(runs / "second"), pytest.raises(EvoApproxNASError, match="another process works"):
        invoke("delete", "first", "second", "--yes", "--runs-dir", runs)
    with pytest.raises(EvoApproxNASError, match="no run folder"):
        invoke("delete", "first", "nothing", "--yes", "--runs-dir", runs)
    assert names(runs) == ["first", "second", "third"]


@pytest.mark.parametrize("name", ["..", ".", "", "/tmp", "first/..", "../runs/first"])
def test_what_lies_elsewhere_is_no_run_of_the_folder(runs, name):
    with pytest.raises(ConfigError, match="name"):
        invoke("delete", name, "--yes", "--runs-dir", runs)
    assert names(runs) == ["first", "second", "third"]


def test_a_damaged_run_can_be_deleted(runs):
    (runs / "first" / "campaign.sqlite").write_text("no database")
    assert "cannot be read" in invoke("delete", "first", "--yes", "--runs-dir", runs)
    assert names(runs) == ["second", "third"]


def test_nobody_to_answer_is_an_error(runs):
    result = CliRunner().invoke(app, ["delete", "first", "--runs-dir", str(runs)])
    assert isinstance(result.exception, ConfigError)
    assert "--yes" in str(result.exception)
    assert names(runs) == ["first", "second", "third"]


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1), ("\x03", 130)])
def test_it_asks(runs, answer, code):
    words = ("-m", "evoapproxnas", "delete", "first", "--runs-dir", "runs")
    with PseudoTerminal(*words, folder=runs.parent) as terminal:
        terminal.wait_for("Delete this run?")
        terminal.type(answer if answer == "\x03" else f"{answer}\n")
        assert terminal.finish() == code
        assert "MB" in terminal.text
        assert all(len(line) <= 80 for line in terminal.shown)
    assert ("first" in names(runs)) is (code != 0)
