import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.nsga2_arrays import Evolution, evolve, survivors
from evoapproxnas.pareto import crowding_distance, hypervolume, non_dominated_sort
from evoapproxnas.search.selection import select_survivors

LAYERS, CHOICES = 6, 8


def trade_off(genomes):
    """Cheaper choices cost accuracy, in some layers more than in others."""
    weights = np.arange(1.0, LAYERS + 1)
    losses = (weights * genomes**2).sum(axis=1)
    return np.column_stack([losses, (CHOICES - genomes).sum(axis=1).astype(float)])


def search(seed, generations=60):
    start = np.zeros((1, LAYERS), np.int64)
    size = Evolution(population=40, generations=generations)
    return evolve(trade_off, start, CHOICES, size, np.random.default_rng(seed))


def test_survivors_come_from_the_best_ranks_with_their_extremes():
    points = np.random.default_rng(0).random((60, 2))
    ranks = non_dominated_sort(points)
    kept = survivors(points, 20)
    assert len(set(kept.tolist())) == 20
    assert ranks[kept].max() <= np.sort(ranks)[19]
    few = survivors(points, 4)
    assert {int(points[:, 0].argmin()), int(points[:, 1].argmin())} <= set(few.tolist())
    assert sorted(survivors(points[:3], 10).tolist()) == [0, 1, 2]


def merits(points, chosen):
    """Rank and crowding distance of the chosen; which of several equals is chosen is free."""
    ranks = non_dominated_sort(points)
    crowding = np.empty(len(points))
    for rank in np.unique(ranks):
        crowding[ranks == rank] = crowding_distance(points[ranks == rank])
    return sorted((ranks[i], crowding[i]) for i in chosen)


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 4), st.integers(1, 40))
def test_selects_as_the_search_of_networks_does(seed, size, objectives, count):
    points = np.random.default_rng(seed).random((size, objectives))
    ours, deap = survivors(points, count), select_survivors(points, count)
    np.testing.assert_allclose(merits(points, ours), merits(points, deap))


def test_the_search_finds_the_trade_off_and_depends_on_the_seed_alone():
    found = search(1)
    np.testing.assert_array_equal(found, search(1))
    assert found.min() >= 0
    assert found.max() < CHOICES
    assert len(np.unique(found, axis=0)) == len(found)
    every = np.array(np.unravel_index(np.arange(CHOICES**LAYERS), (CHOICES,) * LAYERS)).T
    reference = trade_off(every).max(axis=0) + 1
    best = trade_off(every)
    best = best[np.lexsort((best[:, 1], best[:, 0]))]
    front = best[np.r_[True, best[1:, 1] < np.minimum.accumulate(best[:, 1])[:-1]]]
    share = hypervolume(trade_off(found), reference) / hypervolume(front, reference)
    assert share > 0.97
    early = hypervolume(trade_off(search(1, generations=1)), reference)
    assert hypervolume(trade_off(found), reference) > early


def test_known_assignments_stay_while_nothing_beats_them():
    found = search(3, generations=1)
    assert (found == 0).all(axis=1).any()
