import numpy as np
import pytest
from hypothesis import given, settings

from evoapproxnas.circuits import Cell, Netlist, product_table
from evoapproxnas.circuits.cgp_form import FUNCTIONS, from_genotype, node_count, to_genotype
from evoapproxnas.circuits.gates import GATES
from tests.circuits.strategies import netlists


@settings(max_examples=30, deadline=None)
@given(netlists.filter(lambda netlist: netlist.cells))
def test_the_function_survives_the_genotype(netlist: Netlist) -> None:
    again = from_genotype(to_genotype(netlist))
    assert np.array_equal(product_table(again), product_table(netlist))


@pytest.mark.parametrize("kind", GATES)
def test_every_kind_becomes_nodes(kind: str) -> None:
    gate = GATES[kind]
    outputs = tuple(18 + i % gate.outputs for i in range(16))
    netlist = Netlist((Cell(kind, tuple(range(2, 2 + gate.arity))),), outputs)
    genotype = to_genotype(netlist)
    assert [function.name for function in genotype.grid.functions] == list(FUNCTIONS)
    assert node_count(netlist) == genotype.grid.columns
    assert np.array_equal(product_table(from_genotype(genotype)), product_table(netlist))


def test_adders_of_a_multiplier_are_found_again(exact: Netlist) -> None:
    assert from_genotype(to_genotype(exact)).kinds() == exact.kinds()


def test_nodes_to_spare_change_nothing(exact: Netlist) -> None:
    genotype = to_genotype(exact, columns=301)
    assert genotype.grid.columns == 301
    assert from_genotype(genotype).kinds() == exact.kinds()
    assert np.array_equal(product_table(from_genotype(genotype)), product_table(exact))


@pytest.mark.parametrize("kept", [0, 1])
def test_half_of_a_full_adder_is_made_of_gates(kept: int) -> None:
    netlist = Netlist((Cell("full_adder", (2, 3, 4)),), (18 + kept,) * 16)
    again = from_genotype(to_genotype(netlist))
    assert "full_adder" not in again.kinds()
    assert np.array_equal(product_table(again), product_table(netlist))
