"""Inverters that meet or cross other cells: push them towards the outputs."""

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, Netlist
from evoapproxnas.circuits.optimize import simplify

_DUALS = {"and2": "nor2", "nor2": "and2", "or2": "nand2", "nand2": "or2"}
"""What a gate is called that has the complements of its operands."""
_XORS = {"xor2", "xnor2"}


def with_few_inverters(netlist: Netlist) -> Netlist:
    """Push inverters through XORs and full adders, De Morgan's laws included.

    Both outputs of a full adder are complements if its three inputs are. Two complements among
    the inputs are thus exchanged for one, and often meet the next inverter.
    """
    cells: list[Cell] = []
    # Of every net of the circuit: a net here, and whether that is the complement.
    literals = [(net, False) for net in range(FIRST_INPUT + netlist.inputs)]
    count = len(literals)
    for cell, _ in netlist.driven_cells():
        pins = [literals[net] for net in cell.inputs]
        complements = sum(inverted for _, inverted in pins)
        if cell.kind == "not":
            literals.append((pins[0][0], not pins[0][1]))
            continue
        kind, flips = cell.kind, False
        if kind in _XORS:
            pins, flips = [(net, False) for net, _ in pins], complements == 1
        elif kind == "full_adder" and complements >= 2:
            pins, flips = [(net, not inverted) for net, inverted in pins], True
        elif kind in _DUALS and complements == 2:
            kind, pins = _DUALS[kind], [(net, False) for net, _ in pins]
        plain = []
        for net, inverted in pins:
            if inverted:
                cells.append(Cell("not", (net,)))
                net, count = count, count + 1
            plain.append(net)
        cells.append(Cell(kind, tuple(plain)))
        literals += [(count + output, flips) for output in range(GATES[kind].outputs)]
        count += GATES[kind].outputs
    outputs = []
    for net, inverted in (literals[output] for output in netlist.outputs):
        if inverted:
            cells.append(Cell("not", (net,)))
        outputs.append(count if inverted else net)
        count += inverted
    return simplify(Netlist(tuple(cells), tuple(outputs), netlist.inputs))
