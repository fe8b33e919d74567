"""Orders of loops: each is met once, and what begins alike can be left out."""

import itertools

import numpy as np
import pytest

from evoapproxnas.hardware.accelerators.orders import permuting

first_order = permuting.first_order.py_func
next_order = permuting.next_order.py_func
skip = permuting.skip.py_func
refused = permuting.refused.py_func


def _all(order: np.ndarray) -> list[tuple[int, ...]]:
    found, changed = [], 0
    while changed >= 0:
        before = tuple(order)
        found.append(before)
        changed = next_order(order)
        if changed >= 0:
            assert tuple(order)[:changed] == before[:changed]
            assert order[changed] != before[changed]
    return found


@pytest.mark.parametrize(
    ("dimension", "size"), [([1, 2, 3], [2, 3, 5]), ([1, 1, 2, 2], [2, 2, 3, 5]), ([1], [7])]
)
def test_every_order_is_met_once_and_loops_alike_are_not_told_apart(
    dimension: list[int], size: list[int]
):
    order = np.zeros(len(size), np.int64)
    first_order(np.array(dimension), np.array(size), order)
    loops = list(zip(dimension, size, strict=True))
    found = [tuple(loops[place] for place in each) for each in _all(order)]
    assert len(found) == len(set(found))
    assert set(found) == set(itertools.permutations(loops))


def test_skipping_goes_to_the_last_order_that_begins_alike():
    for count in range(1, 4):
        order = np.array([0, 2, 1, 3])
        skip(order, count)
        rest = max(itertools.permutations([0, 2, 1, 3][count:]))
        assert tuple(order) == (*[0, 2, 1, 3][:count], *rest)


def test_orders_that_need_not_be_tried_are_told_by_their_first_loops():
    dimension, any_first = np.array([1, 3, 4]), np.ones(7, np.bool_)
    assert refused(np.array([0, 1, 2]), dimension, any_first, True) == 0
    assert refused(np.array([0, 2, 1]), dimension, any_first, True) == 2
    assert refused(np.array([0, 2, 1]), dimension, any_first, False) == 0
    rows_first = np.arange(7) == 3
    assert refused(np.array([0, 1, 2]), dimension, rows_first, False) == 1
    assert refused(np.array([1, 0, 2]), dimension, rows_first, False) == 0
