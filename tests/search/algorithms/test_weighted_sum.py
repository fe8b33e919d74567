import pytest

from evoapproxnas.errors import ConfigError
from tests.search.algorithms.driving import Driven

SMALL = ("search.population=10", "search.mutation_rate=0.2")


def test_given_weights_lead_to_one_compromise():
    def costs(error, cost):
        weights = f"search.options.weights={{error={error}, cost={cost}}}"
        driven = Driven("weighted_sum", *SMALL, weights)
        for number in range(12):
            driven.generation(number)
        return [c.genes for c in driven.generation(12)[0]]

    assert sum(map(sum, costs(1, 9))) + 100 < sum(map(sum, costs(9, 1)))


def test_drawn_weights_keep_a_front():
    driven = Driven("weighted_sum", *SMALL)
    for number in range(8):
        _, survivors = driven.generation(number)
    sums = [sum(driven.ledger.candidates[place].genes) for place in survivors]
    assert len(set(survivors)) == 10
    assert max(sums) - min(sums) > 15


def test_a_wrong_value_is_refused():
    with pytest.raises(ConfigError, match="'tournament': input should be greater than or equal"):
        Driven("weighted_sum", "search.options.tournament=0")
