"""A combinational circuit: cells in topological order, nets as integers.

Net 0 is constant 0, net 1 is constant 1, then come the inputs, then the outputs of the cells in
their order. A cell may read only nets with smaller numbers, so there are no loops, no undriven
and no multiply driven nets by construction. This is the plain form a CGP genotype has as well.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.errors import NetlistError, did_you_mean

FIRST_INPUT = 2
"""Number of the first input net; smaller ones are the constants 0 and 1."""


_SHOWN = 12
"""Nets of a loop that a message lists."""


class Cell(NamedTuple):
    """One cell: its kind, a key of `GATES`, and the nets at its input pins.

    Attributes:
        kind: a key of `GATES`.
        inputs: the nets at its input pins.
    """

    kind: str
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Netlist:
    """A circuit; a multiplier has 16 inputs, A[0..7] then B[0..7], and 16 outputs, O[0..15].

    Attributes:
        cells: in topological order.
        outputs: the net of every output bit, least significant first.
        inputs: number of input bits.

    Raises:
        NetlistError: if a cell is of an unknown kind, has the wrong number of pins or reads a
            net that is not driven before it.
    """

    cells: tuple[Cell, ...]
    outputs: tuple[int, ...]
    inputs: int = 16

    def __post_init__(self) -> None:
        """Check every cell and output."""
        driven = FIRST_INPUT + self.inputs
        for index, (kind, nets) in enumerate(self.cells):
            _check_cell(f"cell {index}", kind, len(nets))
            if any(not 0 <= net < driven for net in nets):
                raise NetlistError(
                    f"cell {index} ({kind}) reads nets {nets}, but only 0..{driven - 1} are "
                    "driven before it; list the cells in topological order"
                )
            driven += GATES[kind].outputs
        if any(not 0 <= net < driven for net in self.outputs):
            raise NetlistError(f"outputs {self.outputs} must be nets 0..{driven - 1}")

    @property
    def net_count(self) -> int:
        """Number of nets, the two constants included."""
        return FIRST_INPUT + self.inputs + sum(GATES[cell.kind].outputs for cell in self.cells)

    def driven_cells(self) -> Iterator[tuple[Cell, range]]:
        """Yield every cell with the nets it drives."""
        net = FIRST_INPUT + self.inputs
        for cell in self.cells:
            count = GATES[cell.kind].outputs
            yield cell, range(net, net + count)
            net += count

    def fanout(self) -> Counter[int]:
        """Count the input pins that every net drives; circuit outputs count one each."""
        pins = Counter(net for cell in self.cells for net in cell.inputs)
        pins.update(self.outputs)
        return pins

    def kinds(self) -> Counter[str]:
        """Count the cells of every kind."""
        return Counter(cell.kind for cell in self.cells)


class NamedCell(NamedTuple):
    """A cell of a circuit whose nets have names and whose order is free.

    The kind "alias" stands for a second name of a net; `where` is put into error messages.

    Attributes:
        kind: a key of `GATES`, or "alias".
        inputs: names of the nets at its input pins.
        outputs: names of the nets that it drives.
        where: place in a file, for messages.
    """

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    where: str = "netlist"


def assemble(
    cells: Sequence[NamedCell],
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    where: str = "netlist",
) -> Netlist:
    """Sort named cells topologically; cells that are sorted already keep their order.

    Args:
        cells: in any order.
        inputs: names of the input bits; "0" and "1" are the constants.
        outputs: names of the nets at the output bits.
        where: names the whole circuit in error messages.

    Returns:
        The circuit, its nets numbered.

    Raises:
        NetlistError: naming the net, and the place `where` it is, if a net is driven twice or
            not at all, if cells form a loop, or if a cell is not well formed.
    """
    drivers = _drivers(cells, inputs)
    numbers = {name: number for number, name in enumerate(("0", "1", *inputs))}
    sorted_cells: list[Cell] = []
    next_net = len(numbers)
    for cell in _topological(cells, drivers, numbers):
        nets = tuple(numbers[name] for name in cell.inputs)
        if cell.kind == "alias":
            numbers[cell.outputs[0]] = nets[0]
            continue
        sorted_cells.append(Cell(cell.kind, nets))
        for name in cell.outputs:
            numbers[name] = next_net
            next_net += 1
    undriven = [name for name in outputs if name not in numbers]
    if undriven:
        raise NetlistError(
            f"{where}: output {undriven[0]:.80} is not driven; give it a driver or a constant"
        )
    return Netlist(tuple(sorted_cells), tuple(numbers[name] for name in outputs), len(inputs))


def _check_cell(where: str, kind: str, pins: int) -> None:
    if kind not in GATES:
        raise NetlistError(f"{where}: unknown cell {kind!r}; {did_you_mean(kind, GATES)}")
    if pins != GATES[kind].arity:
        raise NetlistError(f"{where}: a {kind} has {GATES[kind].arity} inputs, got {pins}")


def _drivers(cells: Sequence[NamedCell], inputs: Sequence[str]) -> dict[str, NamedCell]:
    """Map every driven net to its cell, after checking the cells."""
    drivers: dict[str, NamedCell] = {}
    given = {"0", "1", *inputs}
    for cell in cells:
        if cell.kind != "alias":
            _check_cell(cell.where, cell.kind, len(cell.inputs))
        for name in cell.outputs:
            if name in drivers or name in given:
                first = drivers[name].where if name in drivers else "the circuit's inputs"
                raise NetlistError(f"{cell.where}: net {name:.80} is already driven by {first}")
            drivers[name] = cell
    return drivers


def _topological(
    cells: Sequence[NamedCell], drivers: dict[str, NamedCell], known: dict[str, int]
) -> Iterator[NamedCell]:
    """Yield the cells, each after those it reads: depth-first, without recursion."""
    done = set(known)
    open_nets: dict[str, None] = {}
    for root in cells:
        stack = [root]
        while stack:
            cell = stack[-1]
            if cell.outputs[0] in done:
                stack.pop()
                continue
            missing = [name for name in cell.inputs if name not in done]
            if not missing:
                stack.pop()
                open_nets.pop(cell.outputs[0], None)
                done.update(cell.outputs)
                yield cell
                continue
            if missing[0] not in drivers:
                raise NetlistError(f"{cell.where}: net {missing[0]:.80} is not driven")
            open_nets[cell.outputs[0]] = None
            driver = drivers[missing[0]]
            if driver.outputs[0] in open_nets:
                path = list(open_nets)
                path = [*path[path.index(driver.outputs[0]) :], driver.outputs[0]]
                loop = " -> ".join(reversed(path if len(path) <= _SHOWN else path[-_SHOWN:]))
                raise NetlistError(f"{cell.where}: combinational loop through {loop}")
            stack.append(driver)
