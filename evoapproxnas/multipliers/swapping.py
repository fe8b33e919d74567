"""A circuit with its operands exchanged."""

from evoapproxnas.circuits import Cell, Netlist
from evoapproxnas.circuits.netlist import FIRST_INPUT


def swapped(netlist: Netlist) -> Netlist:
    """Return the multiplier whose A is the B of the given one, and the other way round."""
    renamed = {FIRST_INPUT + bit: FIRST_INPUT + (bit + 8) % 16 for bit in range(16)}
    cells = tuple(
        Cell(cell.kind, tuple(renamed.get(net, net) for net in cell.inputs))
        for cell in netlist.cells
    )
    return Netlist(cells, tuple(renamed.get(net, net) for net in netlist.outputs))
