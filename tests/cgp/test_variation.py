from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.cgp import (
    Function,
    Genotype,
    Grid,
    mutate_count,
    mutate_rate,
    mutate_until,
    one_point_crossover,
    phenotype,
    random_genotype,
    uniform_crossover,
)
from evoapproxnas.errors import ConfigError
from tests.cgp.strategies import genotypes

seeds = st.integers(0, 2**32)


@given(genotypes(), seeds, st.floats(0, 1))
def test_mutants_keep_every_range(genotype, seed, rate):
    # Constructing a genotype checks bounds and levels-back: a bad mutant raises.
    mutant = mutate_rate(genotype, np.random.default_rng(seed), rate)
    assert mutant.grid == genotype.grid
    assert mutant == mutate_rate(genotype, np.random.default_rng(seed), rate)


@given(genotypes(), seeds)
def test_rate_one_redraws_every_gene_that_has_another_value(genotype, seed):
    mutant = mutate_rate(genotype, np.random.default_rng(seed), 1.0)
    grid = genotype.grid
    changeable = grid.base_choices > 1
    assert (mutant.genes[changeable] != genotype.genes[changeable]).all()
    assert mutate_rate(genotype, np.random.default_rng(seed), 0.0) == genotype


def test_random_genes_cover_their_range():
    grid = Grid(1, 3, 1, 2, 1, (Function("f", 1, (4,)), Function("g", 1, (2,))))
    rng = np.random.default_rng(0)
    drawn = np.array([random_genotype(grid, rng).genes for _ in range(500)])
    assert set(drawn[:, 0]) == {0, 1}
    assert set(drawn[:, 1]) == {0, 1}
    assert set(drawn[:, 7]) == {0, 1, 3}
    assert set(drawn[drawn[:, 0] == 0, 2]) == {0, 1, 2, 3}
    assert set(drawn[drawn[:, 0] == 1, 2]) == {0, 1}
    assert set(drawn[:, -1]) == {0, 1, 2, 3, 4}


def test_count_changes_exactly_so_many_genes():
    grid = Grid(2, 10, 3, 2, 2, (Function("f", 2), Function("g", 2)))
    rng = np.random.default_rng(0)
    genotype = random_genotype(grid, rng)
    for count in (1, 5, 30):
        mutant = mutate_count(genotype, rng, count)
        assert np.count_nonzero(mutant.genes != genotype.genes) == count


def test_rate_changes_that_share_of_the_genes():
    grid = Grid(10, 100, 5, 2, 1, (Function("f", 2), Function("g", 2)))
    rng = np.random.default_rng(0)
    genotype = random_genotype(grid, rng)
    changed = np.mean(mutate_rate(genotype, rng, 0.1).genes != genotype.genes)
    assert 0.07 < changed < 0.13


def test_new_function_gets_parameters_in_its_range():
    grid = Grid(1, 1, 1, 1, 1, (Function("wide", 1, (100,)), Function("narrow", 1, (2,))))
    genotype = Genotype(grid, [0, 0, 99, 1])
    rng = np.random.default_rng(0)
    seen = {mutate_count(genotype, rng, 1).to_list()[2] for _ in range(200)}
    assert seen >= {0, 1}


@given(genotypes(), seeds)
def test_mutate_until_changes_the_phenotype(genotype, seed):
    rng = np.random.default_rng(seed)
    try:
        mutant = mutate_until(genotype, rng, partial(mutate_rate, rate=0.3), max_tries=200)
    except ConfigError:  # a grid may be able to express a single phenotype
        return
    assert phenotype(mutant) != phenotype(genotype)


def test_mutate_until_asks_the_given_predicate(grid, rng):
    genotype = random_genotype(grid, rng)
    mutate = partial(mutate_rate, rate=0.5)
    mutant = mutate_until(genotype, rng, mutate, lambda mutant: mutant.outputs[0] == 0)
    assert mutant.outputs[0] == 0
    with pytest.raises(ConfigError, match="none of 10 mutants"):
        mutate_until(genotype, rng, mutate, lambda mutant: False, max_tries=10)


@pytest.mark.parametrize("cross", [one_point_crossover, uniform_crossover])
def test_children_mix_whole_nodes(grid, rng, cross):
    a, b = random_genotype(grid, rng), random_genotype(grid, rng)
    for _ in range(20):
        child = cross(a, b, rng)
        from_a = (child.nodes == a.nodes).all(axis=1)
        from_b = (child.nodes == b.nodes).all(axis=1)
        assert (from_a | from_b).all()
        assert all(o in pair for o, *pair in zip(child.outputs, a.outputs, b.outputs, strict=True))


def test_one_point_crossover_cuts_once(grid, rng):
    a, b = random_genotype(grid, rng), random_genotype(grid, rng)
    for _ in range(20):
        child = one_point_crossover(a, b, rng).nodes
        joins = [np.concatenate([a.nodes[:cut], b.nodes[cut:]]) for cut in range(11)]
        assert any(np.array_equal(child, join) for join in joins)


def test_crossover_needs_one_grid(grid, rng):
    other = Grid(1, 1, 1, 1, 1, (Function("f", 1),))
    with pytest.raises(ConfigError, match="parents of one grid"):
        uniform_crossover(random_genotype(grid, rng), random_genotype(other, rng), rng)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_rate_outside_zero_to_one_is_refused(grid, rng, rate):
    with pytest.raises(ConfigError, match="mutation rate"):
        mutate_rate(random_genotype(grid, rng), rng, rate)


@pytest.mark.parametrize("count", [0, 10_000])
def test_impossible_count_is_refused(grid, rng, count):
    with pytest.raises(ConfigError, match="mutation count"):
        mutate_count(random_genotype(grid, rng), rng, count)
