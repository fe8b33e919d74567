"""The loop of `bench search`: any algorithm, no store, no workers."""

from dataclasses import replace

import numpy as np
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.pareto import hypervolume
from evoapproxnas.problems import make_problem, with_objectives
from evoapproxnas.problems.synthetic import error_of
from evoapproxnas.records import Evaluation, Training
from evoapproxnas.search.algorithms import find_algorithm
from evoapproxnas.search.in_memory import SearchInMemory


def evaluate(candidate, step):
    return Evaluation({"error": error_of(candidate.genes), "cost": float(sum(candidate.genes))})


def trained(candidate, step):
    return replace(evaluate(candidate, step), training=Training(step.passes, ""))


def searched(evaluations, *settings, make=None, evaluate=evaluate):
    config = with_objectives(load_config(settings=["problem=synthetic", *settings]))
    problem = make_problem(config)
    make = make or find_algorithm(config.search.algorithm)
    search = SearchInMemory(problem, config, make, evaluate)
    return search, search.run(evaluations)


@pytest.mark.parametrize("mode", ["steady", "generational"])
def test_so_many_different_candidates_are_evaluated(mode):
    search, done = searched(50, f"search.mode={mode}", "search.population=8")
    assert len({step.candidate.key for step in done}) == len(done) == 50
    assert search.ledger.counts.work == 50
    again = searched(50, f"search.mode={mode}", "search.population=8")[1]
    assert [step.candidate for step in again] == [step.candidate for step in done]


def test_the_longer_the_better():
    search, done = searched(200, "search.mode=steady")
    vectors = np.array([list(step.evaluation.metrics.values()) for step in done])
    reference = np.array([1.0, 54.0])
    assert hypervolume(vectors, reference) > 1.1 * hypervolume(vectors[:30], reference)
    assert len(search.ledger.front()) > 10


@pytest.mark.parametrize("evaluate", [evaluate, trained])
def test_rungs_do_more_for_the_promising(evaluate):
    _, done = searched(40, "rungs.passes=[1,3]", "search.population=8", evaluate=evaluate)
    first = [step for step in done if step.step.step == 0]
    further = [step for step in done if step.step.step == 1]
    assert len(first) == 40
    assert 0 < len(further) < 40
    assert {step.candidate.id for step in further} < {step.candidate.id for step in first}


def test_a_search_that_repeats_itself_comes_to_an_end():
    class Same:
        """Proposes what was drawn first."""

        def __init__(self, problem, ledger, config, warm):
            self._nsga2 = find_algorithm("nsga2")(problem, ledger, config, warm)
            self._first = None

        def next(self, place):
            if self._first is None:
                self._first = self._nsga2.next(place)
            return replace(self._first, candidate=replace(self._first.candidate, id=place))

        def tell(self, generation, places):
            return ()

    search, done = searched(10, "search.mode=steady", make=Same)
    assert len(done) == 1
    assert search.ledger.counts.cached == search.ledger.counts.done - 1
