"""`run` as a user types it, with a fake executor."""

import json
import re
import shlex
import shutil

import pytest

import evoapproxnas.executors
from evoapproxnas.errors import (
    ConfigError,
    EvoApproxNASError,
    NothingFound,
)
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.multipliers import load_library
from evoapproxnas.store import load_run
from tests.cli.invoking import SMALL, invoke
from tests.fakes import FakeExecutor

RUNGS = ["--set", "rungs.passes=[1, 3]", "--set", "inheritance.enabled=true"]


def test_run_prints_progress_front_and_where_it_is(runs, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    output = invoke("run", *SMALL, "--runs-dir", runs)
    assert "generation 1: front of" in output
    assert "Pareto front of digits-001" in output
    assert (runs / "digits-001" / "pareto.png").is_file()
    shutil.rmtree(runs / "digits-001")


def test_a_run_without_any_figures_says_why_and_fails(tmp_path, monkeypatch):
    fails = lambda **_: FakeExecutor(fails=lambda task: True)  # noqa: E731
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", fails)
    with pytest.raises(NothingFound, match=r"8 failed, 8 of them because: loss is nan") as caught:
        invoke("run", "barren", *SMALL, "--runs-dir", tmp_path)
    words = shlex.split(str(caught.value).split("see all with: ")[1])
    assert invoke(*words[3:]).count("loss is nan") == 8
    few = ["--problem", "synthetic", "--set", "search.limits={cost=3}"]
    with pytest.raises(NothingFound, match="were beyond a limit"):
        invoke("run", "limited", *SMALL, *few, "--runs-dir", tmp_path)
    none = ["--set", "search.limits={energy_nj=1e-9}"]
    with pytest.raises(ConfigError, match="none is within all of .*energy_nj <= 1e-09"):
        invoke("run", "impossible", *SMALL, *none, "--runs-dir", tmp_path)
    assert not (tmp_path / "impossible").exists()


def test_another_problem_is_searched_and_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: InlineExecutor())
    output = invoke("run", "--problem", "synthetic", *SMALL, "--runs-dir", tmp_path)
    assert "synthetic-001: 6 integers of 0 to 9, seed 0" in output
    assert "cost" in invoke("show", "synthetic-001", "--runs-dir", tmp_path)
    assert json.loads(invoke("show", "synthetic-001", "g01-02", "--runs-dir", tmp_path))
    invoke("plot", "synthetic-001", "-o", tmp_path / "front.svg", "--runs-dir", tmp_path)
    assert "cost" in (tmp_path / "front.svg").read_text()


def test_an_address_of_ray_chooses_ray(tmp_path, monkeypatch):
    asked = []

    def ray(**options):
        asked.append(options["address"])
        return InlineExecutor()

    monkeypatch.setattr(evoapproxnas.executors, "RayExecutor", ray)
    chosen = ["--set", "problem=synthetic", "--set", "search.objectives=['error', 'cost']"]
    folder = ["--runs-dir", tmp_path]
    invoke("run", "a", *chosen, *SMALL, "--ray-address", "node1:6379", *folder)
    invoke("resume", "a", "--generations", 2, *folder)
    invoke("resume", "a", "--generations", 3, "--ray-address", "auto", *folder)
    invoke("resume", "a", "--generations", 4, "--executor", "inline", *folder)
    assert asked == ["node1:6379", "node1:6379", "auto"]
    with pytest.raises(ConfigError, match="auto is of executor ray, got --executor processes"):
        invoke("resume", "a", "--ray-address", "auto", "--executor", "processes", *folder)


