"""Sums modulo 2 in which terms come twice: what is left is added up anew."""

from evoapproxnas.circuits.mapping.circuit import Driven, MutableCircuit
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, Netlist

_MOST_TERMS = 24
"""A longer sum counts as one term."""


def with_cancelled_terms(netlist: Netlist) -> Netlist:
    """Rebuild XOR trees in which terms cancel, where that saves."""
    circuit = MutableCircuit(netlist)
    terms = [frozenset({net}) for net in range(FIRST_INPUT + netlist.inputs)]
    inverted = [False] * len(terms)
    for cell, driven in netlist.driven_cells():
        own, complement, cancels = _sum_of(cell, terms, inverted)
        for net in driven:
            is_sum = net == driven[0] and 0 < len(own) <= _MOST_TERMS
            terms.append(own if is_sum else frozenset({net}))
            inverted.append(complement and is_sum)
            if is_sum and cancels and len(own) > 1 and circuit.alive([net, *own]):
                circuit.exchange_best([_chain(circuit, sorted(own), complement, net)])
    return circuit.netlist()


def _sum_of(
    cell: Cell, terms: list[frozenset[int]], inverted: list[bool]
) -> tuple[frozenset[int], bool, bool]:
    """Return the terms whose sum a cell's first output is, its complement, and whether some went.

    There are no terms where it is no sum.
    """
    if cell.kind not in {"not", "xor2", "xnor2", "half_adder", "full_adder"}:
        return frozenset(), False, False
    own: frozenset[int] = frozenset()
    complement = cell.kind in {"not", "xnor2"}
    cancels = False
    for pin in cell.inputs:
        cancels |= bool(own & terms[pin])
        own ^= terms[pin]
        complement ^= inverted[pin]
    return own, complement, cancels


def _chain(circuit: MutableCircuit, terms: list[int], complement: bool, net: int) -> list[Driven]:
    cells: list[Driven] = []
    partial = terms[0]
    for term in terms[1:-1]:
        partial, added = circuit.gate("xor2", partial, term, below=net)
        cells += added
    kind = "xnor2" if complement else "xor2"
    return [*cells, (Cell(kind, (partial, terms[-1])), (net,))]
