import numpy as np

from evoapproxnas.cgp import Function, Genotype, Grid, active_mask, random_genotype
from evoapproxnas.cgp.compiled import draw, mark_active, mutate

GRID = Grid(1, 12, 12, 3, 2, (Function("not", 1), Function("and", 2), Function("or", 2)))


def test_active_addresses_are_those_of_the_reference() -> None:
    for seed in range(20):
        genotype = random_genotype(GRID, np.random.default_rng(seed))
        active = np.empty(GRID.inputs + GRID.node_count, np.bool_)
        mark_active(genotype.genes, GRID.arities, GRID.inputs, GRID.outputs, active)
        assert np.array_equal(active[GRID.inputs :], active_mask(genotype))


def test_mutants_are_valid_and_differ_in_few_genes() -> None:
    parent = random_genotype(GRID, np.random.default_rng(0))
    random = np.array([7], np.uint64)
    changed = []
    for _ in range(300):
        genes = parent.genes.copy()
        mutate(genes, GRID.base_choices, random, 3)
        changed.append(np.count_nonzero(Genotype(GRID, genes).genes != parent.genes))
    assert {1, 2, 3} <= set(changed) <= {0, 1, 2, 3}


def test_draws_are_uniform_and_repeatable() -> None:
    random = np.array([1], np.uint64)
    drawn = np.array([draw(random, 5) for _ in range(2000)])
    assert np.bincount(drawn, minlength=5).min() > 330
    again = np.array([1], np.uint64)
    assert [draw(again, 5) for _ in range(9)] == drawn[:9].tolist()