def test_run_refuses_an_existing_name(runs):
    with pytest.raises(EvoApproxNASError, match="exists already"):
        invoke("run", "first", "--runs-dir", runs)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("data.dataset=digitz", "did you mean 'digits'"),
        ("space.multipliers=['mul8u_exat']", "mul8u_exact"),
        ("space.nodes=['conv3d']", "conv2d"),
        ("search.objectives=['error', 'watts']", "energy_nj"),
        ("search.popluation=4", "did you mean 'population'"),
    ],
)
def test_run_refuses_what_it_cannot_search_before_writing(tmp_path, setting, message):
    with pytest.raises(EvoApproxNASError, match=message):
        invoke("run", "x", "--set", setting, "--runs-dir", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a\nb", ".hidden", "", "a/../b", "\x1b[1m"])
def test_run_refuses_names_that_are_no_folder_of_runs(tmp_path, name):
    with pytest.raises(EvoApproxNASError, match="name"):
        invoke("run", name, *SMALL, "--runs-dir", tmp_path / "runs")
    assert list(tmp_path.iterdir()) == []


def test_run_takes_circuits_by_pattern_and_paths_with_quotes(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / 'it\'s "data"'
    folder.mkdir()
    patterns = ["--multipliers", "mul8u_exact", "--multipliers", "mul8u_or8_v*"]
    output = invoke("run", "q", *SMALL, *patterns, "--data-dir", folder.name)
    circuits = len(load_library().match(["mul8u_exact", "mul8u_or8_v*"]))
    assert f"digits, {circuits} circuits to choose from, seed 0" in output
    config = load_run("runs/q").config
    assert config.data.data_dir == str(folder)
    assert config.space.multipliers == ("mul8u_exact", "mul8u_or8_v*")


def test_lists_may_be_given_at_once_or_repeated(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: InlineExecutor())
    files = [tmp_path / f"{i}.json" for i in range(3)]
    for i, file in enumerate(files):
        file.write_text(f"[{i}, 1, 2, 3, 4, 5]")
    given = ["--init", f"{files[0]},{files[1]}", "--init", files[2]]
    invoke("run", "a", "--problem", "synthetic", *SMALL, *given, "--runs-dir", tmp_path)
    run = load_run(tmp_path / "a")
    assert run.config.search.init == tuple(map(str, files))
    genes = [c.genes[0] for c in run.database.candidates().values()]
    assert genes[:3] == [0, 1, 2]


def test_a_dry_run_says_what_a_run_would_take_and_makes_none(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    flat = ["--set", "rungs.passes=[]"]
    output = invoke("run", "--dry-run", *SMALL, *flat, "--runs-dir", tmp_path)
    for line in (
        r"candidates +8,",
        r"steps +about 8,",
        r"time +about .* 2 workers$",
        r"disk +up to about",
    ):
        assert re.search(line, output, re.MULTILINE), output
    assert list(tmp_path.iterdir()) == []


def test_a_front_beyond_the_limits_is_called_so(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    output = invoke(
        "run", "a", *SMALL, "--set", "search.limits.error=1e-3", "--runs-dir", tmp_path
    )
    told = "This is no front yet: nothing is within its limits (error <= 0.001), the nearest has"
    assert told in " ".join(output.split())
    assert told in " ".join(invoke("show", "a", "--runs-dir", tmp_path).split())


def test_run_and_show_say_what_was_done_and_how_rungs_agree(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    output = invoke(
        "run", "a", *SMALL, *RUNGS, "--set", "search.population=6", "--runs-dir", tmp_path
    )
    told = invoke("show", "a", "--runs-dir", tmp_path)
    counts = load_run(tmp_path / "a").database.counts()
    done = f"{counts.trainings} trainings of {counts.passes:g} passes in all"
    assert f"12 candidates: {done}, {counts.promotions} promoted" in output
    assert f"12 candidates: {done}, {counts.promotions} promoted" in told
    assert "-r1  accuracy" in output
    assert "trained on to 3 passes" in output
    assert "1 and 3 passes: rank correlation 1.00" in output
    (row,) = json.loads(invoke("show", "a", "--rungs", "--json", "--runs-dir", tmp_path))
    assert (row["rung"], row["next"]) == (1, 3)
