"""What a circuit costs in 45 nm cells: area, delay and dynamic power.

Power. Operands are drawn anew for each operation, uniformly unless an operand distribution is
given. A net whose settled value is 1 with probability p, counted over all operand pairs, then
changes it 2 p (1 - p) times per operation; `glitches` adds the transitions before it settles.
Each transition of a net costs the internal energy of the cell that drives it and half of C V^2
for the pins and wires it drives. What is priced are the cells as they are; circuits of others go
through `mapping` first, so that their price does not depend on how they were written.

Scale. The sum is multiplied by one constant, `power_uw_per_fj` in `cells_45nm.toml`, chosen so
that `mul8u_exact` of the bundled library consumes 391 uW: what EvoApproxLib publishes for its
exact unsigned 8-bit multiplier (mul8u_1JFF, 0.391 mW). A test recomputes it. What follows for
`mul8s_exact`, 424.6 uW, was published as 425 uW.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.glitches import glitch_activity
from evoapproxnas.circuits.netlist import FIRST_INPUT, Netlist
from evoapproxnas.circuits.operands import OperandDistribution
from evoapproxnas.circuits.simulate import check_multiplier, operand_words, simulate

_NETS = 16
"""As many are unpacked at a time: 8 MB of numbers."""


@dataclass(frozen=True)
class CircuitCost:
    """Dynamic power, cell area, critical path and number of cells.

    Attributes:
        power_uw: dynamic power at 1 GHz, glitches included, uW.
        area_um2: of the cells, um2.
        delay_ns: of the critical path, ns.
        gates: number of cells.
    """

    power_uw: float
    area_um2: float
    delay_ns: float
    gates: int


def circuit_cost(netlist: Netlist) -> CircuitCost:
    """Measure an 8x8-bit multiplier.

    Args:
        netlist: of this package's cells.

    Returns:
        Power under uniform operands, area, delay and number of cells.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    return CircuitCost(power_uw(netlist), area_um2(netlist), delay_ns(netlist), len(netlist.cells))


def area_um2(netlist: Netlist) -> float:
    """Sum up the areas of the cells."""
    cells = cells_45nm().cells
    return sum(cells[kind].area_um2 * count for kind, count in netlist.kinds().items())


def delay_ns(netlist: Netlist) -> float:
    """Return the longest path through the cells, from any input to any output bit."""
    cells = cells_45nm().cells
    arrival = [0.0] * netlist.net_count
    for cell, outputs in netlist.driven_cells():
        settled = max(arrival[net] for net in cell.inputs) + cells[cell.kind].delay_ns
        for net in outputs:
            arrival[net] = settled
    return max(arrival[net] for net in netlist.outputs)


def power_uw(netlist: Netlist, operands: OperandDistribution | None = None) -> float:
    """Return the dynamic power; see the formula and the scale above.

    Args:
        netlist: a multiplier.
        operands: how often codes occur; uniform by default.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    return float(power_by_net_uw(netlist, operands).sum())


def powers_uw(
    netlist: Netlist, operands: Sequence[OperandDistribution]
) -> npt.NDArray[np.float64]:
    """Return the dynamic power under each of some distributions, (n,); see `power_uw`."""
    glitches = np.stack([glitch_activity(netlist, each) for each in operands])
    transitions = settled_activities(netlist, operands) + glitches
    return cells_45nm().power_uw_per_fj * (transitions @ transition_energy_fj(netlist))


def power_by_net_uw(
    netlist: Netlist, operands: OperandDistribution | None = None
) -> npt.NDArray[np.float64]:
    """Return the dynamic power spent in and behind the driver of every net; see `power_uw`.

    Returns:
        Shape (netlist.net_count,).
    """
    transitions = settled_activity(netlist, operands) + glitch_activity(netlist, operands)
    return cells_45nm().power_uw_per_fj * transitions * transition_energy_fj(netlist)


def settled_activity(
    netlist: Netlist, operands: OperandDistribution | None = None
) -> npt.NDArray[np.float64]:
    """Return the changes of settled values per operation, by net: 2 p (1 - p).

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    if operands is not None and not operands.is_uniform:
        activity: npt.NDArray[np.float64] = settled_activities(netlist, [operands])[0]
        return activity
    check_multiplier(netlist)
    nets = simulate(netlist, operand_words())
    ones = np.bitwise_count(nets).sum(axis=1) / (64 * nets.shape[1])
    return 2 * ones * (1 - ones)


def settled_activities(
    netlist: Netlist, operands: Sequence[OperandDistribution]
) -> npt.NDArray[np.float64]:
    """Return the same under each of some distributions, shape (n, netlist.net_count).

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    check_multiplier(netlist)
    nets = simulate(netlist, operand_words())
    pairs = np.stack([each.pairs.ravel() for each in operands], axis=1)
    slices = range(0, len(nets), _NETS)
    ones = np.concatenate([_bits(nets[i : i + _NETS]) @ pairs for i in slices]).T
    return 2 * ones * (1 - ones)


def _bits(nets: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Unpack the values of nets for every operand pair, shape (nets, 65536)."""
    octets = nets.astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=1, bitorder="little").view(np.bool_)


def transition_energy_fj(netlist: Netlist) -> npt.NDArray[np.float64]:
    """Return the energy of one transition of every net: its driver and what it drives."""
    library = cells_45nm()
    load_ff = np.zeros(netlist.net_count)
    energy_fj = np.zeros(netlist.net_count)
    for cell, outputs in netlist.driven_cells():
        figures = library.cells[cell.kind]
        energy_fj[outputs] = figures.internal_fj
        for net in cell.inputs:
            load_ff[net] += figures.pin_ff + library.wire_ff_per_pin
    load_ff[: FIRST_INPUT + netlist.inputs] = 0  # charged by what drives the circuit
    return energy_fj + load_ff * library.supply_v**2 / 2
