"""One circuit written in several ways: what others make of the same adders and gates."""

from collections.abc import Callable, Mapping

from evoapproxnas.circuits import Cell, Netlist
from evoapproxnas.circuits.netlist import FIRST_INPUT

_Gates = tuple[tuple[tuple[str, *tuple[int, ...]], ...], tuple[int, ...]]
"""Gates, whose operands are pins and then the gates before them, and the outputs."""

_XOR_NAND = (("nand2", 0, 1), ("nand2", 0, 2), ("nand2", 1, 2), ("nand2", 3, 4))
_XNOR_AND = (("not", 0), ("not", 1), ("and2", 0, 3), ("and2", 1, 2), ("not", 4), ("not", 5),
             ("and2", 6, 7))  # fmt: skip

_HALVES: Mapping[str, _Gates] = {
    "half_adder": ((("xor2", 0, 1), ("and2", 0, 1)), (2, 3)),
    "full_adder": (
        (("xor2", 0, 1), ("xor2", 3, 2), ("and2", 0, 1), ("and2", 3, 2), ("or2", 5, 6)),
        (4, 7),
    ),
}
_MAJORITY: Mapping[str, _Gates] = {
    **_HALVES,
    "full_adder": (
        (("xor2", 0, 1), ("xor2", 3, 2), ("and2", 0, 1), ("and2", 1, 2), ("and2", 0, 2),
         ("or2", 5, 6), ("or2", 8, 7)),
        (4, 9),
    ),
}  # fmt: skip
_CANCELLING: Mapping[str, _Gates] = {
    "half_adder": (
        (("or2", 0, 1), ("and2", 0, 1), ("not", 3), ("and2", 2, 4), ("xor2", 5, 3),
         ("xor2", 6, 3)),
        (7, 3),
    ),
    "full_adder": (
        (("xor2", 0, 1), ("xor2", 3, 2), ("xor2", 4, 0), ("xor2", 5, 0), ("and2", 0, 1),
         ("or2", 0, 1), ("and2", 8, 2), ("or2", 7, 9)),
        (6, 10),
    ),
}  # fmt: skip
_NANDS: Mapping[str, _Gates] = {
    "not": ((("nand2", 0, 0),), (1,)),
    "and2": ((("nand2", 0, 1), ("nand2", 2, 2)), (3,)),
    "or2": ((("nand2", 0, 0), ("nand2", 1, 1), ("nand2", 2, 3)), (4,)),
    "nor2": ((("nand2", 0, 0), ("nand2", 1, 1), ("nand2", 2, 3), ("nand2", 4, 4)), (5,)),
    "xor2": (_XOR_NAND, (5,)),
    "xnor2": ((*_XOR_NAND, ("nand2", 5, 5)), (6,)),
}
_ANDS: Mapping[str, _Gates] = {
    "or2": ((("not", 0), ("not", 1), ("and2", 2, 3), ("not", 4)), (5,)),
    "nand2": ((("and2", 0, 1), ("not", 2)), (3,)),
    "nor2": ((("not", 0), ("not", 1), ("and2", 2, 3)), (4,)),
    "xor2": ((*_XNOR_AND, ("not", 8)), (9,)),
    "xnor2": (_XNOR_AND, (8,)),
}


def _written(netlist: Netlist, gates_of: Mapping[str, _Gates]) -> Netlist:
    cells: list[Cell] = []
    nets = list(range(FIRST_INPUT + netlist.inputs))
    count = len(nets)
    for cell, driven in netlist.driven_cells():
        pins = [nets[net] for net in cell.inputs]
        if cell.kind not in gates_of:
            cells.append(Cell(cell.kind, tuple(pins)))
            nets += range(count, count + len(driven))
            count += len(driven)
            continue
        gates, outputs = gates_of[cell.kind]
        for kind, *operands in gates:
            cells.append(Cell(kind, tuple(pins[operand] for operand in operands)))
            pins.append(count)
            count += 1
        nets += [pins[output] for output in outputs]
    return Netlist(tuple(cells), tuple(nets[net] for net in netlist.outputs), netlist.inputs)


WRITINGS: dict[str, Callable[[Netlist], Netlist]] = {
    "adders": lambda netlist: netlist,
    "half sums": lambda netlist: _written(netlist, _HALVES),
    "majority": lambda netlist: _written(netlist, _MAJORITY),
    "cancelling XORs": lambda netlist: _written(netlist, _CANCELLING),
    "NAND gates": lambda netlist: _written(_written(netlist, _MAJORITY), _NANDS),
    "AND gates and inverters": lambda netlist: _written(_written(netlist, _MAJORITY), _ANDS),
}
