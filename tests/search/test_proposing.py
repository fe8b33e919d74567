import pytest

from evoapproxnas.errors import ConfigError, NetworkRejected
from evoapproxnas.problems import Parent, make_problem
from evoapproxnas.records import CandidateId
from evoapproxnas.search.proposing import draw, vary
from tests.fakes import tiny_config


@pytest.fixture
def problem():
    chosen = "space.multipliers=['mul8u_exact', 'mul8u_bam_h0_v7']"
    return make_problem(tiny_config(chosen))


def test_a_place_decides_what_is_drawn(problem):
    place = CandidateId(0, 3)
    first = draw(problem, place, seed=1).candidate
    assert draw(problem, place, seed=1).candidate == first
    assert draw(problem, place, seed=2).candidate.genes != first.genes
    assert draw(problem, CandidateId(0, 4), seed=1).candidate.genes != first.genes
    assert first.id == place
    assert first.parents == ()
    assert first.architecture_key != first.key


def test_offspring_name_their_parents_and_are_new_to_the_run(problem):
    parent = draw(problem, CandidateId(0, 0), seed=0).candidate
    taken = set()
    for index in range(6):
        place = CandidateId(1, index)
        child = vary(
            problem, place, (Parent(parent), Parent(parent)), seed=0, taken=taken
        ).candidate
        assert child.parents == (parent.id,)
        assert child.key not in taken
        taken.add(child.key)


@pytest.mark.parametrize("error", [ConfigError, NetworkRejected])
def test_what_cannot_be_made_is_a_failure(problem, monkeypatch, error):
    parent = draw(problem, CandidateId(0, 0), seed=0).candidate

    def stuck(*_):
        raise error("1000 mutants were the parent again")

    monkeypatch.setattr(problem, "vary", stuck)
    monkeypatch.setattr(problem, "draw", stuck)
    varied = vary(
        problem, CandidateId(1, 0), (Parent(parent), Parent(parent)), seed=0, taken=set()
    )
    drawn = draw(problem, CandidateId(1, 1), seed=0)
    assert varied.failure.kind == drawn.failure.kind == "unvaried"
    assert "1000 mutants" in varied.failure.reason
    assert varied.candidate.parents == (parent.id,)
    assert drawn.candidate.genes == ()
