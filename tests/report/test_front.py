import subprocess
import sys
from pathlib import Path

import pytest

from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.report import front_overview, save_front_figure
from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.synthetic_runs import synthetic_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = tiny_run(tmp_path_factory.mktemp("runs") / "done", "search.generations=1")
    run_campaign(made, FakeExecutor(), Recorder())
    return made


def test_validation_figures_stand_in_until_all_are_tested(run):
    front = run.front()
    front.loc[0, "test_accuracy"] = float("nan")
    assert "validation accuracy %" in front_overview(front)
    assert "test accuracy %" in front_overview(run.front())


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_figures_are_saved(run, tmp_path, kind):
    save_front_figure([run], tmp_path / f"front.{kind}")
    assert (tmp_path / f"front.{kind}").stat().st_size > 1000


def test_what_cannot_be_drawn_or_written_is_said(run, tmp_path):
    with pytest.raises(StoreError, match="nothing to draw"):
        save_front_figure([run, tiny_run(tmp_path / "fresh")], tmp_path / "front.png")
    with pytest.raises(StoreError, match="cannot write .*front.png"):
        save_front_figure([run], tmp_path / "absent" / "front.png")
    with pytest.raises(ConfigError, match=r"front\.xyz"):
        save_front_figure([run], tmp_path / "front.xyz")


def test_the_plotting_script_draws_runs(run, tmp_path):
    script = Path(__file__).parents[2] / "plots" / "pareto.py"
    target = tmp_path / "front.png"
    command = [sys.executable, str(script), str(run.path), str(run.path), "-o", str(target)]
    subprocess.run(command, check=True, cwd=script.parents[1])
    assert target.is_file()


def test_seeds_and_more_objectives_have_a_figure(seeds, three, failed, tmp_path):
    target = tmp_path / "front.svg"
    save_front_figure(seeds, target)
    assert "search, 3 seeds: median, quartiles" in target.read_text()
    save_front_figure([three], target)
    assert "spare" in target.read_text()
    with pytest.raises(ConfigError, match="have other objectives"):
        save_front_figure([seeds[0], run_of_others(tmp_path / "others")], target)
    with pytest.raises(StoreError, match="nothing to draw: .* because: loss is nan"):
        save_front_figure([failed], target)


def run_of_others(path):
    made = synthetic_run(path, "search.generations=1", "search.objectives=['spare', 'error']")
    run_campaign(made, InlineExecutor(), Recorder())
    return made
