import numpy as np
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import StoreError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.report import save_front_figure
from evoapproxnas.report.objectives_figure import draw_objectives, objective_points
from evoapproxnas.search import run_campaign, search
from tests.fakes import Recorder
from tests.synthetic_runs import synthetic_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = synthetic_run(tmp_path_factory.mktemp("runs") / "done", "search.generations=2")
    run_campaign(made, InlineExecutor(), Recorder())
    return made


def test_points_are_the_front_its_test_and_the_others(run):
    points = objective_points(run)
    front = run.front()
    assert list(points.front) == ["error", "cost"]
    assert np.array_equal(points.front["cost"], front["cost"])
    assert np.array_equal(points.tested["error"], front["test_error"])
    assert len(front) + len(points.others["cost"]) == len(run.evaluations())


def test_each_further_objective_has_a_panel(run):
    points = objective_points(run)
    (axes,) = draw_objectives([points]).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("cost", "error")
    shown = [len(marks.get_offsets()) for marks in axes.collections]
    assert shown == [len(points.others["cost"]), len(run.front()), len(run.front())]
    figure = draw_objectives([points, points])
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == [run.name] * 2


def test_three_objectives_make_two_panels(tmp_path):
    made = synthetic_run(
        tmp_path / "a", "search.generations=1", "search.objectives=['error', 'cost', 'spare']"
    )
    run_campaign(made, InlineExecutor(), Recorder())
    figure = draw_objectives([objective_points(made)])
    assert [axes.get_xlabel() for axes in figure.axes] == ["cost", "spare"]


def test_what_cannot_be_drawn_is_said(run, tmp_path):
    fresh = synthetic_run(tmp_path / "fresh")
    with pytest.raises(StoreError, match="nothing to draw"):
        save_front_figure([run, fresh], tmp_path / "a.png")
    other = synthetic_run(tmp_path / "other", "search.objectives=['error', 'spare']")
    run_campaign(other, InlineExecutor(), Recorder())
    with pytest.raises(StoreError, match="have other objectives"):
        save_front_figure([run, other], tmp_path / "a.png")


def test_multiplier_energy_has_a_panel_beside_figures_of_a_system(made_table, tmp_path):
    table = [f"data.data_dir={made_table.path.parents[1]}", f"tabular.sha256={made_table.sha256}"]
    small = ["search.population=4", "search.generations=0", "execution.executor=inline"]
    asked = ["problem=nasbench201", "search.objectives=['error', 'latency_ms']"]
    config = load_config(settings=[*asked, *table, *small])
    found = objective_points(search(config, name="run", runs_dir=tmp_path))
    assert list(found.front) == ["error", "latency_ms", "energy_nj"]
    labels = [axes.get_xlabel() for axes in draw_objectives([found]).axes]
    assert labels == ["latency_ms", "energy_nj"]
