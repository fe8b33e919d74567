import numpy as np

from evoapproxnas.search.contribution import by_contribution


def test_each_adds_the_most_to_those_before_it():
    groups = {
        "corner": np.array([[0.0, 10.0]]),
        "knee": np.array([[2.0, 2.0]]),
        "near knee": np.array([[1.9, 2.2]]),
        "other corner": np.array([[10.0, 0.0]]),
    }
    # The first one alone dominates most; what is close to it adds little afterwards.
    assert by_contribution(groups) == ["knee", "corner", "other corner", "near knee"]


def test_points_of_a_group_count_together():
    alone = np.array([[3.0, 3.0]])  # Covers more than each of the others.
    pair = np.array([[1.0, 4.0], [4.0, 1.0]])
    assert by_contribution({"alone": alone, "pair": pair}) == ["pair", "alone"]


def test_what_is_chosen_already_leads():
    corners = {"left": np.array([[0.0, 10.0]]), "knee": np.array([[2.0, 2.0]])}
    groups = {**corners, "near knee": np.array([[1.9, 2.2]]), "right": np.array([[10.0, 0.0]])}
    assert by_contribution(groups, ["near knee"]) == ["near knee", "right", "left", "knee"]


def test_of_equal_ones_the_first_comes_first():
    point = np.array([[1.0, 1.0]])
    assert by_contribution({"a": point, "b": point}) == ["a", "b"]
    assert by_contribution({}) == []
