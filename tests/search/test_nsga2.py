import json

import pytest

from evoapproxnas.problems import Lesson, make_problem, make_ranking
from evoapproxnas.records import CandidateId, Evaluation, StepId
from evoapproxnas.search.algorithms import Nsga2
from evoapproxnas.search.ledger import Ledger
from tests.synthetic_runs import synthetic_config


@pytest.fixture
def begun(tmp_path):
    """A search that begins with two candidates, and whatever completes the first generation."""

    def begin(*settings):
        files = []
        for value in (2, 7):
            files.append(tmp_path / f"{value}.json")
            files[-1].write_text(json.dumps([value] * 6))
        init = f"search.init={[str(file) for file in files]}"
        config = synthetic_config(init, "search.population=6", *settings)
        problem = make_problem(config)
        ledger = Ledger(make_ranking(problem, config))
        return Nsga2(problem, ledger, config, problem.warm_starts()), problem, ledger

    return begin


def test_the_first_generation_begins_with_the_warm_starts(begun):
    first = begun()[0].ask(0)
    assert [p.candidate.genes for p in first[:2]] == [(2,) * 6, (7,) * 6]
    assert not any(p.candidate.parents for p in first)


def test_it_may_be_completed_by_their_variations(begun):
    search, _, _ = begun("search.fill=vary")
    first = search.ask(0)
    places = [CandidateId(0, 0), CandidateId(0, 1)]
    assert [p.candidate.parents for p in first] == [(), ()] + [(place,) for place in places * 2]
    for proposal in first[2:]:
        start = 2 if proposal.candidate.parents == (places[0],) else 7
        assert start in proposal.candidate.genes
    assert [search.next(p.candidate.id) for p in first] == first


def test_the_problem_is_told_what_became_of_candidates(begun, monkeypatch):
    search, problem, ledger = begun("search.population=2")
    told = []
    monkeypatch.setattr(problem, "learned", lambda lessons: told.extend(lessons) or problem)
    candidates = [p.candidate for p in search.ask(0)]
    worse = Evaluation({"error": 0.9, "cost": 50.0})
    for candidate, outcome in zip(
        candidates, (Evaluation({"error": 0.1, "cost": 20.0}), worse), strict=True
    ):
        ledger.propose(candidate)
        ledger.settle(StepId(candidate.id), outcome)
    search.tell(0, [candidate.id for candidate in candidates])
    assert told == [Lesson(candidates[0], 0, True), Lesson(candidates[1], 1, True)]
