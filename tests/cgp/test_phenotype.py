import numpy as np
from hypothesis import given

from evoapproxnas.cgp import (
    ActiveNode,
    Function,
    Genotype,
    Grid,
    Phenotype,
    active_mask,
    active_nodes,
    node_depths,
    phenotype,
)
from tests.cgp.strategies import genotypes

GRID = Grid(1, 4, 4, 2, 1, (Function("not", 1, (2,)), Function("and", 2)))


def reachable(genotype):
    """Slow reference: repeat the consumer relation until nothing is added."""
    grid = genotype.grid
    needed = set(genotype.outputs.tolist())
    while True:
        more = set(needed)
        for address in needed:
            if address >= grid.inputs:
                node = address - grid.inputs
                arity = grid.functions[genotype.functions[node]].arity
                more |= set(genotype.connections[node][:arity].tolist())
        if more == needed:
            return {a - grid.inputs for a in needed if a >= grid.inputs}
        needed = more


@given(genotypes())
def test_active_nodes_are_those_the_outputs_reach(genotype):
    assert set(active_nodes(genotype).tolist()) == reachable(genotype)
    assert active_mask(genotype).shape == (genotype.grid.node_count,)


@given(genotypes())
def test_phenotype_reads_backwards_only(genotype):
    expressed = phenotype(genotype)
    for position, node in enumerate(expressed.nodes):
        assert all(source < expressed.inputs + position for source in node.inputs)
        function = genotype.grid.functions[node.function]
        assert len(node.inputs) == function.arity
        assert len(node.parameters) == len(function.parameters)


@given(genotypes())
def test_depth_counts_the_longest_path(genotype):
    grid = genotype.grid
    depths = node_depths(genotype)
    for node in range(grid.node_count):
        arity = grid.functions[genotype.functions[node]].arity
        sources = genotype.connections[node][:arity] - grid.inputs
        before = [depths[source] for source in sources if source >= 0]
        assert depths[node] == 1 + max(before, default=0)


def test_inactive_genes_and_positions_do_not_show():
    # node 1 is active (not, parameter 1, of input 1), node 3 is active (and, of node 1 and 0)
    early = Genotype(GRID, [0, 0, 0, 0] + [0, 1, 0, 1] + [0, 0, 0, 0] + [1, 3, 0, 0] + [5])
    other = Genotype(GRID, [0, 1, 1, 1] + [1, 1, 0, 0] + [0, 1, 1, 1] + [1, 4, 0, 0] + [5])
    expected = Phenotype(2, (ActiveNode(0, (1,), (1,)), ActiveNode(1, (2, 0), ())), (3,))
    assert phenotype(early) == expected == phenotype(other)
    assert active_nodes(early).tolist() == [1, 3]
    assert active_nodes(other).tolist() == [2, 3]


def test_output_may_be_an_input():
    genes = [0, 0, 0, 0] * 4 + [1]
    assert phenotype(Genotype(GRID, genes)) == Phenotype(2, (), (1,))


def test_a_long_chain_is_traced_without_recursion():
    columns = 5000
    grid = Grid(1, columns, 1, 1, 1, (Function("not", 1),))
    genes = np.zeros(grid.gene_count, dtype=np.int64)
    genes[1:-1:2] = np.arange(columns)
    genes[-1] = columns
    genotype = Genotype(grid, genes)
    assert active_mask(genotype).all()
    assert node_depths(genotype)[-1] == columns
