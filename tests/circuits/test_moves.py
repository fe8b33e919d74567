import numpy as np
import pytest

from evoapproxnas.cgp import Genotype
from evoapproxnas.circuits import Netlist, product_table
from evoapproxnas.circuits.cgp_form import from_genotype, to_genotype
from evoapproxnas.multipliers.evolution.kernels.moves import move


@pytest.fixture(scope="module")
def moved(exact: Netlist) -> list[Genotype]:
    start = to_genotype(exact, columns=200)
    random = np.array([5], np.uint64)
    children = []
    for _ in range(400):
        genes = start.genes.copy()
        move(genes, start.grid.base_choices, start.grid.node_count, random, 5)
        children.append(Genotype(start.grid, genes))
    return children


def test_moves_give_valid_genotypes(moved: list[Genotype], exact: Netlist) -> None:
    start = to_genotype(exact, columns=200)
    changed = [np.count_nonzero(child.genes != start.genes) for child in moved]
    assert np.count_nonzero(changed) > len(moved) / 2
    assert max(changed) <= 8


def test_some_moves_rearrange_adders_and_keep_the_product(
    moved: list[Genotype], exact: Netlist
) -> None:
    start = to_genotype(exact, columns=200)
    expected = product_table(exact)
    kept = 0
    for child in moved:
        differing = np.flatnonzero(child.genes != start.genes)
        if differing.size == 4:
            netlist = from_genotype(child)
            kept += netlist != exact and np.array_equal(product_table(netlist), expected)
    assert kept
