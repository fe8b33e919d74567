"""Whole campaigns over networks and accelerators, on a made table: nothing is trained."""

import pandas as pd
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.hardware.accelerators import load_accelerator, system_cost
from evoapproxnas.hardware.hw_nas_bench.skeleton import network_work
from evoapproxnas.problems import make_problem
from evoapproxnas.records import Evaluation
from evoapproxnas.search import run_campaign
from evoapproxnas.search.api import check_searchable, search
from evoapproxnas.search.inputs import check_inputs
from evoapproxnas.store import load_run

SMALL = ("hardware.rows=[8, 12, 16]", "hardware.dataflows=['row_stationary', 'any']")
LARGE = (*SMALL, "hardware.priced=1", "hardware.only=0.5")


@pytest.fixture
def config(made_table):
    """Makes the configuration of a search over the made table."""
    fixed = (
        *("problem=nasbench201", f"data.data_dir={made_table.path.parents[1]}"),
        *(f"tabular.sha256={made_table.sha256}", "execution.executor=inline"),
        *("search.objectives=['error', 'edp']", "search.population=6", "search.generations=4"),
    )
    return lambda *settings: load_config(settings=[*fixed, *settings])


def same_front(run):
    """What is written is what is stored, accelerators included."""
    written = pd.read_csv(run.path / "front.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(run.front()[list(written)], written, check_dtype=False)


def trained_once(run):
    """Return the evaluations that took no training; no network is trained twice."""
    trained = [row.architecture_key for row in run.database.trainings()]
    assert len(trained) == len(set(trained))
    return {
        step: evaluation
        for step, evaluation in run.database.evaluations().items()
        if evaluation.training is None and step.candidate not in run.database.cache_hits()
    }


def priced_rightly(run):
    candidates = run.database.candidates()
    for name, point in run.points().items():
        work = network_work(int(candidates[name.candidate].architecture_key), "cifar10")
        cost = system_cost(work, {}, load_accelerator(point.accelerator))
        assert point.metrics["edp"] == pytest.approx(cost.edp, rel=1e-12)
        assert point.metrics["energy_nj"] == pytest.approx(cost.multiplier_nj)


def test_a_small_grid_gives_several_points_a_training(config, tmp_path):
    settings = ("hardware.search=genes", *SMALL, "search.objectives=['error', 'edp', 'area_mm2']")
    run = search(config(*settings), name="small", runs_dir=tmp_path)
    assert not trained_once(run)
    priced_rightly(run)
    same_front(run)
    assert len(run.points()) > len(run.database.trainings())
    assert len(set(run.front()["accelerator"])) > 1
    columns = list(run.front())
    assert columns[:6] == ["id", "error", "edp", "area_mm2", "energy_nj", "macs"]


@pytest.mark.parametrize("mode", ["generational", "steady"])
def test_children_that_differ_in_hardware_alone_are_not_trained(config, tmp_path, mode):
    asked = config("hardware.search=genes", *LARGE, f"search.mode={mode}")
    run = search(asked, name="large", runs_dir=tmp_path)
    candidates, priced = run.database.candidates(), trained_once(run)
    assert sum(c.operator == "hardware" for c in candidates.values()) > 3
    assert len(priced) > 3
    evaluations = run.database.evaluations()
    for step, evaluation in priced.items():
        candidate, source = candidates[step.candidate], evaluation.weights.candidate
        assert candidate.architecture_key == candidates[source].architecture_key
        assert candidate.key != candidates[source].key
        assert evaluation.metrics["error"] == evaluations[evaluation.weights].metrics["error"]
        assert evaluation.accelerator != evaluations[evaluation.weights].accelerator
    priced_rightly(run)
    counts = run.database.counts()
    assert counts.trainings == len(run.database.trainings())
    assert counts.emulated == len(priced)


def test_a_resumed_run_makes_the_same_choices(config, tmp_path):
    settings = ("hardware.search=genes", *LARGE)
    whole = search(config(*settings), name="whole", runs_dir=tmp_path)
    begun = search(config(*settings, "search.generations=1"), name="begun", runs_dir=tmp_path)
    begun.reconfigure({"search": {"generations": 4}})
    run_campaign(begun, InlineExecutor(), Silent())
    for name in ("candidates", "counts"):
        assert getattr(begun.database, name)() == getattr(whole.database, name)()
    assert begun.points() == whole.points()


class Silent:
    """Observer that is told nothing."""

    def outcome(self, candidate, outcome, progress):
        pass

    generation = message = lambda self, *told: None


def test_twins_go_as_far_as_what_they_are_twins_of(config, tmp_path):
    settings = ("hardware.search=genes", *LARGE, "rungs.passes=[12, 200]", "rungs.promote=0.3")
    more = ("search.mode=steady", "search.generations=7")
    run = search(config(*settings, *more), name="rungs", runs_dir=tmp_path)
    evaluations, candidates = run.database.evaluations(), run.database.candidates()
    last = {step.candidate: evaluation for step, evaluation in evaluations.items()}
    hits = run.database.cache_hits()
    errors = {}
    for place, evaluation in last.items():
        if place not in hits:
            key = candidates[place].architecture_key
            errors.setdefault(key, set()).add(evaluation.metrics["error"])
    assert all(len(found) == 1 for found in errors.values())
    assert any(step.step and e.training is None for step, e in evaluations.items())
    again = load_run(run.path)
    again.reconfigure({"search": {"generations": 8}})
    run_campaign(again, InlineExecutor(), Silent())
    old = run.points()
    assert {name: again.points()[name] for name in old} == old


def test_a_run_does_not_go_on_with_other_lists_or_descriptions(config, tmp_path):
    file = tmp_path / "mine.toml"
    source = load_accelerator("eyeriss")
    file.write_text(
        f"rows=8\ncolumns=8\nclock_mhz={source.clock_mhz}\ndataflow='any'\nsum_bits=32\n"
        "accumulator_pj=0.1\naccumulator_um2=100\n[[memory]]\nname='m'\nlevel='buffer'\n"
        "operands=['weights','inputs','outputs']\nsize_bytes=100000000\nword_bits=64\n"
    )
    lists = ("hardware.search=inner", "hardware.rows=[4, 8]", f"hardware.accelerator={file}")
    run = search(config(*lists, "search.generations=0"), name="run", runs_dir=tmp_path)
    check_inputs(run, make_problem(run.config))
    assert all(p.accelerator.startswith(str(file)) for p in run.points().values())
    with pytest.raises(ConfigError, match=r"hardware\.rows of a run cannot change"):
        run.reconfigure({"hardware": {"rows": [4, 16]}})
    toml = run.path / "config.toml"
    toml.write_text(toml.read_text().replace("    8,\n]", "    16,\n]"))
    with pytest.raises(ConfigError, match=r"hardware\.rows is \[4, 16\] and was \[4, 8\]"):
        load_run(run.path).check_acceptable()
    file.write_text(file.read_text().replace("rows=8", "rows=9"))
    with pytest.raises(ConfigError, match=r"accelerator .*mine\.toml of run run changed"):
        check_inputs(run, make_problem(run.config))


def test_specs_that_nothing_meets_are_refused_before_anything_is_written(config, tmp_path):
    limits = "search.limits={latency_ms = 0.5, area_mm2 = 0.9}"
    with pytest.raises(ConfigError, match=r"none is within all of latency_ms <= 0\.5, area_mm2"):
        search(config("hardware.search=genes", *LARGE, limits), name="no", runs_dir=tmp_path)
    assert not (tmp_path / "no").exists()
    check_searchable(
        config("hardware.search=genes", *LARGE, "search.limits={latency_ms=3, area_mm2=1.7}")
    )


def test_fronts_are_where_other_runs_begin(config, tmp_path):
    run = search(config("hardware.search=genes", *LARGE), name="first", runs_dir=tmp_path)
    for settings in (("hardware.search=genes", *LARGE), ("hardware.accelerator=eyeriss",)):
        problem = make_problem(
            config(*settings, "search.population=50", f"search.init=['run:{run.path}']")
        )
        keys = [start.draft.architecture_key for start in problem.warm_starts()]
        assert sorted(keys) == sorted(set(keys))
        assert problem.draft(problem.warm_starts()[0].draft.genes).architecture_key == keys[0]


def test_outcomes_without_figures_are_taken_over_as_they_are(config, tmp_path):
    """Half of the made table lacks a third training: a twin of what failed fails, too."""
    settings = ("hardware.search=genes", *LARGE, "tabular.training=2")
    run = search(config(*settings), name="missing", runs_dir=tmp_path)
    candidates, failures = run.database.candidates(), run.database.failures()
    failed = {candidates[step.candidate].architecture_key for step in failures}
    done = {
        candidates[step.candidate].architecture_key
        for step, outcome in run.database.outcomes().items()
        if isinstance(outcome, Evaluation)
    }
    assert failed
    assert not failed & done
