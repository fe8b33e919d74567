"""A multiplier while it is being built: cells are added one by one, nets are numbers."""

from collections.abc import Sequence

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, Netlist
from evoapproxnas.circuits.optimize import simplify

OPERAND_A = tuple(range(FIRST_INPUT, FIRST_INPUT + 8))
"""Nets of the bits of A, the activation, least significant first."""
OPERAND_B = tuple(range(FIRST_INPUT + 8, FIRST_INPUT + 16))
"""Nets of the bits of B, the weight, least significant first."""
PRODUCT_BITS = 16


class Draft:
    """Collects the cells of an 8x8-bit multiplier; net 0 is constant 0, net 1 constant 1."""

    def __init__(self) -> None:
        """Begin without cells."""
        self._cells: list[Cell] = []
        self._arrival_ns = [0.0] * (FIRST_INPUT + 16)

    def add(self, kind: str, *pins: int) -> int:
        """Add a cell, and return the net of its first output; an adder's carry comes next."""
        cell = cells_45nm().cells[kind]
        settled_ns = max(self._arrival_ns[net] for net in pins) + cell.delay_ns
        net = len(self._arrival_ns)
        self._cells.append(Cell(kind, pins))
        self._arrival_ns += [settled_ns] * GATES[kind].outputs
        return net

    def any_of(self, nets: Sequence[int]) -> int:
        """Return the OR of any number of nets, as a balanced tree."""
        level = list(nets)
        while len(level) > 1:
            pairs = [self.add("or2", *level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
            level = pairs + level[2 * len(pairs) :]
        return level[0] if level else 0

    def select(self, choices: Sequence[tuple[int, int]]) -> int:
        """Return the value of the (condition, value) whose condition is 1, else 0."""
        return self.any_of([self.add("and2", condition, value) for condition, value in choices])

    def embed(self, netlist: Netlist, inputs: Sequence[int]) -> list[int]:
        """Add all cells of another circuit, fed by the nets `inputs`; return its outputs."""
        nets = [0, 1, *inputs]
        for cell, driven in netlist.driven_cells():
            net = self.add(cell.kind, *[nets[pin] for pin in cell.inputs])
            nets.extend(range(net, net + len(driven)))
        return [nets[output] for output in netlist.outputs]

    def arrival_ns(self, net: int) -> float:
        """Return when a net settles after the operands changed."""
        return self._arrival_ns[net]

    def finish(self, product: Sequence[int], *, fill: int = 0) -> Netlist:
        """Return the simplified circuit.

        Args:
            product: nets of the product, least significant bit first; more than 16 are cut off.
            fill: net of the bits that are missing from 16.

        Raises:
            NetlistError: if a cell was added with the wrong number of pins.
        """
        missing = PRODUCT_BITS - len(product)
        outputs = (*product[:PRODUCT_BITS], *[fill] * missing)
        return simplify(Netlist(tuple(self._cells), outputs))
