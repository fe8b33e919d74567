"""Netlists as flat structural Verilog, one cell to a line.

    module mul8u_example(input [7:0] A, input [7:0] B, output [15:0] O);
      wire n18, n19, n20;
      assign n18 = A[0] & B[0];
      assign {n20, n19} = n18 + A[1];    // a half adder: {carry, sum}
      assign O[0] = n19;
      ...
    endmodule

Every `assign` is one cell, written as in `gates.GATES`, or a plain net: a second name for it.
This is the form the package writes; a reader of anyone's Verilog is another module's job.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import FIRST_INPUT, NamedCell, Netlist, assemble
from evoapproxnas.circuits.simulate import check_multiplier
from evoapproxnas.errors import NetlistError

_PORTS = {"A": ("input", 8), "B": ("input", 8), "O": ("output", 16)}
_INPUTS = [f"{port}[{bit}]" for port in "AB" for bit in range(8)]
_OUTPUTS = [f"O[{bit}]" for bit in range(16)]
_CONSTANTS = {"1'b0": "0", "1'b1": "1"}

_NET = r"(1'b[01]|\w+(?:\[\d+\])?)"
_MODULE = re.compile(r"module\s+(\w+)\s*\((.*)\)", re.DOTALL)
_PORT = re.compile(r"(input|output)\s*(?:wire\s*)?\[\s*(\d+)\s*:\s*0\s*\]\s*(\w+)")
_ASSIGN = re.compile(r"assign\s*(.+?)\s*=\s*(.+)", re.DOTALL)


class _Statement(NamedTuple):
    """Text of a statement without its semicolon, and "file:line" of its first word."""

    text: str
    where: str


def to_verilog(netlist: Netlist, name: str, *, comment: str = "") -> str:
    """Write a multiplier as a Verilog module.

    Args:
        netlist: a circuit with 16 inputs and 16 outputs.
        name: of the module.
        comment: lines to put above it.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    check_multiplier(netlist)
    first_wire = FIRST_INPUT + netlist.inputs
    wires = [f"n{net}" for net in range(first_wire, netlist.net_count)]
    names = [*_CONSTANTS, *_INPUTS, *wires]
    lines = [f"// {line}".rstrip() for line in comment.splitlines()]
    lines.append(f"module {name}(input [7:0] A, input [7:0] B, output [15:0] O);")
    for start in range(0, len(wires), 16):
        lines.append(f"  wire {', '.join(wires[start : start + 16])};")
    for cell, nets in netlist.driven_cells():
        targets = [names[net] for net in reversed(nets)]
        left = targets[0] if len(targets) == 1 else f"{{{', '.join(targets)}}}"
        right = GATES[cell.kind].verilog.format(*(names[net] for net in cell.inputs))
        lines.append(f"  assign {left} = {right};")
    for output, net in zip(_OUTPUTS, netlist.outputs, strict=True):
        lines.append(f"  assign {output} = {names[net]};")
    return "\n".join([*lines, "endmodule", ""])


