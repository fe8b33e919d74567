"""`export`, as a user types it."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.errors import UnknownNameError
from evoapproxnas.report.export import TARGETS
from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    run_campaign(tiny_run(folder / "a", "search.generations=0"), FakeExecutor(), Recorder())
    return folder


def _export(*words):
    result = CliRunner().invoke(app, ["export", *map(str, words)])
    if result.exception:
        raise result.exception
    return result.stdout


def test_the_history_goes_to_a_file(runs, tmp_path):
    file = tmp_path / "history.csv"
    assert _export("a", "--to", "csv", "-o", file, "--runs-dir", runs).strip() == str(file)
    assert len(pd.read_csv(file)) > 0


def test_a_study_comes_with_how_to_open_it(runs):
    said = _export("a", "--to", "optuna", "--runs-dir", runs)
    file = runs / "a" / "exports" / "a.db"
    assert f"optuna-dashboard sqlite:///{file}" in said
    assert file.is_file()


def test_an_unknown_target_is_an_error(runs):
    with pytest.raises(UnknownNameError, match="did you mean 'onnx'"):
        _export("a", "g00-00", "--to", "onx", "--runs-dir", runs)


def test_help_names_every_target():
    said = CliRunner().invoke(app, ["export", "--help"], env={"COLUMNS": "200"}).stdout
    assert all(target in said for target in TARGETS)
    assert "Example: python -m evoapproxnas export" in said
