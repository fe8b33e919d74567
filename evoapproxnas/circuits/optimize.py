"""Make a circuit smaller without changing its function.

Constants and equal inputs are propagated, cells that compute the same are merged (structural
hashing), and logic that no output needs is removed.
"""

from functools import cache
from itertools import product

import numpy as np

from evoapproxnas.circuits.gates import GATES, Words
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, Netlist


def simplify(netlist: Netlist) -> Netlist:
    """Propagate constants, merge equal cells and remove dead ones until nothing changes.

    Args:
        netlist: the circuit, which stays as it is.

    Returns:
        A circuit of the same function without them.
    """
    while (smaller := _without_dead_logic(_rebuilt(netlist))) != netlist:
        netlist = smaller
    return netlist


def _rebuilt(netlist: Netlist) -> Netlist:
    builder = _Builder(netlist.inputs)
    nets = list(range(FIRST_INPUT + netlist.inputs))
    for cell, _ in netlist.driven_cells():
        nets.extend(builder.add(cell.kind, tuple(nets[net] for net in cell.inputs)))
    outputs = tuple(nets[net] for net in netlist.outputs)
    return Netlist(tuple(builder.cells), outputs, netlist.inputs)


def _without_dead_logic(netlist: Netlist) -> Netlist:
    """Keep what the outputs need; a half adder of which one output is needed becomes a gate."""
    needed = set(netlist.outputs)
    for cell, driven in reversed(list(netlist.driven_cells())):
        if needed.intersection(driven):
            needed.update(cell.inputs)
    cells: list[Cell] = []
    renamed = {net: net for net in range(FIRST_INPUT + netlist.inputs)}
    next_net = len(renamed)
    for cell, driven in netlist.driven_cells():
        used = [net for net in driven if net in needed]
        if not used:
            continue
        kind, kept = cell.kind, list(driven)
        if kind == "half_adder" and len(used) == 1:
            kind, kept = ("xor2" if used[0] == driven[0] else "and2"), used
        cells.append(Cell(kind, tuple(renamed[net] for net in cell.inputs)))
        for net in kept:
            renamed[net] = next_net
            next_net += 1
    return Netlist(tuple(cells), tuple(renamed[net] for net in netlist.outputs), netlist.inputs)


class _Builder:
    """Collects cells, reusing what is there already."""

    def __init__(self, inputs: int) -> None:
        self.cells: list[Cell] = []
        self._net_count = FIRST_INPUT + inputs
        self._known: dict[Cell, tuple[int, ...]] = {}
        self._inverse: dict[int, int] = {0: 1, 1: 0}

    def add(self, kind: str, inputs: tuple[int, ...]) -> tuple[int, ...]:
        """Return the nets that carry the outputs of a cell, adding as few cells as needed."""
        variables = sorted({net for net in inputs if net >= FIRST_INPUT})
        if kind == "full_adder" and len(variables) == 2 and 0 in inputs:
            kind, inputs = "half_adder", tuple(variables)
        if len(variables) < GATES[kind].arity:
            truth = _truth(kind, inputs, variables)
            return tuple(self._from_truth(bits, variables) for bits in truth)
        if kind == "not":
            return (self._inverted(inputs[0]),)
        return self._shared(kind, inputs)

    def _shared(self, kind: str, inputs: tuple[int, ...]) -> tuple[int, ...]:
        cell = Cell(kind, tuple(sorted(inputs)) if GATES[kind].commutative else inputs)
        if cell not in self._known:
            first, self._net_count = self._net_count, self._net_count + GATES[kind].outputs
            self.cells.append(cell)
            self._known[cell] = tuple(range(first, self._net_count))
        return self._known[cell]

    def _inverted(self, net: int) -> int:
        if net not in self._inverse:
            inverse = self._shared("not", (net,))[0]
            self._inverse.update({net: inverse, inverse: net})
        return self._inverse[net]

    def _from_truth(self, bits: tuple[bool, ...], variables: list[int]) -> int:
        """Return a net with the given truth table over at most two variables.

        Entry i of the table belongs to the values of the variables that are the binary digits of
        i, the first variable being the most significant one.
        """
        if len(variables) == 0:
            return int(bits[0])
        if len(variables) == 1:
            if bits[0] == bits[1]:
                return int(bits[0])
            return variables[0] if bits[1] else self._inverted(variables[0])
        a, b = variables
        if bits[:2] == bits[2:]:
            return self._from_truth(bits[:2], [b])
        if bits[::2] == bits[1::2]:
            return self._from_truth(bits[::2], [a])
        kind, invert = _two_input_forms()[bits]
        return self._shared(kind, (self._inverted(a) if invert else a, b))[0]


def _truth(kind: str, inputs: tuple[int, ...], variables: list[int]) -> list[tuple[bool, ...]]:
    """Tabulate every output of a cell over the variables among its inputs."""
    values: dict[int, Words] = {0: _word(0), 1: _word(~np.uint64(0))}
    rows = list(product((0, 1), repeat=len(variables)))
    for position, net in enumerate(variables):
        values[net] = _word(sum(row[position] << index for index, row in enumerate(rows)))
    outputs = GATES[kind].evaluate(*(values[net] for net in inputs))
    return [tuple(bool(int(word[0]) >> i & 1) for i in range(len(rows))) for word in outputs]


def _word(value: int | np.uint64) -> Words:
    return np.array([value], np.uint64)


@cache
def _two_input_forms() -> dict[tuple[bool, ...], tuple[str, bool]]:
    """Map truth tables of two variables to a gate and whether its first input is inverted."""
    forms: dict[tuple[bool, ...], tuple[str, bool]] = {}
    kinds = [kind for kind, gate in GATES.items() if (gate.arity, gate.outputs) == (2, 1)]
    a, b = FIRST_INPUT, FIRST_INPUT + 1
    for invert, kind in product((False, True), kinds):
        bits = _truth(kind, (a, b), [a, b])[0]
        forms.setdefault(bits[2:] + bits[:2] if invert else bits, (kind, invert))
    return forms
