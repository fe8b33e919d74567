"""`finalize` and `show --finished`, as a user types them."""

import json

import pytest
from typer.testing import CliRunner

import evoapproxnas.executors
from evoapproxnas.cli.app import app
from evoapproxnas.errors import ConfigError, MultiplierError, StoreError
from evoapproxnas.search import finish
from evoapproxnas.store import load_run
from tests.cli.invoking import SMALL, invoke
from tests.fakes import FakeExecutor
from tests.finishing import FinishExecutor

FEW = ("--top", 1, "--passes", 5, "--set", "finish.baselines=[6]", "--set", "finish.points=2")


@pytest.fixture
def executor(monkeypatch):
    made = FinishExecutor()
    monkeypatch.setattr(finish, "make_executor", lambda *_, **__: made)
    return made


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    return tmp_path


def test_finalize_prints_progress_and_figures_which_show_prints_again(runs, executor):
    invoke("run", "first", *SMALL, "--runs-dir", runs)
    output = invoke("finalize", "first", *FEW, "--runs-dir", runs)
    assert "half of it" in output
    assert "Finished of first: 3 networks, accuracies of test images" in output
    shown = invoke("show", "first", "--finished", "--runs-dir", runs)
    assert output.endswith(shown)
    rows = json.loads(invoke("show", "first", "--finished", "--json", "--runs-dir", runs))
    assert [row["kind"] for row in rows] == ["approximate", "approximate", "exact a6w6"]
    assert json.loads(invoke("finalize", "first", "--json", "--runs-dir", runs)) == rows
    assert load_run(runs / "first").config.finish.passes == 5


def test_figures_that_were_cut_off_are_written_anew(runs, executor):
    invoke("run", "first", *SMALL, "--runs-dir", runs)
    invoke("finalize", "first", *FEW, "--runs-dir", runs)
    shown = invoke("show", "first", "--finished", "--runs-dir", runs)
    file = runs / "first" / "finish" / "finish.csv"
    file.write_text(file.read_text()[:40])
    with pytest.raises(StoreError, match="lacks column .*; write it anew with: .* finalize first"):
        invoke("show", "first", "--finished", "--runs-dir", runs)
    invoke("finalize", "first", "--runs-dir", runs)
    assert invoke("show", "first", "--finished", "--runs-dir", runs) == shown


def test_members_are_named(runs, executor):
    invoke("run", "first", *SMALL, "--runs-dir", runs)
    name = load_run(runs / "first").front()["id"].iloc[-1]
    invoke("finalize", "first", *FEW, "--member", name, "--runs-dir", runs, code=2)  # One of them.
    invoke("finalize", "first", *FEW[2:], "--member", name, "--runs-dir", runs)
    member = name[:6]
    assert {done[1][:6] for done in executor.done} == {member}
    # --top takes the most telling ones again.
    invoke("finalize", "first", "--top", 1, "--runs-dir", runs)
    assert load_run(runs / "first").config.finish.members == ()


def test_run_and_resume_do_both(runs, executor):
    small = ("--set", "finish.top=1", "--set", "finish.baselines=[6]")
    output = invoke("run", "both", *SMALL, *small, "--finalize", "--runs-dir", runs)
    assert output.index("Pareto front of both") < output.index("Finished of both")
    done = len(executor.done)
    assert "Finished of both" in invoke("resume", "both", "--finalize", "--runs-dir", runs)
    assert len(executor.done) == done


def test_an_interrupted_finish_says_how_to_go_on(runs, executor):
    invoke("run", "first", *SMALL, "--runs-dir", runs)
    executor.die_after = 2
    arguments = ["finalize", "first", *map(str, FEW), "--runs-dir", str(runs)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 130
    assert f"Continue with: python -m evoapproxnas finalize first --runs-dir {runs}" in (
        " ".join(result.stdout.split())
    )


def test_what_cannot_be_finished_is_not_searched_either(runs):
    with pytest.raises(ConfigError, match="nothing to finish"):
        invoke("run", "none", "--problem", "synthetic", "--finalize", "--runs-dir", runs)
    with pytest.raises(MultiplierError, match="expected operand widths such as 6 or a6w4"):
        invoke(
            "run", "none", *SMALL, "--set", "finish.bits=['six']", "--finalize", "--runs-dir", runs
        )  # fmt: skip
    assert list(runs.iterdir()) == []


def test_only_the_finish_can_be_set(runs, executor):
    invoke("run", "first", *SMALL, "--runs-dir", runs)
    with pytest.raises(ConfigError, match="sections finish and execution, got training"):
        invoke("finalize", "first", "--set", "training.epochs=3", "--runs-dir", runs)
    assert executor.done == []
