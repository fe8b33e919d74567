import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.cgp import (
    ActiveNode,
    Function,
    Grid,
    Phenotype,
    active_nodes,
    express,
    mutate_active,
    phenotype,
    random_genotype,
)
from evoapproxnas.errors import ConfigError
from tests.cgp.strategies import genotypes

UNARY, BINARY = Function("unary", 1, (3,)), Function("binary", 2)


def grid(rows, columns, levels_back):
    return Grid(rows, columns, levels_back, 1, 1, (UNARY, BINARY))


@settings(max_examples=200, deadline=None)
@given(genotypes(), st.integers(0, 2**32))
def test_a_phenotype_keeps_its_places_or_moves(genotype, seed):
    rng = np.random.default_rng(seed)
    program, places = phenotype(genotype), active_nodes(genotype).tolist()
    base = random_genotype(genotype.grid, rng)
    again = express(genotype.grid, program, rng, base=base, wanted=places)
    assert phenotype(again) == program
    assert active_nodes(again).tolist() == places
    inactive = np.setdiff1d(np.arange(genotype.grid.node_count), places)
    assert np.array_equal(again.nodes[inactive], base.nodes[inactive])


def computed(program):
    """Hash what every output computes, whatever the order of the nodes."""
    values = list(range(program.inputs))
    for node in program.nodes:
        values.append(hash((node.function, node.parameters, *(values[x] for x in node.inputs))))
    return [values[x] for x in program.outputs]


@settings(max_examples=200, deadline=None)
@given(genotypes(), st.integers(0, 2**32))
def test_any_phenotype_fits_a_grid_that_is_large_enough(genotype, seed):
    old = genotype.grid
    size = max(old.node_count, 1)
    roomy = Grid(size, size, size, old.inputs, old.outputs, old.functions)
    program = phenotype(genotype)
    again = express(roomy, program, np.random.default_rng(seed))
    assert computed(phenotype(again)) == computed(program)
    assert len(active_nodes(again)) == len(program.nodes)


def chain(length, *more):
    nodes = [ActiveNode(0, (i,), (0,)) for i in range(length)] + list(more)
    return Phenotype(1, tuple(nodes), (len(nodes),))


def test_a_node_that_is_read_late_moves_to_a_later_column():
    # A second branch of one node, read at the end of a chain of four.
    program = chain(4, ActiveNode(0, (0,), (0,)), ActiveNode(1, (4, 5), ()))
    genotype = express(grid(2, 5, 2), program, np.random.default_rng(0))
    assert set(phenotype(genotype).nodes[-1].inputs) == {4, 5}
    side = [n for n in active_nodes(genotype) if genotype.connections[n][0] == 0]
    assert len(side) == 2


def test_a_new_node_finds_a_place_between_the_others():
    genotype = express(grid(2, 6, 6), chain(3), np.random.default_rng(0))
    first, second, third = active_nodes(genotype).tolist()
    wanted = [first, None, second, third]
    longer = express(
        genotype.grid, chain(4), np.random.default_rng(0), base=genotype, wanted=wanted
    )
    assert len(active_nodes(longer)) == 4
    assert first in active_nodes(longer)


@pytest.mark.parametrize(
    ("size", "program", "words"),
    [
        ((1, 3, 3), chain(4), "node 3: no free place within 3 columns of 1 rows"),
        ((2, 9, 2), chain(5, ActiveNode(1, (1, 5), ())), "node 5: no free place .*levels-back 2"),
    ],
)
def test_what_does_not_fit_is_refused(size, program, words):
    with pytest.raises(ConfigError, match=words):
        express(grid(*size), program, np.random.default_rng(0))


@settings(max_examples=200, deadline=None)
@given(genotypes(), st.integers(0, 2**32))
def test_mutation_of_an_active_gene_changes_the_phenotype_or_its_wiring(genotype, seed):
    try:
        mutant = mutate_active(genotype, np.random.default_rng(seed))
    except ConfigError:
        return
    changed = np.flatnonzero(mutant.genes != genotype.genes)
    nodes = {int(gene) // genotype.grid.genes_per_node for gene in changed}
    assert len(nodes) <= 1 or min(nodes) >= genotype.grid.node_count
    allowed = {*active_nodes(genotype).tolist()}
    assert all(n in allowed or n >= genotype.grid.node_count for n in nodes)
