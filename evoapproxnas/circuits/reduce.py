"""Cheaper multipliers by leaving out inputs, partial products or carries of any multiplier.

They work on every circuit whose partial products are gates over one bit of A and one bit of B:
array and tree multipliers, unsigned and signed (Baugh-Wooley) alike.
"""

from collections.abc import Mapping

from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, NamedCell, Netlist, assemble
from evoapproxnas.circuits.optimize import simplify

_A = range(FIRST_INPUT, FIRST_INPUT + 8)
_B = range(FIRST_INPUT + 8, FIRST_INPUT + 16)


def without_low_bits(netlist: Netlist, *, a: int = 0, b: int = 0) -> Netlist:
    """Take the lowest `a` bits of A and `b` bits of B to be 0: a multiplier of fewer bits.

    Args:
        netlist: an 8x8-bit multiplier.
        a: bits of the activation that are taken to be 0.
        b: bits of the weight that are taken to be 0.

    Returns:
        The circuit of fewer cells.
    """
    return _with_constants(netlist, dict.fromkeys([*_A[:a], *_B[:b]], 0))


def without_partial_products(netlist: Netlist, *, rows: int = 0, columns: int = 0) -> Netlist:
    """Take every partial product A[i] B[j] with j < rows or i + j < columns to be 0.

    Inverted partial products, those with one sign bit of a Baugh-Wooley multiplier, become 1,
    which keeps the sign right.

    Args:
        netlist: an exact array multiplier.
        rows: bits of B whose partial products are left out, from the lowest.
        columns: of the product, likewise.

    Returns:
        The circuit of fewer cells.
    """
    constants = {}
    for cell, nets in netlist.driven_cells():
        if (bits := _partial_product(cell)) and (bits[1] < rows or sum(bits) < columns):
            constants[nets[0]] = int(cell.kind == "nand2")
    return _with_constants(netlist, constants)


def with_or_columns(netlist: Netlist, *, columns: int) -> Netlist:
    """Add up the lowest columns with OR gates, and without carries, instead of adders.

    Small operands, of which at most one partial product per column is 1, are still multiplied
    exactly; the idea is that of the lower-part-OR adder (Mahdiani et al., "Bio-Inspired
    Imprecise Computational Blocks", IEEE TCAS I, 2010).

    Args:
        netlist: an exact array multiplier.
        columns: how many, from the lowest.

    Returns:
        The circuit of fewer cells.
    """
    column: dict[int, int] = {}
    cells = []
    for cell, nets in netlist.driven_cells():
        if bits := _partial_product(cell):
            column[nets[0]] = sum(bits)
        elif all(net in column for net in cell.inputs):
            lowest = max(column[net] for net in cell.inputs)
            column.update({net: lowest + carry for carry, net in enumerate(nets)})
        pins, outputs = tuple(map(str, cell.inputs)), tuple(map(str, nets))
        if len(outputs) == 2 and column.get(nets[0], columns) < columns:
            cells += _ored(pins, sum_net=outputs[0], carry=outputs[1])
        else:
            cells.append(NamedCell(cell.kind, pins, outputs))
    inputs = [str(net) for net in (*_A, *_B)]
    return simplify(assemble(cells, inputs=inputs, outputs=[str(net) for net in netlist.outputs]))


def _partial_product(cell: Cell) -> tuple[int, int] | None:
    """Return (i, j) if a cell computes the partial product of A[i] and B[j]."""
    if cell.kind not in {"and2", "nand2"}:
        return None
    low, high = sorted(cell.inputs)
    return (low - _A.start, high - _B.start) if low in _A and high in _B else None


def _ored(pins: tuple[str, ...], *, sum_net: str, carry: str) -> list[NamedCell]:
    """Replace an adder by ORs of its inputs; the carry is 0."""
    chain = [NamedCell("alias", ("0",), (carry,))]
    partial = pins[0]
    for index, pin in enumerate(pins[1:-1]):
        chain.append(NamedCell("or2", (partial, pin), (f"{sum_net}_{index}",)))
        partial = f"{sum_net}_{index}"
    return [*chain, NamedCell("or2", (partial, pins[-1]), (sum_net,))]


def _with_constants(netlist: Netlist, constants: Mapping[int, int]) -> Netlist:
    """Replace nets by the constant 0 or 1 and simplify what is left."""
    cells = tuple(
        Cell(cell.kind, tuple(constants.get(net, net) for net in cell.inputs))
        for cell in netlist.cells
    )
    outputs = tuple(constants.get(net, net) for net in netlist.outputs)
    return simplify(Netlist(cells, outputs, netlist.inputs))
