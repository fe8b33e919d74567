"""`resume` after an end, an interruption, a move, and what it refuses."""

import shlex
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

import evoapproxnas.executors
from evoapproxnas.cli.app import app
from evoapproxnas.config import DataConfig
from evoapproxnas.errors import (
    DatasetError,
    EvoApproxNASError,
)
from evoapproxnas.files import locked
from evoapproxnas.search import finish
from evoapproxnas.store import load_run
from evoapproxnas.training import load_dataset
from tests.cli.invoking import SMALL, invoke
from tests.fakes import FakeExecutor
from tests.finishing import FinishExecutor


def test_resume_continues_for_longer(runs, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    shutil.copytree(runs / "first", runs / "second")
    output = invoke("resume", "second", "--generations", 2, "--runs-dir", runs)
    assert "finished: 2 generations done" in output


def test_a_run_goes_on_where_its_data_set_was_moved(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    data = load_dataset(DataConfig(dataset="digits"))
    arrays = {"x_train": data.x_train, "y_train": data.y_train}
    np.savez(before / "mine.npz", **arrays, x_test=data.x_test, y_test=data.y_test)
    mine, folder = ["--set", "data.dataset=mine.npz", *SMALL], ["--runs-dir", tmp_path]
    invoke("run", "a", *mine, "--data-dir", before, *folder)
    before.rename(after)
    with pytest.raises(DatasetError, match="before' does not exist; name another one with --data"):
        invoke("resume", "a", "--generations", 2, *folder)
    monkeypatch.chdir(tmp_path)
    invoke("resume", "a", "--generations", 2, "--data-dir", "after", *folder)
    assert load_run(tmp_path / "a").config.data.data_dir == str(after)
    invoke("run", "b", *mine, "--data-dir", after, "--set", "search.population=12", "--init",
           "run:a", *folder)  # fmt: skip
    monkeypatch.setattr(finish, "make_executor", lambda *_, **__: FinishExecutor())
    last = tmp_path / "last"
    after.rename(last)
    assert "Finished of a" in invoke("finalize", "a", "--top", 1, "--data-dir", last, *folder)


def test_interruption_says_how_to_go_on(runs, monkeypatch):
    dying = lambda **_: FakeExecutor(die_after=2)  # noqa: E731
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", dying)
    result = CliRunner().invoke(app, ["run", "third", *SMALL, "--runs-dir", str(runs)])
    assert result.exit_code == 130
    assert "resume third" in result.output


def test_hints_can_be_pasted(runs, tmp_path, monkeypatch):
    dying = lambda **_: FakeExecutor(die_after=2)  # noqa: E731
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", dying)
    folder = tmp_path / "my runs"
    result = CliRunner().invoke(app, ["run", "it's", *SMALL, "--runs-dir", str(folder)])
    hint = result.output.split("Continue with: ")[1].splitlines()[0]
    words = shlex.split(hint)
    assert words == ["python", "-m", "evoapproxnas", "resume", "it's", "--runs-dir", str(folder)]
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    assert "finished" in invoke(*words[3:])
    with pytest.raises(EvoApproxNASError, match="exists already") as caught:
        invoke("run", "it's", *SMALL, "--runs-dir", folder)
    assert str(caught.value).endswith(hint)


def test_a_run_that_is_taken_says_how_to_watch_it(runs, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    with locked(runs / "first"):
        with pytest.raises(EvoApproxNASError, match="another process works") as caught:
            invoke("resume", "first", "--runs-dir", runs)
    words = shlex.split(str(caught.value).split("watch it with: ")[1])
    assert "Pareto front of first" in invoke(*words[3:])
