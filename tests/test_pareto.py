import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evoapproxnas.pareto import (
    crowding_distance,
    hypervolume,
    non_dominated,
    non_dominated_sort,
    reference_point,
)

points = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 4)),
    elements=st.integers(0, 6).map(float),
)


def dominates(a, b):
    return bool((a <= b).all() and (a < b).any())


@given(points)
def test_front_is_what_nothing_dominates(p):
    expected = [not any(dominates(b, a) for b in p) for a in p]
    assert non_dominated(p).tolist() == expected


@given(points)
def test_ranks_peel_off_fronts(p):
    ranks = non_dominated_sort(p)
    assert (ranks == 0).tolist() == non_dominated(p).tolist()
    for i, rank in enumerate(ranks):
        if rank:
            assert any(dominates(p[j], p[i]) for j in np.flatnonzero(ranks == rank - 1))


@given(points)
def test_hypervolume_counts_unit_cells(p):
    """Integer points dominate whole unit cells, which can be counted one by one."""
    reference = np.full(p.shape[1], 4.0)
    cells = np.stack(np.meshgrid(*[np.arange(4)] * p.shape[1], indexing="ij"), axis=-1)
    cells = cells.reshape(-1, p.shape[1])
    covered = (p[:, None, :] <= cells[None]).all(axis=2).any(axis=0).sum()
    assert hypervolume(p, reference) == pytest.approx(float(covered))


def test_crowding_prefers_extremes_and_gaps():
    distance = crowding_distance([[0, 10], [1, 9], [2, 8], [9, 1], [10, 0]])
    assert np.isinf(distance[[0, 4]]).all()
    assert distance[3] > distance[1]


def test_reference_is_worse_than_every_point():
    p = np.array([[0.1, 5.0], [0.3, 5.0]])
    assert (reference_point(p) > p).all()


def test_infinite_vectors_lose_to_finite_ones():
    p = [[1.0, 2.0], [np.inf, np.inf], [2.0, np.inf]]
    assert non_dominated_sort(p).tolist() == [0, 2, 1]
    assert non_dominated(p).tolist() == [True, False, False]
    assert hypervolume(p, [3.0, 3.0]) == 2.0


def test_of_nothing_nothing_is_dominated():
    empty = np.empty((0, 2))
    assert non_dominated(empty).shape == non_dominated_sort(empty).shape == (0,)
    assert hypervolume(empty, [1.0, 1.0]) == 0.0


def test_bad_shapes_and_nan_are_refused():
    with pytest.raises(ValueError, match=r"shape \(n, m\)"):
        non_dominated([1.0, 2.0])
    with pytest.raises(ValueError, match="NaN"):
        non_dominated([[np.nan, 1.0]])
    with pytest.raises(ValueError, match="reference of shape"):
        hypervolume([[1.0, 2.0]], [3.0])