def load_verilog(path: Path) -> Netlist:
    """Read a file that `to_verilog` could have written; see `from_verilog`.

    Raises:
        NetlistError: if the file cannot be read or is not such a module.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NetlistError(f"cannot read the netlist {path}: {error}") from error
    return from_verilog(text, source=str(path))


def from_verilog(text: str, *, source: str = "<text>") -> Netlist:
    """Read one module with ports A[7:0], B[7:0] and O[15:0]; statements in any order.

    Args:
        text: the Verilog source.
        source: name of the file, for error messages.

    Raises:
        NetlistError: naming file and line, if a net is not driven, driven twice or not declared,
            if there is a loop, if a port has the wrong width, or if a line is not understood.
    """
    statements = list(_statements(text, source))
    if not statements:
        raise NetlistError(f"{source}: expected a module, the file holds no statement")
    _check_header(statements[0])
    if statements[-1].text != "endmodule":
        raise NetlistError(f"{statements[-1].where}: expected endmodule at the end of the file")
    declared = {*_CONSTANTS, *_INPUTS, *_OUTPUTS}
    cells = []
    for statement in statements[1:-1]:
        if statement.text.startswith("wire"):
            declared.update(_wires(statement))
    for statement in statements[1:-1]:
        if not statement.text.startswith("wire"):
            cells.append(_cell(statement, declared))
    return assemble(cells, inputs=_INPUTS, outputs=_OUTPUTS, where=source)


def _statements(text: str, source: str) -> Iterator[_Statement]:
    """Split the text at semicolons, comments removed; `endmodule` stands alone."""
    blanked = re.sub(
        r"//[^\n]*|/\*.*?\*/",
        lambda match: "\n" * match.group().count("\n") or " ",
        text,
        flags=re.DOTALL,
    )
    for match in re.finditer(r"\bendmodule\b|[^;\s][^;]*?(?=;|\bendmodule\b|\Z)", blanked):
        line = blanked.count("\n", 0, match.start()) + 1
        yield _Statement(match.group().strip(), f"{source}:{line}")


def _check_header(statement: _Statement) -> None:
    expected = "module NAME(input [7:0] A, input [7:0] B, output [15:0] O)"
    header = _MODULE.fullmatch(statement.text)
    if header is None:
        raise NetlistError(f"{statement.where}: expected {expected!r}, got {statement.text!r}")
    found = {}
    for declaration in header.group(2).split(","):
        port = _PORT.fullmatch(declaration.strip())
        if port is None:
            raise NetlistError(
                f"{statement.where}: port {declaration.strip()!r} is not understood; "
                f"expected {expected!r}"
            )
        found[port.group(3)] = (port.group(1), int(port.group(2)) + 1)
    if found != _PORTS:
        got = ", ".join(f"{kind} {name} of {width} bits" for name, (kind, width) in found.items())
        raise NetlistError(f"{statement.where}: expected {expected!r}, got {got}")


def _wires(statement: _Statement) -> list[str]:
    names = [name.strip() for name in statement.text.removeprefix("wire").split(",")]
    for name in names:
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise NetlistError(f"{statement.where}: {name!r} is not the name of a one-bit wire")
    return names


def _cell(statement: _Statement, declared: set[str]) -> NamedCell:
    assign = _ASSIGN.fullmatch(statement.text)
    if assign is None:
        word = statement.text.split()[0]
        raise NetlistError(
            f"{statement.where}: unknown cell or statement {word!r}; expected wire, assign or "
            "endmodule"
        )
    left, right = (re.sub(r"\s+", "", side) for side in assign.groups())
    outputs = tuple(reversed(left.strip("{}").split(",")))
    for kind, outputs_expected, pattern in _PATTERNS:
        match = pattern.fullmatch(right)
        if match is not None and len(outputs) == outputs_expected:
            inputs = match.groups()
            _check_declared(statement.where, (*inputs, *outputs), declared)
            constant = (_CONSTANTS.get(name, name) for name in inputs)
            return NamedCell(kind, tuple(constant), outputs, statement.where)
    raise NetlistError(
        f"{statement.where}: {statement.text!r} is no cell this package knows; every assign holds "
        f"one of {', '.join(gate.verilog.format(*'abc') for gate in GATES.values())}"
    )


def _check_declared(where: str, names: tuple[str, ...], declared: set[str]) -> None:
    for name in names:
        if name not in declared:
            raise NetlistError(f"{where}: net {name} is not declared; add 'wire {name};'")


def _pattern(verilog: str) -> re.Pattern[str]:
    escaped = re.sub(r"\s+", "", re.sub(r"([~&|^?:+()])", r"\\\1", verilog))
    return re.compile(escaped.format(_NET, _NET, _NET))


_PATTERNS = [
    ("alias", 1, re.compile(_NET)),
    *((kind, gate.outputs, _pattern(gate.verilog)) for kind, gate in GATES.items()),
]
