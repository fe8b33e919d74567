import numpy as np
import pytest

from evoapproxnas.constraints import Limit, Ranking
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.records import Candidate, CandidateId, Evaluation, PointId, StepId
from evoapproxnas.search.algorithms.scalar import Scalar, ScalarOptions
from evoapproxnas.search.ledger import Ledger


def points(rows, limits=(), **directions):
    """A ledger that knows these, and their points."""
    ledger = Ledger(Ranking(directions or {"error": "min", "cost": "min"}, limits))
    for number, row in enumerate(rows):
        place = CandidateId(0, number)
        ledger.propose(Candidate(place, (number,), str(number), ""))
        metrics = dict(zip(ledger.ranking.directions, row, strict=True))
        ledger.settle(StepId(place), Evaluation(metrics))
    return ledger, [PointId(CandidateId(0, number)) for number in range(len(rows))]


def test_objectives_count_by_their_range_on_the_front():
    ledger, all_points = points([(0.1, 50.0), (0.3, 10.0), (0.2, 30.0), (0.5, 90.0)])
    scalar = Scalar(ledger, ScalarOptions())
    scores = scalar.scores(all_points, np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]))
    assert np.allclose(scores, [[0, 1, 0.5, 2], [1, 0, 0.5, 2], [0.5, 0.5, 0.5, 2]])
    assert np.allclose(scalar.scores(all_points, np.array([0.5, 0.5])), scores[2])


def test_more_may_be_better():
    ledger, all_points = points([(0.1, 1.0), (0.3, 9.0)], error="min", spare="max")
    assert np.allclose(Scalar(ledger, ScalarOptions()).scores(all_points, np.eye(2)[1]), [1, 0])


def test_the_largest_finds_what_no_sum_does():
    rows = [(0.0, 1.0), (0.6, 0.6), (1.0, 0.0)]
    ledger, all_points = points(rows)
    weights = Scalar(ledger, ScalarOptions()).spread(9, np.random.default_rng(0))
    best = {
        form: set(Scalar(ledger, ScalarOptions(form)).scores(all_points, weights).argmin(axis=1))
        for form in ("sum", "chebyshev")
    }
    assert best == {"sum": {0, 2}, "chebyshev": {0, 1, 2}}


@pytest.mark.parametrize(("within", "beyond"), [(0.07, 0.07), (0.0, 1.0)])
def test_the_product_is_that_of_mnasnet(within, beyond):
    rows = [(0.25, 40.0), (0.2, 80.0), (0.1, 160.0)]
    ledger, all_points = points(rows)
    options = ScalarOptions("product", targets={"cost": 80}, within=within, beyond=beyond)
    scores = Scalar(ledger, options).scores(all_points, np.array([0.5, 0.5]))
    rewards = [
        (1 - error) * (cost / 80) ** -(within if cost <= 80 else beyond) for error, cost in rows
    ]
    assert np.allclose(np.exp(-scores), rewards)


def test_what_exceeds_a_limit_pays_for_it():
    limits = (Limit("cost", "min", 20.0),)
    ledger, all_points = points([(0.1, 40.0), (0.3, 20.0), (0.4, 10.0)], limits)
    for penalty in (1.0, 10.0):
        free = Scalar(ledger, ScalarOptions(penalty=1e-9)).scores(all_points, np.eye(2)[0])
        paid = Scalar(ledger, ScalarOptions(penalty=penalty)).scores(all_points, np.eye(2)[0])
        assert np.allclose(paid - free, [penalty, 0, 0])


def test_weights_are_drawn_or_given():
    ledger, _ = points([])
    rng = np.random.default_rng(0)
    drawn = [Scalar(ledger, ScalarOptions()).draw(rng) for _ in range(100)]
    assert np.allclose(np.sum(drawn, axis=1), 1)
    assert np.std(drawn, axis=0).min() > 0.2
    given = Scalar(ledger, ScalarOptions(weights={"error": 3, "cost": 1}))
    assert np.allclose(given.spread(2, rng), [[0.75, 0.25]] * 2)


def test_what_cannot_be_weighed_is_refused():
    ledger, _ = points([])
    with pytest.raises(UnknownNameError, match="objective in search.options 'coast'"):
        Scalar(ledger, ScalarOptions(weights={"coast": 1}))
    with pytest.raises(ConfigError, match="expected one above 0"):
        Scalar(ledger, ScalarOptions(weights={"cost": 0}))
    with pytest.raises(ConfigError, match="needs a target for 'cost'"):
        Scalar(ledger, ScalarOptions("product"))
    more, _ = points([], error="min", spare="max")
    with pytest.raises(ConfigError, match="of which less is better"):
        Scalar(more, ScalarOptions("product", targets={"spare": 1}))
