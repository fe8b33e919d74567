import numpy as np
import pytest
from hypothesis import example, given, settings

from evoapproxnas.circuits import Cell, Netlist, mapped, power_uw, product_table
from evoapproxnas.circuits.generators import exact_multiplier
from evoapproxnas.circuits.mapping.inverters import with_few_inverters
from evoapproxnas.circuits.mapping.rewriting import cheapest_forms
from evoapproxnas.circuits.mapping.sweep import swept
from evoapproxnas.circuits.mapping.xors import with_cancelled_terms
from evoapproxnas.errors import NetlistError
from evoapproxnas.multipliers.library import Library, bundled_folder
from tests.circuits.strategies import netlists
from tests.circuits.writings import WRITINGS


@settings(max_examples=60, deadline=None)
@given(netlists)
@example(
    Netlist((Cell("mux2", (17, 6, 1)), Cell("not", (6,))), (18, 19, *[0] * 14), inputs=16)
)  # Simplified it takes more.
def test_mapping_keeps_the_function_and_never_costs_more(netlist: Netlist) -> None:
    cheaper = mapped(netlist)
    assert np.array_equal(product_table(cheaper), product_table(netlist))
    assert power_uw(cheaper) <= power_uw(netlist) * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(netlists)
def test_every_step_keeps_the_function(netlist: Netlist) -> None:
    for step in (swept, with_few_inverters, with_cancelled_terms):
        assert np.array_equal(product_table(step(netlist)), product_table(netlist))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("writing", WRITINGS)
def test_an_exact_multiplier_has_one_price_in_every_writing(signed: bool, writing: str) -> None:
    netlist = exact_multiplier("three_greedy", signed=signed)
    other = WRITINGS[writing](netlist)
    assert np.array_equal(product_table(other), product_table(netlist))
    found = mapped(other)
    assert power_uw(found) == pytest.approx(power_uw(netlist), rel=0.005)
    assert found.kinds()["full_adder"] == netlist.kinds()["full_adder"]


@pytest.mark.parametrize("name", ["mul8u_or9_v8", "mul8u_evo_mae0p165_p49", "mul8s_evo_wce*"])
def test_an_approximate_circuit_has_nearly_one_price_in_every_writing(name: str) -> None:
    library = Library(bundled_folder())
    netlist = library.netlist(library.match(name)[0])
    prices = [power_uw(mapped(write(netlist))) for write in WRITINGS.values()]
    assert prices == pytest.approx([power_uw(netlist)] * len(prices), rel=0.05)


def test_equal_nets_become_one_whatever_they_are_made_of() -> None:
    cells = (
        Cell("and2", (2, 10)),  # 18
        Cell("or2", (2, 10)),  # 19
        Cell("xor2", (18, 19)),  # 20 = A[0] ^ B[0]
        Cell("xor2", (20, 10)),  # 21 = A[0]
        Cell("and2", (21, 11)),
        Cell("nand2", (2, 11)),
    )
    netlist = swept(Netlist(cells, (22, 23) * 8))
    assert netlist == Netlist((Cell("and2", (2, 11)), Cell("not", (18,))), (18, 19) * 8)


def test_terms_that_come_twice_leave_a_sum() -> None:
    chain = (Cell("xor2", (2, 3)), *(Cell("xor2", (18 + i, 4 + i)) for i in range(4)))
    netlist = Netlist((*chain, Cell("xnor2", (22, 3))), (23,) * 16)
    shorter = with_cancelled_terms(netlist)
    assert shorter.kinds() == {"xor2": 3, "xnor2": 1}
    assert np.array_equal(product_table(shorter), product_table(netlist))


def test_complements_cross_adders() -> None:
    cells = (*(Cell("not", (net,)) for net in (2, 3, 4)), Cell("full_adder", (18, 19, 20)))
    inverted = (Cell("not", (21,)), Cell("not", (22,)))
    netlist = Netlist((*cells, *inverted), (23, 24) * 8)
    assert with_few_inverters(netlist).kinds() == {"full_adder": 1}


def test_every_function_of_three_nets_has_a_form() -> None:
    assert set(cheapest_forms()) == set(range(1, 255)) - {0xAA, 0xCC, 0xF0}
    assert cheapest_forms()[0x66].kind == "xor2"
    assert cheapest_forms()[0x11].kind == "nor2"


def test_only_multipliers_have_a_price() -> None:
    with pytest.raises(NetlistError, match="16 inputs"):
        mapped(Netlist((), (2,), inputs=1))
