"""Cells for any truth table: the way from BLIF covers to the kinds of cells this package knows."""

from collections.abc import Sequence
from functools import cache
from itertools import permutations, product

import numpy as np

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import NamedCell

Truth = tuple[bool, ...]
"""Values for all inputs; the first input is the most significant binary digit of the index."""

_PARITY: Truth = tuple(index.bit_count() % 2 == 1 for index in range(8))
_MAJORITY: Truth = tuple(index.bit_count() >= 2 for index in range(8))


def cells_for(truth: Truth, inputs: Sequence[str], output: str, where: str) -> list[NamedCell]:
    """Return cells that compute a truth table: one gate where it fits, else a Shannon tree.

    Args:
        truth: 2^len(inputs) values.
        inputs: names of the nets, the most significant binary digit first.
        output: name of the net to drive; inner nets are called after it.
        where: the place in a file, for error messages.
    """
    if all(truth) or not any(truth):
        return [NamedCell("alias", (str(int(truth[0])),), (output,), where)]
    if (gate := _one_gate().get(truth)) is not None:
        kind, order = gate
        return [NamedCell(kind, tuple(inputs[pin] for pin in order), (output,), where)]
    if truth in (_PARITY, _MAJORITY):
        return _adder_half(truth, sorted(inputs), output, where)
    half = len(truth) // 2
    low, high = truth[:half], truth[half:]
    if low == high:
        return cells_for(low, inputs[1:], output, where)
    low_net, high_net = f"{output}$0", f"{output}$1"
    cells = cells_for(low, inputs[1:], low_net, where)
    if high == tuple(not bit for bit in low):
        return [*cells, NamedCell("xor2", (inputs[0], low_net), (output,), where)]
    cells += cells_for(high, inputs[1:], high_net, where)
    return [*cells, NamedCell("mux2", (inputs[0], high_net, low_net), (output,), where)]


def _adder_half(truth: Truth, inputs: Sequence[str], output: str, where: str) -> list[NamedCell]:
    """Write sum or carry of a full adder in the form in which `extract_adders` finds it."""
    a, b, c = inputs
    half, first, second = f"{output}$h", f"{output}$0", f"{output}$1"
    cells = [NamedCell("xor2", (a, b), (half,), where)]
    if truth == _PARITY:
        return [*cells, NamedCell("xor2", (half, c), (output,), where)]
    return [
        *cells,
        NamedCell("and2", (a, b), (first,), where),
        NamedCell("and2", (half, c), (second,), where),
        NamedCell("or2", (first, second), (output,), where),
    ]


@cache
def _one_gate() -> dict[Truth, tuple[str, tuple[int, ...]]]:
    """Map truth tables of up to three inputs to a kind of cell and the input at every pin."""
    forms: dict[Truth, tuple[str, tuple[int, ...]]] = {(False, True): ("alias", (0,))}
    for kind, gate in GATES.items():
        if gate.outputs != 1:
            continue
        rows = np.array(list(product((0, 1), repeat=gate.arity)), np.uint64)
        for order in permutations(range(gate.arity)):
            (value,) = gate.evaluate(*(rows[:, pin] for pin in order))
            forms.setdefault(tuple(bool(int(bit) & 1) for bit in value), (kind, order))
    return forms
