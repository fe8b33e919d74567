"""Netlists as genotypes of the CGP core and back.

One row of gates of one to three inputs, full levels-back. The inputs of the grid are the constants
0 and 1 and the operand bits. A full adder is two nodes, its sum and its carry, which read the same
three addresses; where one of the two is missing the other is made of plain gates.
"""

from collections.abc import Sequence

from evoapproxnas.cgp import Function, Genotype, Grid, phenotype
from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, Netlist
from evoapproxnas.circuits.optimize import simplify

FUNCTIONS = ("not", "and2", "or2", "xor2", "nand2", "nor2", "xnor2", "sum3", "carry3")
"""Functions of nodes, in the order of their genes: kinds of cells, and the halves of an adder."""

SUM, CARRY = FUNCTIONS.index("sum3"), FUNCTIONS.index("carry3")

_Gates = tuple[tuple[tuple[str, int, int], ...], tuple[int, ...]]
_EXPANSIONS: dict[str, _Gates] = {
    "nand3": ((("and2", 0, 1), ("nand2", 3, 2)), (4,)),
    "nor3": ((("or2", 0, 1), ("nor2", 3, 2)), (4,)),
    "aoi21": ((("and2", 0, 1), ("nor2", 3, 2)), (4,)),
    "oai21": ((("or2", 0, 1), ("nand2", 3, 2)), (4,)),
    "mux2": ((("xor2", 1, 2), ("and2", 3, 0), ("xor2", 4, 2)), (5,)),
    "half_adder": ((("xor2", 0, 1), ("and2", 0, 1)), (2, 3)),
    "sum3": ((("xor2", 0, 1), ("xor2", 3, 2)), (4,)),
    "carry3": ((("and2", 0, 1), ("or2", 0, 1), ("and2", 4, 2), ("or2", 3, 5)), (6,)),
}
"""Gates of two inputs that make up a cell, and its outputs; pins come first, then the gates."""


def gate_grid(columns: int, *, inputs: int = 16, outputs: int = 16) -> Grid:
    """Return the grid of circuits of at most `columns` gates."""
    arities = {"not": 1, "sum3": 3, "carry3": 3}
    functions = tuple(Function(kind, arities.get(kind, 2)) for kind in FUNCTIONS)
    return Grid(1, columns, columns, FIRST_INPUT + inputs, outputs, functions)


def to_genotype(netlist: Netlist, columns: int | None = None) -> Genotype:
    """Write a circuit of at least one cell in nodes of the grid.

    Args:
        netlist: the circuit.
        columns: of the grid, at least `node_count`; nodes to spare are spread among the others
            and repeat what stands before them. None is without any.
    """
    needed = node_count(netlist)
    columns = needed if columns is None else columns
    genes: list[int] = []
    nets = list(range(FIRST_INPUT + netlist.inputs))
    first, placed = len(nets), 0
    for cell, _ in netlist.driven_cells():
        pins = [nets[net] for net in cell.inputs]
        gates, outputs = _nodes_of(cell.kind, len(pins))
        for kind, *operands in gates:
            sources = [pins[operand] for operand in operands]
            pins.append(first + len(genes) // 4)
            genes += [FUNCTIONS.index(kind), *sources, *[sources[-1]] * (3 - len(sources))]
            placed += 1
            genes += genes[-4:] * (placed * columns // needed - len(genes) // 4)
        nets += [pins[output] for output in outputs]
    grid = gate_grid(columns, inputs=netlist.inputs, outputs=len(netlist.outputs))
    return Genotype.from_list(grid, [*genes, *(nets[net] for net in netlist.outputs)])


def node_count(netlist: Netlist) -> int:
    """Return the number of nodes that a circuit takes."""
    return sum(len(_nodes_of(cell.kind, len(cell.inputs))[0]) for cell in netlist.cells)


def _nodes_of(
    kind: str, arity: int
) -> tuple[Sequence[tuple[str, *tuple[int, ...]]], tuple[int, ...]]:
    """Return the nodes that make up a cell, and its outputs, numbered as in `_EXPANSIONS`."""
    if kind == "full_adder":
        return (("sum3", 0, 1, 2), ("carry3", 0, 1, 2)), (3, 4)
    if kind in FUNCTIONS:
        return ((kind, *range(arity)),), (arity,)
    return _EXPANSIONS[kind]


def from_genotype(genotype: Genotype) -> Netlist:
    """Read the active gates of a genotype; simplify, and map to half and full adders."""
    expressed = phenotype(genotype)
    nodes = [(FUNCTIONS[node.function], tuple(sorted(node.inputs))) for node in expressed.nodes]
    known = set(nodes)
    cells: list[Cell] = []
    nets = list(range(genotype.grid.inputs))
    count = len(nets)
    adders: dict[tuple[int, ...], int] = {}
    for kind, sources in nodes:
        pins = tuple(nets[source] for source in sources)
        if {("sum3", sources), ("carry3", sources)} <= known:
            if sources not in adders:
                adders[sources] = count
                cells.append(Cell("full_adder", pins))
                count += 2
            nets.append(adders[sources] + (kind == "carry3"))
            continue
        if kind in _EXPANSIONS:
            gates, outputs = _EXPANSIONS[kind]
            inner = list(pins)
            for gate, first, second in gates:
                cells.append(Cell(gate, (inner[first], inner[second])))
                inner.append(count)
                count += 1
            nets.append(inner[outputs[0]])
            continue
        cells.append(Cell(kind, pins))
        nets.append(count)
        count += 1
    outputs = tuple(nets[output] for output in expressed.outputs)
    netlist = Netlist(tuple(cells), outputs, genotype.grid.inputs - FIRST_INPUT)
    return simplify(extract_adders(simplify(netlist)))
