"""A circuit whose cells are exchanged one by one, and what each exchange saves."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.gates import GATES, Words
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, NamedCell, Netlist, assemble
from evoapproxnas.circuits.optimize import simplify
from evoapproxnas.circuits.simulate import operand_words, simulate

Driven = tuple[Cell, tuple[int, ...]]
"""A cell and the nets at its outputs."""

_LEAST_FJ = 1e-6


class MutableCircuit:
    """Every net keeps its number and its function; what drives it may change.

    New cells may read nets of smaller numbers than those they drive, and nets that `gate` returned
    for them: so no loop can close.
    """

    def __init__(self, netlist: Netlist) -> None:
        """Take over a circuit of at most 16 inputs."""
        self._inputs, self._outputs = netlist.inputs, netlist.outputs
        self._first = FIRST_INPUT + netlist.inputs
        self._words = list(simulate(netlist, operand_words()[: netlist.inputs]))
        self._activity = [_activity(words) for words in self._words]
        self._driver: dict[int, Driven] = {
            net: (cell, tuple(nets)) for cell, nets in netlist.driven_cells() for net in nets
        }
        self._numbers = {
            _key(words)[0]: net for net, words in reversed(list(enumerate(self._words)))
        }
        self._gates = {cell: nets[0] for cell, nets in self._driver.values() if len(nets) == 1}
        self._readers = netlist.fanout()

    def alive(self, nets: Collection[int]) -> bool:
        """Tell whether each of some nets is an input, a constant, or driven and read."""
        return all(
            net < self._first or (net in self._driver and self._readers[net] > 0) for net in nets
        )

    def is_inverter(self, net: int) -> bool:
        """Tell whether an inverter drives a net."""
        return net in self._driver and self._driver[net][0].kind == "not"

    def words(self, net: int, *, inverted: bool = False) -> Words:
        """Return the values of a net, or of its complement."""
        return ~self._words[net] if inverted else self._words[net]

    def find(self, words: Words) -> tuple[int, bool] | None:
        """Return the first net with these values or their complement, and whether it is that."""
        key, complement = _key(words)
        net = self._numbers.get(key)
        return None if net is None else (net, complement != _key(self._words[net])[1])

    def inverted(self, net: int) -> tuple[int, list[Driven]]:
        """Return the complement of a net: what it is the complement of, or a new inverter."""
        if self.is_inverter(net):
            return self._driver[net][0].inputs[0], []
        return self.gate("not", net, below=net)

    def gate(self, kind: str, *pins: int, below: int) -> tuple[int, list[Driven]]:
        """Return a net with this gate of one output, and the cell it takes.

        One that is there already is taken if its number is smaller than `below`.
        """
        cell = Cell(kind, tuple(sorted(pins)))
        known = self._gates.get(cell, below)
        if known < below and self.alive([known]) and self._driver[known][0] == cell:
            return known, []
        (words,) = GATES[kind].evaluate(*(self._words[pin] for pin in pins))
        net = self._new(words)
        return net, [(cell, (net,))]

    def copy(self, net: int, *, inverted: bool = False) -> int:
        """Return a new net of the same function, or of its complement, that nothing drives."""
        return self._new(self.words(net, inverted=inverted))

    def exchange_best(self, choices: Iterable[Sequence[Driven]]) -> None:
        """Let cells drive nets in place of what drives them: those that save most, if any do."""
        saving = [(self._saved_fj(cells), cells) for cells in choices]
        saved_fj, cells = max(saving, key=lambda choice: choice[0], default=(0.0, ()))
        if saved_fj > _LEAST_FJ:
            self._exchange(cells)

    def _saved_fj(self, cells: Sequence[Driven]) -> float:
        dead, _ = self._replaced(cells)
        return sum(map(self._energy_fj, dead)) - sum(map(self._energy_fj, cells))

    def _exchange(self, cells: Sequence[Driven]) -> None:
        dead, change = self._replaced(cells)
        for net in {net for _, nets in dead for net in nets}:
            del self._driver[net]
        for net in {net for _, nets in cells for net in nets} & self._driver.keys():
            self._detach(net)
        for cell, nets in cells:
            self._driver.update(dict.fromkeys(nets, (cell, nets)))
        self._readers.update(change)

    def netlist(self) -> Netlist:
        """Return the circuit as it is now, simplified."""
        cells = [
            NamedCell(cell.kind, tuple(map(str, cell.inputs)), tuple(map(str, nets)))
            for cell, nets in sorted(set(self._driver.values()), key=lambda driven: driven[1])
        ]
        inputs = [str(net) for net in range(FIRST_INPUT, self._first)]
        return simplify(assemble(cells, inputs=inputs, outputs=list(map(str, self._outputs))))

    def _replaced(self, cells: Sequence[Driven]) -> tuple[set[Driven], Counter[int]]:
        """Return the cells that are of no more use beside these, and how readers change by net."""
        driven = {net for _, nets in cells for net in nets}
        change = Counter(pin for cell, _ in cells for pin in cell.inputs)
        dead: set[Driven] = set()
        waiting = [self._driver[net] for net in driven if net in self._driver]
        while waiting:
            candidate = waiting.pop()
            cell, nets = candidate
            if candidate in dead or any(
                net not in driven and self._readers[net] + change[net] > 0 for net in nets
            ):
                continue
            dead.add(candidate)
            for pin in cell.inputs:
                change[pin] -= 1
                if pin in self._driver:
                    waiting.append(self._driver[pin])
        return dead, change

    def _detach(self, net: int) -> None:
        """Give an output of a cell that stays another number, under which nothing reads it."""
        cell, nets = self._driver.pop(net)
        renamed = tuple(self.copy(net) if each == net else each for each in nets)
        self._driver.update(dict.fromkeys(renamed, (cell, renamed)))

    def _new(self, words: Words) -> int:
        self._words.append(words)
        self._activity.append(_activity(words))
        return len(self._words) - 1

    def _energy_fj(self, driven: Driven) -> float:
        """Return what a cell and the charge of its pins cost per operation, without glitches."""
        (kind, pins), nets = driven
        library = cells_45nm()
        figures = library.cells[kind]
        pin_fj = (figures.pin_ff + library.wire_ff_per_pin) * library.supply_v**2 / 2
        moved = sum(self._activity[pin] for pin in pins if pin >= self._first)
        return figures.internal_fj * sum(self._activity[net] for net in nets) + pin_fj * moved


def _activity(words: Words) -> float:
    ones = int(np.bitwise_count(words).sum()) / (64 * len(words))
    return 2 * ones * (1 - ones)


def _key(words: Words) -> tuple[bytes, bool]:
    """Return values with the first one 0, and whether they had to be inverted for that."""
    inverted = bool(words[0] & np.uint64(1))
    return (~words if inverted else words).tobytes(), inverted
