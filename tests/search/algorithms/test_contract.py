"""What every search does, whatever its way."""

import pytest

from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.records import Failure
from evoapproxnas.search import run_campaign
from evoapproxnas.search.algorithms import ALGORITHMS, find_algorithm
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.marks import needs_optuna, needs_torch
from tests.search.algorithms.driving import Driven
from tests.search.test_steady import Workers
from tests.synthetic_runs import Scripted, synthetic_run

NEEDS = {name: [needs_optuna] for name in ALGORITHMS if name.startswith("optuna:")}
NEEDS["optuna:gp"] = [needs_optuna, needs_torch]
SMALL = ("search.population=5", "search.generations=4")

here = [pytest.param(name, marks=NEEDS.get(name, ())) for name in ALGORITHMS]


def proposed(run):
    return {place: c.genes for place, c in run.database.candidates().items()}


@pytest.mark.parametrize("name", here)
def test_a_resumed_run_proposes_the_same(tmp_path, name):
    settings = (*SMALL, f"search.algorithm={name}", "search.limits={cost=40}")
    runs = [synthetic_run(tmp_path / path, *settings) for path in "ab"]
    run_campaign(runs[0], InlineExecutor(), Recorder())
    dying = Scripted(lambda task, _: KeyboardInterrupt() if len(dying.tasks) == 9 else None)
    with pytest.raises(KeyboardInterrupt):
        run_campaign(runs[1], dying, Recorder())
    run_campaign(load_run(runs[1].path), InlineExecutor(), Recorder())
    assert proposed(runs[0]) == proposed(runs[1])
    fronts = [(run.path / "front.csv").read_bytes() for run in runs]
    assert fronts[0] == fronts[1]


@pytest.mark.parametrize("name", here)
def test_no_worker_waits_in_the_steady_state(tmp_path, name):
    settings = (*SMALL, f"search.algorithm={name}", "search.limits={cost=32, error=0.6}")
    run = synthetic_run(tmp_path / "a", *settings, "search.mode=steady")
    with pytest.raises(KeyboardInterrupt):
        run_campaign(run, Workers(die_after=7), Recorder())
    before = proposed(run)
    failing = Workers(script=lambda task, _: sum(task.genes) % 3 == 0 and Failure("raised", "x"))
    run_campaign(load_run(run.path), failing, Recorder())
    assert before.items() <= proposed(run).items()
    counts = run.database.counts()
    assert counts.done == 25
    assert counts.rejected > 0 < counts.failures
    assert len(set(proposed(run).values())) > 22, "a resumed run does not begin anew"


@pytest.mark.parametrize("name", here)
def test_candidates_differ_as_long_as_there_are_others(name):
    driven = Driven(name, "search.population=10")
    found = [c.key for number in range(3) for c in driven.generation(number)[0]]
    assert len(set(found)) == 30


@pytest.mark.parametrize("name", here)
def test_the_seed_decides(name):
    def found(seed):
        driven = Driven(name, f"seed={seed}", "search.population=3")
        return [[c.genes for c in driven.generation(number)[0]] for number in range(3)]

    assert found(1) == found(1) != found(2)


@pytest.mark.parametrize("name", here)
def test_networks_are_searched(tmp_path, name):
    small = ("search.population=3", "search.generations=2")
    run = tiny_run(tmp_path / "a", *small, f"search.algorithm={name}")
    run_campaign(run, FakeExecutor(fails=lambda task: task.name == "g00-01"), Recorder())
    counts = run.database.counts()
    assert (counts.done, counts.failures) == (9, 1)
    assert len(run.front())


@pytest.mark.parametrize("name", here)
def test_options_that_it_does_not_have_are_refused(name):
    with pytest.raises(ConfigError, match=rf"search.options of '{name}': 'samples' is not one of"):
        Driven(name, "search.options.samples=3")


@pytest.mark.parametrize(
    ("name", "told"), [("randem", "did you mean 'random'"), ("optuna:tpee", "'optuna:tpe'")]
)
def test_unknown_names_are_refused(name, told):
    with pytest.raises(UnknownNameError, match=told):
        find_algorithm(name)
