"""What NSGA-II does beyond the textbook."""

import pytest

from evoapproxnas.config import load_config
from evoapproxnas.pareto import non_dominated
from evoapproxnas.problems import make_problem, make_ranking, with_objectives
from evoapproxnas.problems.synthetic import error_of
from evoapproxnas.records import CandidateId, Draft, Evaluation, StepId
from evoapproxnas.search.algorithms import Nsga2
from evoapproxnas.search.ledger import Ledger


@pytest.fixture
def made():
    config = with_objectives(
        load_config(settings=["problem=synthetic", "search.population=4", "seed=1"])
    )
    problem = make_problem(config)
    ledger = Ledger(make_ranking(problem, config))
    return problem, ledger, Nsga2(problem, ledger, config)


def settle(ledger, proposals):
    for proposal in proposals:
        candidate = proposal.candidate
        ledger.propose(candidate)
        figures = {"error": error_of(candidate.genes), "cost": float(sum(candidate.genes))}
        ledger.settle(StepId(candidate.id), Evaluation(figures))
    return [proposal.candidate.id for proposal in proposals]


def test_the_front_is_never_cut(made):
    _, ledger, nsga2 = made
    for generation in range(30):
        survivors = nsga2.tell(generation, settle(ledger, nsga2.ask(generation)))
    vectors = ledger.vectors(ledger.points(ledger.candidates))
    on_front = non_dominated(vectors)
    assert on_front.sum() > 4
    assert set(survivors) == {
        place for place, front in zip(ledger.candidates, on_front, strict=True) if front
    }


def test_parents_whose_children_are_known_give_way_to_others(made, monkeypatch):
    problem, ledger, nsga2 = made
    nsga2.tell(0, settle(ledger, nsga2.ask(0)))
    known = next(iter(ledger.candidates.values()))
    others = []

    def vary(parents, rng):
        if parents[0].candidate == known:
            return Draft(known.genes, known.key, known.network, "", 1)
        others.append(parents[0].candidate.id)
        genes = (len(others), *known.genes[1:])
        return Draft(genes, f"new {len(others)}", "null", "", 1)

    monkeypatch.setattr(problem, "vary", vary)
    children = [nsga2.next(CandidateId(1, index)).candidate for index in range(4)]
    assert all(child.key.startswith("new") for child in children)
