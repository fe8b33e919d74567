"""Cells for any truth table: the way from BLIF covers to the kinds of cells this package knows.

A truth table of k inputs is an integer of 2^k bits. Bit i is the value for the inputs that are the
binary digits of i, the first input being the most significant digit. Whole tables are then
compared, halved and joined in a few machine instructions for every 64 entries.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import permutations, product

import numpy as np

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import NamedCell

_PARITY = 0b10010110
_MAJORITY = 0b11101000


def truth_of(cubes: Iterable[str]) -> int:
    """Return the truth table of a cover: 1 where any of its cubes, such as "1-0", matches."""
    table = 0
    for cube in cubes:
        ones, size = 1, 1
        for literal in reversed(cube):
            ones = ones | ones << size if literal == "-" else ones << size * int(literal)
            size *= 2
        table |= ones
    return table


def cells_for(truth: int, inputs: Sequence[str], output: str, where: str) -> list[NamedCell]:
    """Return cells that compute a truth table.

    One gate where it fits, else a binary decision diagram: equal parts of the table are made once.

    Args:
        truth: 2^len(inputs) values.
        inputs: names of the nets, the most significant binary digit first.
        output: name of the net to drive; inner nets are called after it, with a blank between,
            so that they are no net of a file.
        where: the place in a file, for error messages.
    """
    maker = _Maker(tuple(inputs), output, where)
    maker.drive(truth, 0, output)
    return maker.cells


class _Maker:
    """Collects the cells of one truth table."""

    def __init__(self, inputs: tuple[str, ...], output: str, where: str) -> None:
        self.cells: list[NamedCell] = []
        self._inputs = inputs
        self._output = output
        self._where = where
        self._known: dict[tuple[int, int], str] = {}
        self._nets = 0

    def drive(self, truth: int, first: int, output: str) -> None:
        """Add cells that drive `output` with a table of the inputs from `first` on."""
        inputs = self._inputs[first:]
        entries = 2 ** len(inputs)
        everything = (1 << entries) - 1
        if truth in (0, everything):
            self._add("alias", (str(min(truth, 1)),), output)
        elif (gate := _one_gate().get((len(inputs), truth))) is not None:
            kind, order = gate
            self._add(kind, tuple(inputs[pin] for pin in order), output)
        elif len(inputs) == 3 and truth in (_PARITY, _MAJORITY):
            self._adder_half(truth, sorted(inputs), output)
        else:
            self._branch(truth, first, output)

    def _branch(self, truth: int, first: int, output: str) -> None:
        """Choose between both halves of the table, by the first input."""
        half = 2 ** (len(self._inputs) - first - 1)
        ones = (1 << half) - 1
        low, high = truth & ones, truth >> half
        if low == high:
            self.drive(low, first + 1, output)
            return
        low_net = self._net(low, first + 1)
        if high == low ^ ones:
            self._add("xor2", (self._inputs[first], low_net), output)
            return
        self._add("mux2", (self._inputs[first], self._net(high, first + 1), low_net), output)

    def _net(self, truth: int, first: int) -> str:
        """Return a net that carries a table of the inputs from `first` on."""
        if (truth, first) not in self._known:
            net = self._known[truth, first] = self._inner()
            self.drive(truth, first, net)
        return self._known[truth, first]

    def _adder_half(self, truth: int, inputs: Sequence[str], output: str) -> None:
        """Write sum or carry of a full adder in the form in which `extract_adders` finds it."""
        a, b, c = inputs
        half, first, second = self._inner(), self._inner(), self._inner()
        self._add("xor2", (a, b), half)
        if truth == _PARITY:
            self._add("xor2", (half, c), output)
            return
        self._add("and2", (a, b), first)
        self._add("and2", (half, c), second)
        self._add("or2", (first, second), output)

    def _add(self, kind: str, inputs: tuple[str, ...], output: str) -> None:
        self.cells.append(NamedCell(kind, inputs, (output,), self._where))

    def _inner(self) -> str:
        self._nets += 1
        return f"{self._output} {self._nets}"


@cache
def _one_gate() -> dict[tuple[int, int], tuple[str, tuple[int, ...]]]:
    """Map (inputs, truth table) to a kind of cell and the input at every pin."""
    forms: dict[tuple[int, int], tuple[str, tuple[int, ...]]] = {(1, 0b10): ("alias", (0,))}
    for kind, gate in GATES.items():
        if gate.outputs != 1:
            continue
        rows = np.array(list(product((0, 1), repeat=gate.arity)), np.uint64)
        for order in permutations(range(gate.arity)):
            (value,) = gate.evaluate(*(rows[:, pin] for pin in order))
            truth = sum((int(bit) & 1) << index for index, bit in enumerate(value))
            forms.setdefault((gate.arity, truth), (kind, order))
    return forms
