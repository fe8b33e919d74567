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
