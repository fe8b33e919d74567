"""A netlist in the two styles of EvoApproxLib's Verilog files, with ports in the order B, A."""

from evoapproxnas.circuits import Netlist
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import FIRST_INPUT, Cell

_CELLS = {
    "not": "INVX1(.A({0}), .Y({1}))",
    "and2": "AND2X1(.A({0}), .B({1}), .Y({2}))",
    "or2": "OR2X1(.B({1}), .A({0}), .Y({2}))",
    "xor2": "XOR2X1(.A({0}), .B({1}), .Y({2}))",
    "nand2": "NAND2X1(.A({0}), .B({1}), .Y({2}))",
    "nor2": "NOR2X1(.A({0}), .B({1}), .Y({2}))",
    "xnor2": "XNOR2X1(.A({0}), .B({1}), .Y({2}))",
    "half_adder": "PDKGENHAX1(.A({0}), .B({1}), .YS({2}), .YC({3}))",
    "full_adder": "PDKGENFAX1(.A({0}), .B({1}), .C({2}), .YS({3}), .YC({4}))",
}
_ADDERS = {"half_adder": ("{0} ^ {1}", "{0} & {1}"),
           "full_adder": ("{0} ^ {1} ^ {2}", "({0} & {1}) | (({0} ^ {1}) & {2})")}  # fmt: skip
_HEADER = "// MAE% = 0.00 %\nmodule {name}(\n    B,\n    A,\n    O\n);\n"
_PORTS = "input [7:0] A;\ninput [7:0] B;\noutput [15:0] O;\n"


def flat(netlist: Netlist, name: str) -> str:
    """Wires sig_N, and an expression over A[i], B[i] and other wires for each."""
    names = _names(netlist, "sig_{}")
    lines = [f"wire {','.join(names[18:])};"]
    for cell, driven in netlist.driven_cells():
        pins = [names[net] for net in cell.inputs]
        forms = _ADDERS.get(cell.kind, (GATES[cell.kind].verilog,))
        for net, form in zip(driven, forms, strict=True):
            lines.append(f"assign {names[net]} = {form.format(*pins)};")
    return _module(name, [*lines, *_outputs(netlist, names)])


def instances(netlist: Netlist, name: str) -> str:
    """One vector N with two copies of every net, and a cell with named ports for each cell."""
    names = _names(netlist, "N[{}]")
    lines = ["wire [2031:0] N;"]
    for cell, driven in netlist.driven_cells():
        pins = [_inverted_twice(names[net], cell) for net in cell.inputs]
        kind, _, ports = _CELLS[cell.kind].partition("(")
        outputs = [names[net] for net in driven]
        lines.append(f"{kind} n{driven[0]}({ports.format(*pins, *outputs)};")
    spare = netlist.net_count
    lines += [f"BUFX2 n{spare}(.A({names[-1]}), .Y(N[{spare}]));"]
    return _module(name, [*lines, *_outputs(netlist, names)])


def _inverted_twice(net: str, cell: Cell) -> str:
    """Make an expression of the inputs of NAND gates, as some files have it."""
    return f"~(~{net})" if cell.kind == "nand2" else net


def _names(netlist: Netlist, form: str) -> list[str]:
    inputs = [f"{port}[{bit}]" for port in "AB" for bit in range(8)]
    first = FIRST_INPUT + netlist.inputs
    return ["1'b0", "1'b1", *inputs, *(form.format(n) for n in range(first, netlist.net_count))]


def _outputs(netlist: Netlist, names: list[str]) -> list[str]:
    return [f"assign O[{bit}] = {names[net]};" for bit, net in enumerate(netlist.outputs)][::-1]


def _module(name: str, lines: list[str]) -> str:
    return "\n".join([_HEADER.format(name=name) + _PORTS, *lines, "endmodule", ""])
