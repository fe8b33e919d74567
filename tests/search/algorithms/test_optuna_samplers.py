import json

import pytest

from evoapproxnas.errors import ConfigError, EnvironmentBroken
from evoapproxnas.records import Failure, Rejection
from evoapproxnas.search.algorithms import find_algorithm, optuna_samplers
from tests.marks import needs_torch
from tests.search.algorithms.driving import Driven


def trials(driven):
    return driven.search._study.trials


def test_trials_are_what_candidates_came_to():
    driven = Driven("optuna:tpe", "search.population=4", "search.limits={cost=30}")
    candidates = [proposal.candidate for proposal in driven.search.ask(0)]
    driven.evaluate(candidates[0])
    driven.evaluate(candidates[1], Failure("raised", "x"))
    driven.evaluate(candidates[2], Rejection({"cost": 36.0}, "too large"))
    driven.evaluate(candidates[3])
    driven.search.tell(0, [candidates[0].id, candidates[3].id])
    states = [trial.state.name for trial in trials(driven)]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    first, _, rejected, _ = trials(driven)
    assert tuple(first.params.values()) == candidates[0].genes
    assert first.values == list(driven.ledger.archive._vectors[0]) or first.constraints
    assert first.constraints == {"cost <= 30": pytest.approx(first.values[1] / 30 - 1)}
    assert rejected.constraints == {"cost <= 30": pytest.approx(0.2)}
    assert rejected.values == [first.values[0], 36.0]  # The worst error that was known by then.


def test_samplers_learn_of_what_they_did_not_choose(tmp_path):
    (tmp_path / "start.json").write_text(json.dumps([3] * 6))
    settings = ("search.population=2", f"search.init=['{tmp_path / 'start.json'}']")
    driven = Driven("optuna:nsga3", *settings)
    warm = driven.problem.warm_starts()
    make = find_algorithm("optuna:nsga3")
    driven.search = make(driven.problem, driven.ledger, driven.config, warm)
    candidates, _ = driven.generation(0)
    assert candidates[0].genes == (3,) * 6
    told = {tuple(trial.params.values()): trial.values for trial in trials(driven)}
    assert told[(3,) * 6] == [pytest.approx(4 / 9), 18.0]


def test_a_missing_extra_is_named(monkeypatch):
    gone = {"optuna"}
    monkeypatch.setattr(optuna_samplers, "find_spec", lambda name: name not in gone or None)
    with pytest.raises(EnvironmentBroken, match=r"package optuna.*evoapproxnas\[optuna\]"):
        Driven("optuna:tpe")
    gone.clear()
    gone.add("torch")
    with pytest.raises(EnvironmentBroken, match=r"package torch.*evoapproxnas\[optuna-gp\]"):
        Driven("optuna:gp")


def test_options_are_those_of_the_sampler():
    driven = Driven("optuna:tpe", "search.options.n_startup_trials=3")
    driven.generation(0)
    assert driven.search._study.sampler._n_startup_trials == 3
    genetic = Driven("optuna:nsga2", "search.population=12")
    genetic.generation(0)
    assert genetic.search._study.sampler.population_size == 12
    with pytest.raises(ConfigError, match="crossover_prob"):
        Driven("optuna:nsga2", "search.options.crossover_prob=2.0")


@needs_torch
def test_gaussian_processes_take_over_after_a_few_trials():
    driven = Driven(
        *("optuna:gp", "search.population=3", "search.options.n_startup_trials=3"),
        "search.limits={cost=45}",
    )
    for number in range(3):
        driven.generation(number)
    assert driven.search._study.sampler._gprs_cache_list
