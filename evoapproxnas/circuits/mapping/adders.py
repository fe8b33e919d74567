"""Half and full adders, found by what nets compute: whatever gates they are made of."""

from collections.abc import Iterator
from functools import cache
from itertools import product

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.mapping.circuit import Driven, MutableCircuit
from evoapproxnas.circuits.mapping.cuts import VARIABLES, cuts_of
from evoapproxnas.circuits.netlist import Cell, Netlist

_FULL = 0xFF
_KINDS = {2: "half_adder", 3: "full_adder"}


def with_adders(netlist: Netlist) -> Netlist:
    """Let an adder drive each two nets that are sum and carry of the same nets, where it saves.

    Operands and results may be complements. One of the two is found by its cuts, the other one by
    its values: a carry out of a product that never overflows has seldom the form of one. Full
    adders come first.
    """
    circuit = MutableCircuit(netlist)
    operands = {
        cut.leaves
        for net, cuts in enumerate(cuts_of(netlist))
        for cut in cuts
        if net not in cut.leaves and cut.truth in _halves(len(cut.leaves))
    }
    for leaves in sorted(operands, key=lambda leaves: (-len(leaves), leaves[::-1])):
        if not any(circuit.is_inverter(leaf) for leaf in leaves):
            circuit.exchange_best(_adders(circuit, leaves))
    return circuit.netlist()


def _adders(circuit: MutableCircuit, leaves: tuple[int, ...]) -> Iterator[list[Driven]]:
    """Yield adders of some nets with the inverters they take."""
    kind = _KINDS[len(leaves)]
    for inversions in product((False, True), repeat=len(leaves)):
        results = GATES[kind].evaluate(
            *(circuit.words(net, inverted=i) for net, i in zip(leaves, inversions, strict=True))
        )
        total, carry = (circuit.find(words) for words in results)
        if total is None or carry is None or max(leaves) >= min(total[0], carry[0]):
            continue
        if not circuit.alive([total[0], carry[0], *leaves]):
            continue
        cells: list[Driven] = []
        pins = []
        for leaf, inverts in zip(leaves, inversions, strict=True):
            pin, needed = circuit.inverted(leaf) if inverts else (leaf, [])
            pins.append(pin)
            cells += needed
        nets = []
        for net, inverts in (total, carry):
            nets.append(circuit.copy(net, inverted=True) if inverts else net)
            if inverts:
                cells.append((Cell("not", (nets[-1],)), (net,)))
        yield [*cells, (Cell(kind, tuple(pins)), tuple(nets))]


@cache
def _halves(operands: int) -> frozenset[int]:
    """Return the truth tables that are sum or carry of two or three operands or complements."""
    if operands not in _KINDS:
        return frozenset()
    tables = (
        GATES[_KINDS[operands]].evaluate(
            *(table ^ _FULL * inverts for table, inverts in zip(VARIABLES, each, strict=False))
        )
        for each in product((False, True), repeat=operands)
    )
    found = {int(table) & _FULL for pair in tables for table in pair}
    return frozenset(found | {table ^ _FULL for table in found})
