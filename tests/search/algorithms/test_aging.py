import pytest

from tests.search.algorithms.driving import Driven

SMALL = ("search.population=4", "search.options.alive=10", "search.options.sample=3")


@pytest.mark.parametrize("tournament", ["scalar", "pareto"])
def test_the_oldest_die_however_good_they_are(tournament):
    driven = Driven("aging", *SMALL, f"search.options.tournament={tournament}")
    for number in range(6):
        candidates, alive = driven.generation(number)
    born = [place for place in driven.ledger.candidates]
    assert list(alive) == born[-10:]
    parents = [place for candidate in candidates for place in candidate.parents]
    assert all(place.generation >= 2 for place in parents)


def test_the_best_of_a_sample_breeds():
    driven = Driven("aging", *SMALL, "search.options.sample=10", "search.population=10")
    weights = "search.options.weights={error=0, cost=1}"
    driven = Driven("aging", *SMALL, "search.options.sample=10", "search.population=10", weights)
    first, _ = driven.generation(0)
    best = min(first, key=lambda candidate: sum(candidate.genes))
    second = [proposal.candidate for proposal in driven.search.ask(1)]
    assert {place for candidate in second for place in candidate.parents} == {best.id}
