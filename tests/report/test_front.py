import subprocess
import sys
from pathlib import Path

import pytest

from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.report import front_overview, save_front_figure
from evoapproxnas.report.data.fronts import front_frame
from evoapproxnas.report.pareto_figure import draw_pareto
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


@pytest.fixture(scope="module")
def on_hardware(tmp_path_factory):
    made = tiny_run(
        tmp_path_factory.mktemp("runs") / "hardware",
        *("search.generations=1", "search.objectives=['error', 'edp', 'system_energy_nj']"),
        *("hardware.search=genes", "hardware.rows=[8, 16]", "hardware.dataflows=['any']"),
    )
    run_campaign(made, FakeExecutor(), Recorder())
    return made


def test_multiplier_energy_stands_beside_every_figure_of_a_system(on_hardware, tmp_path):
    """Nobody asked for it as an objective."""
    front = on_hardware.front()
    columns = list(front)
    assert columns[1:5] == ["error", "edp", "system_energy_nj", "energy_nj"]
    assert set(front["accelerator"]) <= {"eyeriss@8x14,any", "eyeriss@16x14,any"}
    overview = list(front_overview(front))
    assert overview[2:6] == ["system_energy_nj", "edp", "energy_nj", "relative_energy"]
    assert "accelerator" in overview
    drawn = front_frame([on_hardware])
    assert list(drawn.attrs["objectives"])[1:] == ["edp", "system_energy_nj", "energy_nj"]
    assert set(drawn["id"]) == set(front["id"])  # It selects nothing.
    labels = {axes.get_xlabel() for axes in draw_pareto(drawn).axes}
    assert any("multiplier energy" in label for label in labels)
    save_front_figure([on_hardware], tmp_path / "front.png")


def test_runs_without_such_figures_have_no_columns_for_them(run):
    assert "accelerator" not in front_overview(run.front())
    assert list(front_frame([run]).attrs["objectives"])[1:] == ["energy_nj"]
