"""The command line, as a user types it; campaigns are run with a fake executor."""

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tomllib

import keras
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import evoapproxnas.executors
from evoapproxnas.cli.app import app, main
from evoapproxnas.config import DataConfig
from evoapproxnas.errors import (
    ConfigError,
    DatasetError,
    EnvironmentBroken,
    EvoApproxNASError,
    NothingFound,
    StoreError,
)
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.files import locked
from evoapproxnas.multipliers import load_library
from evoapproxnas.search import finish
from evoapproxnas.store import load_run
from evoapproxnas.training import load_dataset
from tests.fakes import FakeExecutor
from tests.finishing import FinishExecutor

SMALL = ["--set", "search.population=4", "--set", "search.generations=1"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
        invoke("run", "first", *SMALL, "--runs-dir", str(folder))
    return folder


def invoke(*arguments):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


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


def test_config_prints_what_config_reads(tmp_path):
    text = invoke("config", "--preset", "cifar10", "--set", "seed=5")
    (tmp_path / "mine.toml").write_text(text)
    assert invoke("config", "--config", tmp_path / "mine.toml") == text
    assert "seed = 5" in text
    assert 'dataset = "cifar10"' in text


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("quantization.kernel=cuda", "unknown kernel 'cuda'"),
        ("search.objectives=['error', 'energy']", "energy_nj"),
        ("search.algorithm=nsga", "did you mean 'nsga2'"),
        ("space.multipliers=['mul8u_exat']", "mul8u_exact"),
        ("space.nodes=['conv3d']", "conv2d"),
        ("data.dataset=digitz", "did you mean 'digits'"),
        ("problem=nothing", "unknown problem 'nothing'"),
    ],
)
def test_config_refuses_what_run_refuses(tmp_path, setting, message):
    for command in ("config", "run"):
        where = ["--runs-dir", tmp_path] if command == "run" else []
        with pytest.raises(EvoApproxNASError, match=message):
            invoke(command, "--set", setting, *where)
    assert list(tmp_path.iterdir()) == []


def test_config_needs_no_data(tmp_path):
    elsewhere = ["--set", f"data.data_dir={tmp_path}"]  # Data that were found are remembered.
    result = CliRunner().invoke(app, ["config", "--preset", "cifar10", *elsewhere])
    assert (result.exit_code, "not checked against its data" in result.stderr) == (0, True)
    assert 'dataset = "cifar10"' in result.stdout


def test_a_problem_brings_its_objectives_unless_some_are_given():
    config = tomllib.loads(invoke("config", "--problem", "synthetic"))
    assert (config["search"]["objectives"], config["search"]["limits"]) == (["error", "cost"], {})
    given = "search.objectives=['error', 'spare']"
    config = tomllib.loads(invoke("config", "--problem", "synthetic", "--set", given))
    assert config["search"]["objectives"] == ["error", "spare"]
    config = tomllib.loads(invoke("config", "--set", "problem=synthetic"))
    assert config["search"]["objectives"] == ["error", "cost"]


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


def test_resume_continues_for_longer(runs, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    shutil.copytree(runs / "first", runs / "second")
    output = invoke("resume", "second", "--generations", 2, "--runs-dir", runs)
    assert "finished: 2 generations done" in output


def test_interruption_says_how_to_go_on(runs, monkeypatch):
    dying = lambda **_: FakeExecutor(die_after=2)  # noqa: E731
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", dying)
    result = CliRunner().invoke(app, ["run", "third", *SMALL, "--runs-dir", str(runs)])
    assert result.exit_code == 130
    assert "resume third" in result.output


def test_show_prints_front_candidate_failures_and_json(runs):
    rows = json.loads(invoke("show", "first", "--json", "--runs-dir", runs))
    assert rows == json.loads(pd.read_csv(runs / "first/front.csv").to_json(orient="records"))
    assert "Pareto front of first" in invoke("show", "first", "--runs-dir", runs)
    assert "MACs" in invoke("show", "first", rows[0]["id"], "--runs-dir", runs)
    assert len(json.loads(invoke("show", "first", "--all", "--json", "--runs-dir", runs))) >= 8
    assert json.loads(invoke("show", "first", "--failures", "--json", "--runs-dir", runs)) == []


def test_show_prints_a_candidate_as_json_too(runs):
    run = load_run(runs / "first")
    point = run.front()["id"][0]
    told = json.loads(invoke("show", "first", point, "--json", "--runs-dir", runs))
    assert told["meaning"] == run.network(point).to_dict()
    (row,) = [row for row in told["points"] if row["id"] == point]
    assert row["error"] == run.front()["error"][0]
    with pytest.raises(StoreError, match="no candidate g77-00") as caught:
        invoke("show", "first", "g77-00", "--json", "--runs-dir", runs)
    words = shlex.split(str(caught.value).split("see all with: ")[1])
    assert point in invoke(*words[3:])


def test_plot_draws_several_runs(runs, tmp_path):
    invoke("plot", "first", "first", "-o", tmp_path / "x.svg", "--runs-dir", runs)
    assert (tmp_path / "x.svg").is_file()


def test_multipliers_are_listed_and_shown():
    rows = json.loads(invoke("multipliers", "list", "mul8u_*", "--json"))
    assert len(rows) >= 12
    assert rows == sorted(rows, key=lambda row: row["power_uw"])
    shown = json.loads(invoke("multipliers", "show", "exact8", "--json"))
    assert shown["mae_pct"] == 0
    assert len(shown["digest"]) == 64
    assert "relative_power" in invoke("multipliers", "show", "exact8")


def test_names_that_do_not_exist_suggest_others():
    with pytest.raises(EvoApproxNASError, match="mul8u_exact"):
        invoke("multipliers", "show", "mul8u_exat")
    with pytest.raises(EvoApproxNASError, match="or 'mae_pct'"):
        invoke("multipliers", "list", "--sort", "mae")


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten()]
    path = tmp_path_factory.mktemp("models") / "small.keras"
    keras.Sequential([*layers, keras.layers.Dense(10)]).save(path)
    return path


