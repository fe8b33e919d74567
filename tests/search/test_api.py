import subprocess
import sys

import pytest

import evoapproxnas as ea
import evoapproxnas.executors
from evoapproxnas.errors import ConfigError, StoreError, UnknownNameError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.search import go_on
from tests.fakes import FakeExecutor, Recorder, tiny_config
from tests.synthetic_runs import synthetic_config


@pytest.fixture(autouse=True)
def made(monkeypatch):
    options = []

    def make(**given):
        options.append(given)
        return FakeExecutor() if given["prepare"] else InlineExecutor()

    monkeypatch.setattr(evoapproxnas.executors, "ProcessExecutor", make)
    return options


def test_a_campaign_is_one_call(tmp_path, made):
    recorder = Recorder()
    config = tiny_config("search.generations=1")
    run = ea.search(config, name="mine", runs_dir=tmp_path, observer=recorder)
    assert run.path == tmp_path / "mine"
    assert recorder.messages[-1] == "finished: 1 generation done"
    assert list(run.front()["id"]) == list(ea.load_run(tmp_path / "mine").front()["id"])
    assert len(run.evaluations()) == 12
    assert run.network(run.front()["id"][0]).classes == 10
    assert made[0]["workers"] == config.execution.workers
    assert made[0]["log"] == run.path / "workers.log"


def test_the_configuration_chooses_the_executor(tmp_path, made, monkeypatch):
    asked = []

    def make(**given):
        asked.append(given)
        return InlineExecutor()

    monkeypatch.setattr(evoapproxnas.executors, "RayExecutor", make)
    settings = ("search.generations=0", "execution.executor=ray", "execution.ray_address=a:1")
    run = ea.search(synthetic_config(*settings), name="a", runs_dir=tmp_path)
    assert (asked[0]["address"], asked[0]["workers"], asked[0]["handshake"]) == ("a:1", 2, None)
    run.reconfigure({"execution": {"executor": "inline"}, "search": {"generations": 1}})
    assert len(go_on(run).database.generations()) == 2
    assert (len(asked), made) == (1, [])
    with pytest.raises(ConfigError, match=r"execution\.executor.*'processes' or 'ray'"):
        ea.search(execution={"executor": "cluster"}, runs_dir=tmp_path)


def test_sections_change_a_preset_and_names_are_made_up(tmp_path):
    sections = {"search": {"generations": 0, "population": 3}, "execution": {"workers": 1}}
    run = ea.search(seed=5, runs_dir=tmp_path, **sections)
    assert run.name == "digits-001"
    assert (run.config.seed, run.config.search.population) == (5, 3)
    assert run.config.training.learning_rate == 0.1  # of the preset
    assert ea.search(synthetic_config(), runs_dir=tmp_path).name == "synthetic-001"


def test_a_problem_brings_its_objectives(tmp_path):
    run = ea.search(problem="synthetic", search={"generations": 1}, runs_dir=tmp_path)
    assert list(run.ranking.directions) == ["error", "cost"]
    assert run.config.search.objectives == ("error", "cost")


def test_what_cannot_be_searched_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'population'"):
        ea.search(search={"popluation": 3}, runs_dir=tmp_path)
    with pytest.raises(UnknownNameError, match="energy_nj"):
        ea.search(search={"objectives": ["error", "energy"]}, runs_dir=tmp_path)
    with pytest.raises(UnknownNameError, match="search algorithm 'randem'"):
        ea.search(search={"algorithm": "randem"}, runs_dir=tmp_path)
    for widths in ("a9w4", "a0w4", "4"):
        choices = ["mul8u_exact", f"mul8u_or8_v6@{widths}"]
        with pytest.raises(ConfigError, match=rf"cannot use 'mul8u_or8_v6@{widths}'.*@a6w4"):
            ea.search(space={"multipliers": choices}, runs_dir=tmp_path)
    with pytest.raises(ConfigError, match=r"got both \(seed, preset\)"):
        ea.search(tiny_config(), seed=3, preset="cifar10", runs_dir=tmp_path)
    with pytest.raises(UnknownNameError, match="unknown kernel 'cuda'"):
        ea.search(quantization={"kernel": "cuda"}, runs_dir=tmp_path)
    with pytest.raises(ConfigError, match="expected a RunConfig, got 3"):
        ea.search(3, runs_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_goes_on_in_one_call(tmp_path):
    run = ea.search(synthetic_config("search.generations=1"), name="a", runs_dir=tmp_path)
    with pytest.raises(StoreError, match="exists already"):
        ea.search(synthetic_config(), name="a", runs_dir=tmp_path)
    run.reconfigure({"search": {"generations": 2}})
    assert len(go_on(run).database.generations()) == 3


@pytest.mark.parametrize("first", ["import evoapproxnas.search.ledger", "ea.search"])
def test_search_is_called_whatever_was_imported_before(first):
    code = f"import evoapproxnas as ea; {first}; print(callable(ea.search), ea.search.__doc__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("True")
