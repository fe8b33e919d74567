"""Nets that have the same value for all operands become one."""

import numpy as np

from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, Netlist
from evoapproxnas.circuits.optimize import simplify
from evoapproxnas.circuits.simulate import operand_words, simulate


def swept(netlist: Netlist) -> Netlist:
    """Merge nets of equal function, replace complements of others by inverters, and simplify.

    Args:
        netlist: of at most 16 inputs, all values of which are simulated.
    """
    values = simulate(netlist, operand_words()[: netlist.inputs])
    inverted = (values[:, 0] & np.uint64(1)).astype(bool)
    values[inverted] = ~values[inverted]
    known: dict[bytes, int] = {}
    nets = list(range(FIRST_INPUT + netlist.inputs))
    for net in nets[:1] + nets[FIRST_INPUT:]:
        known.setdefault(values[net].tobytes(), net)
    polarity: dict[int, bool] = {net: bool(inverted[net]) for net in nets}
    cells: list[Cell] = []
    count = len(nets)
    for cell, driven in netlist.driven_cells():
        cells.append(Cell(cell.kind, tuple(nets[net] for net in cell.inputs)))
        first, count = count, count + len(driven)
        for net, new in zip(driven, range(first, count), strict=True):
            polarity[new] = bool(inverted[net])
            same = known.setdefault(values[net].tobytes(), new)
            if polarity[same] != polarity[new]:
                cells.append(Cell("not", (same,)))
                same, count = count, count + 1
            nets.append(same)
    outputs = tuple(nets[net] for net in netlist.outputs)
    return simplify(Netlist(tuple(cells), outputs, netlist.inputs))