def test_evaluate_compares_with_float_and_exact8(model_file):
    command = ["evaluate", model_file, "--multiplier", "mul8u_exact", "--images", 50, "--json"]
    names = [row["multiplier"] for row in json.loads(invoke(*command))]
    assert names == ["float", "mul8u_exact"]
    command = ["evaluate", model_file, "--multiplier", "mul8u_or8_v6@a6w6", "--per-channel"]
    rows = json.loads(invoke(*command, "--images", 50, "--json"))
    assert [row["multiplier"] for row in rows][2:] == ["mul8u_or8_v6@a6w6"]
    assert set(rows[2]) == {
        "multiplier", "weight_scheme", "accuracy", "loss_vs_exact8", "relative_energy"
    }  # fmt: skip


def test_evaluate_explains_what_does_not_fit(model_file, tmp_path):
    with pytest.raises(EvoApproxNASError, match="whole model"):
        invoke("evaluate", tmp_path / "absent.keras", "--multiplier", "exact8")
    other = tmp_path / "other.keras"
    keras.Sequential([keras.Input((9, 9, 1)), keras.layers.Flatten()]).save(other)
    with pytest.raises(EvoApproxNASError, match=r"shape \(9, 9, 1\).*digits"):
        invoke("evaluate", other, "--multiplier", "exact8")
    with pytest.raises(EvoApproxNASError, match="mul8q"):
        invoke("evaluate", model_file, "--multiplier", "mul8q*")


def test_main_prints_one_line_for_our_errors(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["evoapproxnas", "show", "nothing", "--runs-dir", "/absent"])
    with pytest.raises(SystemExit, match="1"):
        main()
    error = capsys.readouterr().err
    assert error.startswith("error: no run folder")
    assert "Traceback" not in error


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


def test_reasons_are_shown_as_they_are(runs, tmp_path):
    shutil.copytree(runs / "first", tmp_path / "first")
    reason = "[/red] \x1b]0;title\x07 [bold]layer[/]"
    with sqlite3.connect(tmp_path / "first" / "campaign.sqlite") as connection:
        row = ("raised", reason, "", 1.0, "2026-01-01")
        connection.execute("INSERT INTO failures VALUES (7, 0, 0, ?, ?, ?, '{}', ?, ?)", row)
    connection.close()
    shown = invoke("show", "first", "--failures", "--runs-dir", tmp_path)
    assert r"[/red] \x1b]0;title\x07 [bold]layer[/]" in shown
    (row,) = json.loads(invoke("show", "first", "--failures", "--json", "--runs-dir", tmp_path))
    assert row["reason"] == reason


def test_show_needs_no_matplotlib_and_no_tensorflow(runs):
    code = (
        "import sys; from evoapproxnas.cli.app import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'matplotlib', 'tensorflow', 'numba', 'sklearn'} & set(sys.modules), "
        "sorted(sys.modules)"
    )
    for arguments in (
        ["show", "first", "--runs-dir", str(runs)],
        ["multipliers", "list", "mul8u_or8*"],
    ):
        subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)


def test_a_reader_that_is_gone_is_no_error(runs):
    command = [sys.executable, "-m", "evoapproxnas", "show", "first", "--runs-dir", str(runs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_main_prints_messages_as_they_are(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["evoapproxnas", "show", "[/x]\x1b[1m", "--runs-dir", "/no"])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert r"[/x]\x1b[1m" in capsys.readouterr().err


@pytest.mark.parametrize("code", [0, 3, None])
def test_a_module_that_ends_the_program_is_no_success(monkeypatch, code):
    monkeypatch.setattr("evoapproxnas.store.load_run", lambda *_, **__: sys.exit(code))
    with pytest.raises(EnvironmentBroken, match=f"test_commands.py, line .*exit code {code}"):
        invoke("show", "first")


def test_help_names_every_command():
    output = invoke("--help")
    for command in ("run", "resume", "show", "plot", "multipliers", "evaluate"):
        assert command in output


def test_a_front_beyond_the_limits_is_called_so(tmp_path, monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
    output = invoke(
        "run", "a", *SMALL, "--set", "search.limits.error=1e-3", "--runs-dir", tmp_path
    )
    told = "This is no front yet: nothing is within its limits (error <= 0.001), the nearest has"
    assert told in " ".join(output.split())
    assert told in " ".join(invoke("show", "a", "--runs-dir", tmp_path).split())


RUNGS = ["--set", "rungs.passes=[1, 3]", "--set", "inheritance.enabled=true"]


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
