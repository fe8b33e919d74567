"""Netlists as genotypes of the CGP core and back.

One row of gates of one or two inputs, full levels-back. The inputs of the grid are the constants
0 and 1 and the operand bits, so an address of the grid is a net of the netlist.
"""

from evoapproxnas.cgp import Function, Genotype, Grid, phenotype
from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell, Netlist
from evoapproxnas.circuits.optimize import simplify

FUNCTIONS = ("not", "and2", "or2", "xor2", "nand2", "nor2", "xnor2")
"""Kinds of cells a genotype may use, in the order of its function genes."""

_EXPANSIONS: dict[str, tuple[tuple[tuple[str, int, int], ...], tuple[int, ...]]] = {
    "nand3": ((("and2", 0, 1), ("nand2", 3, 2)), (4,)),
    "nor3": ((("or2", 0, 1), ("nor2", 3, 2)), (4,)),
    "aoi21": ((("and2", 0, 1), ("nor2", 3, 2)), (4,)),
    "oai21": ((("or2", 0, 1), ("nand2", 3, 2)), (4,)),
    "mux2": ((("xor2", 1, 2), ("and2", 3, 0), ("xor2", 4, 2)), (5,)),
    "half_adder": ((("xor2", 0, 1), ("and2", 0, 1)), (2, 3)),
    "full_adder": (
        (("xor2", 0, 1), ("xor2", 3, 2), ("and2", 0, 1), ("and2", 3, 2), ("or2", 5, 6)),
        (4, 7),
    ),
}
"""Gates of two inputs that make up a cell, and its outputs; pins come first, then the gates."""


def gate_grid(columns: int, *, inputs: int = 16, outputs: int = 16) -> Grid:
    """Return the grid of circuits of at most `columns` gates."""
    functions = tuple(Function(kind, 1 if kind == "not" else 2) for kind in FUNCTIONS)
    return Grid(1, columns, columns, FIRST_INPUT + inputs, outputs, functions)


def to_genotype(netlist: Netlist) -> Genotype:
    """Write a circuit of at least one cell in gates of two inputs, one node for each."""
    genes: list[int] = []
    nets = list(range(FIRST_INPUT + netlist.inputs))
    count = len(nets)
    for cell, _ in netlist.driven_cells():
        pins = [nets[net] for net in cell.inputs]
        if cell.kind in FUNCTIONS:
            genes += [FUNCTIONS.index(cell.kind), pins[0], pins[-1]]
            nets.append(count)
            count += 1
            continue
        gates, outputs = _EXPANSIONS[cell.kind]
        for kind, first, second in gates:
            genes += [FUNCTIONS.index(kind), pins[first], pins[second]]
            pins.append(count)
            count += 1
        nets += [pins[output] for output in outputs]
    grid = gate_grid(len(genes) // 3, inputs=netlist.inputs, outputs=len(netlist.outputs))
    return Genotype.from_list(grid, [*genes, *(nets[net] for net in netlist.outputs)])


def from_genotype(genotype: Genotype) -> Netlist:
    """Read the active gates of a genotype; simplify, and map to half and full adders."""
    expressed = phenotype(genotype)
    cells = tuple(Cell(FUNCTIONS[node.function], node.inputs) for node in expressed.nodes)
    netlist = Netlist(cells, expressed.outputs, genotype.grid.inputs - FIRST_INPUT)
    return simplify(extract_adders(simplify(netlist)))
