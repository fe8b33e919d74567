import pytest

from evoapproxnas.constraints import INFEASIBLE, Limit, Ranking

BOTH = {"error": "min", "energy_nj": "min"}


def test_objectives_to_maximize_are_negated():
    ranking = Ranking({**BOTH, "speed": "max"})
    assert ranking.vectors([{"error": 0.1, "energy_nj": 5.0, "speed": 7.0}]).tolist() == [
        [0.1, 5.0, -7.0]
    ]


def test_candidates_beyond_a_limit_lose_to_all_within():
    ranking = Ranking(BOTH, (Limit("error", "min", 0.5),))
    figures = [(0.4, 9.0), (0.6, 1.0), (0.601, 0.1)]
    rows = [{"error": error, "energy_nj": energy} for error, energy in figures]
    within, near, far = ranking.vectors(rows)
    assert within.tolist() == [0.4, 9.0]
    assert (within < near).all()
    assert (near < far).all()
    assert near.min() > INFEASIBLE


@pytest.mark.parametrize(
    ("limit", "value", "violation"),
    [
        (Limit("rate", "max", 4.0), 3.0, 0.25),
        (Limit("rate", "max", 4.0), 5.0, 0.0),
        (Limit("rate", "min", 4.0), 5.0, 0.25),
        (Limit("rate", "min", 0.0), 5.0, 5.0),
        (Limit("other", "min", 0.0), 5.0, 0.0),
    ],
)
def test_limits_have_the_direction_of_their_figure(limit, value, violation):
    assert limit.violation({"rate": value}) == violation


def test_what_is_beyond_a_limit_needs_no_other_figure():
    ranking = Ranking(BOTH, (Limit("macs", "min", 10.0),))
    assert ranking.vector({"macs": 15.0}) == [INFEASIBLE * 1.5] * 2
    assert [str(limit) for limit in ranking.broken({"macs": 15.0})] == ["macs <= 10"]
    assert ranking.broken({"macs": 5.0}) == []
