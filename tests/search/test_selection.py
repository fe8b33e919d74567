import random
import time

import numpy as np
from deap import base, tools
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.pareto import non_dominated_sort
from evoapproxnas.search.selection import select_parents, select_survivors


def test_survivors_come_from_the_best_ranks():
    points = np.random.default_rng(0).random((40, 2))
    ranks = non_dominated_sort(points)
    chosen = select_survivors(points, 10)
    assert len(set(chosen)) == 10
    assert max(ranks[chosen]) <= sorted(ranks)[9]


def test_all_survive_where_there_are_few():
    assert sorted(select_survivors(np.ones((3, 2)), 10)) == [0, 1, 2]


def test_extremes_of_a_front_survive():
    points = np.array([[i, 10 - i] for i in (0, 4, 4.9, 5, 5.1, 6, 10)], dtype=float)
    assert {0, 6} <= set(select_survivors(points, 3))


def test_parents_are_better_than_chance_and_depend_on_the_generator_alone():
    points = np.random.default_rng(1).random((20, 2))
    ranks = non_dominated_sort(points)
    random.seed(0)
    first = select_parents(points, 200, np.random.default_rng(5))
    random.seed(1)
    assert first == select_parents(points, 200, np.random.default_rng(5))
    assert ranks[first].mean() < ranks.mean()


def test_one_parent_is_enough():
    assert select_parents(np.ones((1, 2)), 4, np.random.default_rng(0)) == [0] * 4


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(2, 4), st.integers(2, 12))
def test_survivors_are_those_of_deap_in_its_order(seed, count, objectives, values):
    points = np.random.default_rng(seed).integers(values, size=(25, objectives)).astype(float)
    fitness = type("Fitness", (base.Fitness,), {"weights": (-1.0,) * objectives})
    individuals = []
    for position, vector in enumerate(points.tolist()):
        individual = Individual(fitness(tuple(vector)))
        individual.position = position
        individuals.append(individual)
    expected = [i.position for i in tools.selNSGA2(individuals, min(count, 25))]
    assert select_survivors(points, count) == expected


class Individual:
    def __init__(self, fitness):
        self.fitness = fitness


def test_large_populations_are_sorted_in_no_time():
    points = np.random.default_rng(0).random((2000, 2))
    start = time.process_time()
    assert len(select_survivors(points, 1000)) == 1000
    assert time.process_time() - start < 2.0  # DEAP's own sorting takes over ten times as long.
