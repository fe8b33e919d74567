"""The child that promises most, by what is known of others."""

import numpy as np
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.problems import make_problem, make_ranking, with_objectives
from evoapproxnas.problems.synthetic import error_of
from evoapproxnas.records import Candidate, CandidateId, Evaluation, StepId
from evoapproxnas.search.algorithms.screening import Screen
from evoapproxnas.search.ledger import Ledger


def candidate(problem, number, genes):
    draft = problem.draft(genes)
    return Candidate(CandidateId(0, number), draft.genes, draft.key, draft.network)


def known(*settings):
    """A screen that knows 40 candidates."""
    config = with_objectives(load_config(settings=["problem=synthetic", *settings]))
    problem = make_problem(config)
    ledger = Ledger(make_ranking(problem, config))
    screen, rng = Screen(problem, ledger), np.random.default_rng(0)
    assert screen.best([candidate(problem, 90 + i, [i] * 6) for i in range(3)]) == 0
    for number in range(40):
        born = candidate(problem, number, rng.integers(10, size=6).tolist())
        cost = float(sum(born.genes))
        ledger.propose(born)
        figures = {"error": error_of(born.genes), "cost": cost, "spare": 54 - cost}
        ledger.settle(StepId(born.id), Evaluation(figures))
    screen.learn(list(ledger.candidates))
    return problem, screen


@pytest.mark.parametrize("objectives", ["['error', 'cost']", "['error', 'spare']"])
def test_of_equal_costs_the_least_predicted_error_is_chosen(objectives):
    problem, screen = known(f"search.objectives={objectives}")
    even, uneven = [3, 3, 3, 3, 3, 3], [9, 9, 0, 0, 0, 0]
    children = [candidate(problem, 90 + i, genes) for i, genes in enumerate([uneven, even])]
    assert screen.best(children) == 1
    assert screen.best(children[::-1]) == 0


def test_what_breaks_a_limit_is_not_chosen():
    problem, screen = known("search.limits={ cost = 25 }")
    genes = [[9] * 6, [2, 2, 2, 1, 1, 1], [8] * 6]
    children = [candidate(problem, 90 + i, values) for i, values in enumerate(genes)]
    assert screen.best(children) == 1


def test_genotypes_of_networks_are_too_long():
    config = with_objectives(load_config(preset="digits"))
    assert not Screen.is_of_use(make_problem(config))
    assert Screen.is_of_use(
        make_problem(with_objectives(load_config(values={"problem": "synthetic"})))
    )
