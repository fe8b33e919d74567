import numpy as np
from hypothesis import given, settings

from evoapproxnas.circuits import Cell, Netlist, extract_adders, product_table, simplify
from tests.circuits.strategies import netlists


@settings(max_examples=80, deadline=None)
@given(netlists)
def test_simplifying_keeps_the_function_and_settles(netlist: Netlist) -> None:
    smaller = simplify(netlist)
    assert np.array_equal(product_table(smaller), product_table(netlist))
    assert simplify(smaller) == smaller


@settings(max_examples=40, deadline=None)
@given(netlists)
def test_extracting_adders_keeps_the_function(netlist: Netlist) -> None:
    simplified = simplify(netlist)
    assert np.array_equal(product_table(extract_adders(simplified)), product_table(netlist))


def test_constants_equal_inputs_and_dead_cells_vanish() -> None:
    cells = (
        Cell("and2", (2, 1)),  # 4 = a
        Cell("xor2", (4, 2)),  # 5 = 0
        Cell("full_adder", (2, 3, 5)),  # a half adder
        Cell("half_adder", (3, 2)),  # the same one
        Cell("nor3", (2, 3, 6)),  # dead
    )
    netlist = simplify(Netlist(cells, (6, 7, 8, 9), inputs=2))
    assert netlist == Netlist((Cell("half_adder", (2, 3)),), (4, 5, 4, 5), inputs=2)


def test_double_inverters_vanish() -> None:
    netlist = simplify(Netlist((Cell("not", (2,)), Cell("nand2", (3, 3))), (4,), inputs=1))
    assert netlist == Netlist((), (2,), inputs=1)


def test_a_half_adder_without_sum_is_an_and_gate() -> None:
    netlist = simplify(Netlist((Cell("half_adder", (2, 3)),), (5,), inputs=2))
    assert netlist == Netlist((Cell("and2", (2, 3)),), (4,), inputs=2)


def test_a_full_adder_is_found_among_gates() -> None:
    cells = (
        Cell("xor2", (2, 3)),
        Cell("and2", (2, 3)),
        Cell("xor2", (5, 4)),
        Cell("and2", (5, 4)),
        Cell("or2", (6, 8)),
    )
    netlist = Netlist(cells, (7, 9), inputs=3)
    assert extract_adders(netlist) == Netlist((Cell("full_adder", (2, 3, 4)),), (5, 6), inputs=3)


def test_inner_nets_that_are_read_elsewhere_prevent_a_full_adder() -> None:
    cells = (
        Cell("xor2", (2, 3)),
        Cell("and2", (2, 3)),
        Cell("xor2", (5, 4)),
        Cell("and2", (5, 4)),
        Cell("or2", (6, 8)),
    )
    kinds = extract_adders(Netlist(cells, (7, 9, 6), inputs=3)).kinds()
    assert kinds == {"half_adder": 2, "or2": 1}
