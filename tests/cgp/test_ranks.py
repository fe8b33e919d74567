import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.cgp import Function, Grid, domains, from_ranks, to_ranks
from evoapproxnas.errors import ConfigError
from tests.cgp.strategies import genotypes, grids


@settings(deadline=None)
@given(genotypes())
def test_every_genotype_has_ranks(genotype):
    ranks = to_ranks(genotype)
    assert from_ranks(genotype.grid, ranks) == genotype


@settings(deadline=None)
@given(grids(), st.integers(0, 2**32))
def test_all_ranks_make_a_genotype(grid, seed):
    ranks = np.random.default_rng(seed).integers(domains(grid))
    genotype = from_ranks(grid, ranks.tolist())
    assert from_ranks(grid, to_ranks(genotype)) == genotype


def test_larger_numbers_begin_again_where_a_function_has_fewer_values():
    grid = Grid(1, 2, 1, 1, 1, (Function("few", 1, (2,)), Function("many", 1, (5,))))
    assert domains(grid) == (2, 1, 5, 2, 2, 5, 3)
    few = from_ranks(grid, [0, 0, 3, 1, 1, 4, 2])
    assert few.to_list() == [0, 0, 1, 1, 1, 4, 2]


@pytest.mark.parametrize(
    ("ranks", "told"),
    [
        ([0, 0, 0], "expected 4 integers, got 3 values"),
        ([0, 0, 2, 0], "parameter 0 of node 0: expected 0 to 1, got 2"),
        ([0, -1, 0, 0], "connection 0 of node 0"),
        ([0.5, 0, 0, 0], "integers"),
    ],
)
def test_what_makes_none_is_refused(ranks, told):
    with pytest.raises(ConfigError, match=told):
        from_ranks(Grid(1, 1, 1, 1, 1, (Function("only", 1, (2,)),)), ranks)
