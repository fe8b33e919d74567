import numpy as np
import pytest
from hypothesis import given, settings

from evoapproxnas.circuits import Cell, Netlist, circuit_cost, without_low_bits
from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.cost import settled_activity, transition_energy_fj
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.glitches import glitch_activity
from tests.circuits.strategies import netlists


def test_the_cell_library_knows_every_gate() -> None:
    assert set(cells_45nm().cells) == set(GATES)


def test_settled_activity_is_2_p_1_minus_p() -> None:
    netlist = Netlist((Cell("and2", (2, 10)), Cell("xor2", (3, 11))), (18, 19) * 8)
    activity = settled_activity(netlist)
    assert activity[[0, 1, 2, 18, 19]] == pytest.approx([0, 0, 0.5, 2 * 0.25 * 0.75, 0.5])


def test_gates_with_equal_arrival_times_do_not_glitch() -> None:
    netlist = Netlist((Cell("xor2", (2, 10)), Cell("and2", (3, 10))), (18, 19) * 8)
    assert not glitch_activity(netlist).any()


def test_a_late_input_makes_a_gate_glitch() -> None:
    # a ^ (a delayed by eight inverters) is 0 but for a pulse at every change of a, in 1/2 of all.
    inverters = tuple(Cell("not", (2 if i == 0 else 17 + i,)) for i in range(8))
    netlist = Netlist((*inverters, Cell("xor2", (2, 25))), (26,) * 16)
    surplus = glitch_activity(netlist)
    assert surplus[26] == pytest.approx(2 * 0.5, abs=0.05)
    assert not surplus[:26].any()


def test_pulses_shorter_than_the_gate_delay_are_absorbed() -> None:
    netlist = Netlist((Cell("not", (2,)), Cell("xor2", (2, 18))), (19,) * 16)
    assert not glitch_activity(netlist).any()


def test_energy_counts_the_driver_and_its_load() -> None:
    netlist = Netlist((Cell("and2", (2, 10)), Cell("not", (18,))), (19,) * 16)
    library = cells_45nm()
    load_ff = library.cells["not"].pin_ff + library.wire_ff_per_pin
    energy = transition_energy_fj(netlist)
    assert energy[18] == pytest.approx(
        library.cells["and2"].internal_fj + load_ff * library.supply_v**2 / 2
    )
    assert energy[19] == pytest.approx(library.cells["not"].internal_fj)
    assert not energy[:18].any()


def test_area_and_delay_add_up_cells() -> None:
    cells = cells_45nm().cells
    netlist = Netlist((Cell("and2", (2, 10)), Cell("not", (18,)), Cell("not", (2,))), (19,) * 16)
    cost = circuit_cost(netlist)
    assert cost.area_um2 == pytest.approx(cells["and2"].area_um2 + 2 * cells["not"].area_um2)
    assert cost.delay_ns == pytest.approx(cells["and2"].delay_ns + cells["not"].delay_ns)
    assert cost.gates == 3


def test_wires_cost_nothing() -> None:
    cost = circuit_cost(Netlist((), (0, 1, *range(2, 16))))
    assert (cost.power_uw, cost.area_um2, cost.delay_ns, cost.gates) == (0, 0, 0, 0)


def test_fewer_bits_need_less(exact: Netlist) -> None:
    costs = [circuit_cost(without_low_bits(exact, a=bits, b=bits)) for bits in range(8)]
    for larger, smaller in zip(costs, costs[1:], strict=False):
        assert smaller.power_uw < larger.power_uw
        assert smaller.area_um2 < larger.area_um2
        assert smaller.delay_ns <= larger.delay_ns


@settings(max_examples=20, deadline=None)
@given(netlists)
def test_figures_are_finite_and_repeatable(netlist: Netlist) -> None:
    cost = circuit_cost(netlist)
    assert cost == circuit_cost(netlist)
    assert np.all(glitch_activity(netlist) >= 0)
    assert 0 <= cost.power_uw < np.inf
