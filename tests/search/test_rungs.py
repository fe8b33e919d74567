from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evoapproxnas.config import RungsConfig
from evoapproxnas.constraints import INFEASIBLE
from evoapproxnas.search.rungs import Runner, promoted
from evoapproxnas.store.agreement import agreement

NONE = np.empty((0, 2))


def runners(*rows):
    return {i: Runner(np.array(points, float), size) for i, (points, size) in enumerate(rows)}


def chosen(found, earlier=NONE, **config):
    return promoted(
        found, trained=[True, False], earlier=earlier, config=RungsConfig(passes=(1, 2), **config)
    )


FRONT = runners(([[0.2, 9]], 9), ([[0.5, 2]], 2), ([[0.6, 8]], 8), ([[0.7, 9]], 9))


def test_whole_fronts_are_promoted_until_there_are_enough():
    plain = {"size_correction": 0.0}
    assert chosen(FRONT, promote=0.1, **plain) == [0, 1]
    assert chosen(FRONT, promote=0.5, **plain) == [0, 1]
    assert chosen(FRONT, promote=0.6, **plain) == [0, 1, 2]
    assert chosen(FRONT, promote=1.0, **plain) == [0, 1, 2, 3]


def test_top_k_takes_no_more_than_its_share():
    assert len(chosen(FRONT, strategy="top_k", promote=0.25, size_correction=0.0)) == 1


def test_the_best_of_several_points_counts():
    found = runners(([[0.9, 9], [0.1, 3]], 9), ([[0.5, 5]], 5))
    assert chosen(found, promote=0.5, size_correction=0.0) == [0]


def test_large_networks_are_given_credit_for_their_size():
    found = runners(([[0.50, 9]], 9), ([[0.49, 8]], 1))
    assert chosen(found, promote=0.1, size_correction=0.0) == [1]
    assert chosen(found, promote=0.1, size_correction=1.0) == [0, 1]


def test_who_is_beyond_a_limit_is_not_promoted():
    found = runners(([[INFEASIBLE, INFEASIBLE]], 1), ([[0.9, 1]], 1))
    assert chosen(found) == [1]


def test_where_all_are_beyond_a_limit_the_nearest_go_on():
    found = runners(*(([[INFEASIBLE * (1 + excess)] * 2], 1) for excess in (0.3, 0.1, 0.2)))
    assert chosen(found, promote=0.3) == [1]
    assert chosen(found, np.array([[0.1, 0.1]]), promote=0.5, hurdle=0.0) == [1, 2]
    found[1] = replace(found[1], hopeless=True)
    assert chosen(found, promote=0.3) == [2]
    assert chosen({1: found[1]}) == []


@pytest.mark.parametrize(("hurdle", "expected"), [(None, [0]), (0.0, []), (0.1, []), (0.5, [0])])
def test_a_hurdle_compares_with_the_front_at_equal_cost(hurdle, expected):
    found = runners(([[0.5, 5]], 5))
    assert chosen(found, np.array([[0.4, 5.0]]), hurdle=hurdle) == expected
    assert chosen(found, np.array([[0.4, 6.0]]), hurdle=hurdle) == [0]


def rows(lower, upper, size):
    return pd.DataFrame({"rung": 1, "next": 4, "lower": lower, "upper": upper, "size": size})


def test_rungs_agree_overall_and_among_equals():
    size = np.repeat([1, 2, 3], 4)
    order = np.tile([0, 1, 2, 3], 3)
    reversed_within = agreement(rows(10 * size + order, 10 * size - order, size), bins=3)
    assert reversed_within["spearman"][0] > 0.7
    assert reversed_within["within_bins"][0] == pytest.approx(-1.0)
    same = agreement(rows(10 * size + order, 10 * size + order, size), bins=3)
    assert same["within_bins"][0] == same["spearman"][0] == pytest.approx(1.0)
    assert same[["rung", "next", "candidates"]].iloc[0].tolist() == [1, 4, 12]


def test_two_candidates_say_nothing_of_an_order():
    assert np.isnan(agreement(rows([1, 2], [1, 2], [1, 1]))["spearman"][0])
