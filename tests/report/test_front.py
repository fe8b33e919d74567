import subprocess
import sys
from pathlib import Path

import pytest

from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.report import draw_fronts, front_overview, front_points, save_front_figure
from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = tiny_run(tmp_path_factory.mktemp("runs") / "done", "search.generations=1")
    run_campaign(made, FakeExecutor(), Recorder())
    return made


def test_points_are_the_front_by_energy(run):
    points = front_points(run)
    assert points.split == "test"
    assert (points.energy_nj[:-1] <= points.energy_nj[1:]).all()
    assert (points.energy_nj <= points.exact8_energy_nj).all()
    assert set(points.accuracy) == {0.5}


def test_validation_figures_stand_in_until_all_are_tested(run):
    front = run.front()
    front.loc[0, "test_accuracy"] = float("nan")
    assert "validation accuracy %" in front_overview(front)
    assert "test accuracy %" in front_overview(run.front())


def test_figure_shows_every_network_and_its_baselines(run):
    figure = draw_fronts([front_points(run)])
    (axes,) = figure.axes
    assert [len(c.get_offsets()) for c in axes.collections] == [len(run.front())] * 3
    assert "test accuracy" in axes.get_ylabel()


def test_several_runs_share_a_figure(run):
    points = front_points(run)
    (axes,) = draw_fronts([points, points]).axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels.count(run.name) == 2
    assert len(labels) == 4


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_figures_are_saved(run, tmp_path, kind):
    save_front_figure([run], tmp_path / f"front.{kind}")
    assert (tmp_path / f"front.{kind}").stat().st_size > 1000


def test_what_cannot_be_drawn_or_written_is_said(run, tmp_path):
    with pytest.raises(StoreError, match="nothing to draw"):
        front_points(tiny_run(tmp_path / "fresh"))
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
    figure = draw_fronts([front_points(on_hardware)])
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert labels == [
        "multiplier energy per inference (nJ)",
        "system_energy_nj (nJ / inference)",
        "edp (nJ ms)",
    ]
    save_front_figure([on_hardware], tmp_path / "front.png")


def test_runs_without_such_figures_have_no_panels_for_them(run, on_hardware):
    both = draw_fronts([front_points(on_hardware), front_points(run)])
    assert len(both.axes) == 1
    assert "accelerator" not in front_overview(run.front())
