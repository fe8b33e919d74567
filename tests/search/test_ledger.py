import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.constraints import Limit, Ranking
from evoapproxnas.pareto import hypervolume, non_dominated, reference_point
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    PointId,
    Rejection,
    StepId,
)
from evoapproxnas.search.archive import Archive
from evoapproxnas.search.ledger import Ledger

RANKING = Ranking({"error": "min", "gain": "max"}, (Limit("error", "min", 0.8),))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 4), st.integers(2, 9))
def test_an_archive_is_the_front_of_all_that_was_added(seed, count, objectives, values):
    points = np.random.default_rng(seed).integers(values, size=(count, objectives)).astype(float)
    archive = Archive(objectives)
    added = [archive.add(i, point) for i, point in enumerate(points)]
    assert archive.keys == tuple(np.flatnonzero(non_dominated(points)))
    assert (archive.vectors == points[list(archive.keys)]).all()
    assert all(added[i] for i in archive.keys)


def filled(rows):
    ledger = Ledger(RANKING)
    for index, (key, outcome) in enumerate(rows):
        place = CandidateId(0, index)
        ledger.propose(Candidate(place, (), key, ""))
        ledger.settle(StepId(place), outcome)
    return ledger


def figures(error, gain):
    return Evaluation({"error": error, "gain": gain})


def test_outcomes_are_counted_by_what_they_took():
    ledger = filled(
        [
            ("a", figures(0.5, 1.0)),
            ("a", figures(0.5, 1.0)),
            ("b", Failure("raised", "x")),
            ("b", Failure("raised", "same network as g00-02: x")),
            ("c", Rejection({"error": 9.0}, "too large")),
            ("a", Failure("unvaried", "nothing else was found")),
        ]
    )
    counts = ledger.counts
    assert (counts.done, counts.work, counts.cached) == (6, 3, 2)
    assert (counts.failures, counts.rejected) == (3, 1)
    assert list(ledger.front()) == [PointId(CandidateId(0, 0))]


def test_hypervolume_counts_what_is_within_the_limits_alone():
    rows = [("a", figures(0.5, 1.0)), ("b", figures(0.2, 0.5)), ("c", figures(0.9, 5.0))]
    ledger = filled(rows)
    vectors = np.array([[0.5, -1.0], [0.2, -0.5]])
    expected = hypervolume(vectors, reference_point(vectors))
    assert ledger.hypervolume(ledger.points(ledger.outcomes)) == expected
    ledger.propose(Candidate(CandidateId(1, 0), (), "d", ""))
    ledger.settle(StepId(CandidateId(1, 0)), figures(0.1, 2.0))
    assert ledger.hypervolume(ledger.points([CandidateId(1, 0)])) == hypervolume(
        np.array([[0.1, -2.0]]), reference_point(vectors)
    )


def test_without_figures_within_the_limits_the_volume_is_zero():
    ledger = filled([("a", figures(0.9, 1.0)), ("b", Failure("raised", "x"))])
    assert ledger.hypervolume(ledger.points(ledger.outcomes)) == 0.0
    assert list(ledger.front()) == [PointId(CandidateId(0, 0))]
