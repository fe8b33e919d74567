import json
import pickle

import numpy as np
import pytest
from hypothesis import given

from evoapproxnas.cgp import Function, Genotype, Grid, random_genotype
from evoapproxnas.errors import ConfigError
from tests.cgp.strategies import genotypes


@given(genotypes())
def test_storage_round_trips(genotype):
    stored = json.loads(json.dumps(genotype.to_list()))
    for copy in (
        Genotype.from_list(genotype.grid, stored),
        pickle.loads(pickle.dumps(genotype)),
    ):
        assert copy == genotype
        assert hash(copy) == hash(genotype)
        assert not copy.genes.flags.writeable


def test_genes_are_a_read_only_copy(grid, rng):
    genes = random_genotype(grid, rng).genes.copy()
    genotype = Genotype(grid, genes)
    before = genotype.to_list()
    genes[:] = 0
    assert genotype.to_list() == before
    with pytest.raises(ValueError, match="read-only"):
        genotype.genes[0] = 0


def test_views_partition_the_genes(grid, rng):
    genotype = random_genotype(grid, rng)
    parts = [genotype.functions[:, None], genotype.connections, genotype.parameters]
    rebuilt = np.concatenate([np.hstack(parts).ravel(), genotype.outputs])
    assert np.array_equal(rebuilt, genotype.genes)


def test_genotypes_of_different_grids_differ():
    a = Grid(1, 1, 1, 1, 1, (Function("f", 1),))
    b = Grid(1, 1, 1, 1, 1, (Function("g", 1),))
    assert Genotype(a, [0, 0, 1]) != Genotype(b, [0, 0, 1])
    assert Genotype(a, [0, 0, 1]) != "genotype"


@pytest.mark.parametrize(
    ("index", "value", "words"),
    [
        (0, 4, r"function of node 0\): expected 0\.\.3, got 4"),
        (0, -1, r"function of node 0"),
        (1, 3, r"connection 0 of node 0\): expected 0\.\.2, got 3"),
        (6 * 6 + 1, 3, r"connection 0 of node 6\): expected an input 0\.\.2 or 5\.\.8 \(levels"),
        (6 * 6 + 1, 9, r"connection 0 of node 6"),
        (4, 99, r"parameter 0 of node 0"),
        (-1, 13, r"output 1\): expected 0\.\.12, got 13"),
        (-1, -1, r"output 1"),
    ],
)
def test_gene_out_of_range_is_located(grid, rng, index, value, words):
    genes = random_genotype(grid, rng).genes.copy()
    genes[index] = value
    with pytest.raises(ConfigError, match=words):
        Genotype(grid, genes)


@pytest.mark.parametrize(
    "genes", [[], [0] * 61, [0.0] * 62, [[0] * 62], ["0"] * 62, [2**70] * 62, None]
)
def test_arrays_of_other_shape_or_type_are_refused(grid, genes):
    with pytest.raises(ConfigError, match="expected 62 integers"):
        Genotype(grid, genes)


def test_unsigned_overflow_is_refused(grid):
    with pytest.raises(ConfigError, match="function of node 0"):
        Genotype(grid, np.full(62, 2**64 - 1, dtype=np.uint64))


@pytest.mark.parametrize(
    "genes",
    [
        [0, 0, True],
        [0, 0, 1.0],
        [0, 0, "1"],
        [0, 0, 2**80],
        [0, 0, -1],
        [[0]],
        [0, [0, 1]],
        [None],
    ],
)
def test_stored_lists_hold_nothing_but_genes(genes):
    grid = Grid(1, 1, 1, 1, 1, (Function("f", 1),))
    with pytest.raises(ConfigError, match="expected"):
        Genotype.from_list(grid, genes)
    with pytest.raises(ConfigError, match="expected"):
        Genotype(grid, genes[:-1])
