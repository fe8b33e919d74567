"""Netlists as flat structural Verilog, one cell to a line.

    module mul8u_example(input [7:0] A, input [7:0] B, output [15:0] O);
      wire n18, n19, n20;
      assign n18 = A[0] & B[0];
      assign {n20, n19} = n18 + A[1];    // a half adder: {carry, sum}
      assign O[0] = n19;
      ...
    endmodule

Every `assign` is one cell, written as in `gates.GATES`, or a plain net: a second name for it.
A is the activation. This is the form the package writes; a reader of anyone's Verilog is another
module's job. Reading takes time in proportion to the text, whatever the text is.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.names import comment_lines, identifier
from evoapproxnas.circuits.netlist import FIRST_INPUT, NamedCell, Netlist, assemble
from evoapproxnas.circuits.netlist_text import netlist_text
from evoapproxnas.circuits.simulate import check_multiplier
from evoapproxnas.circuits.verilog_text import without_comments
from evoapproxnas.errors import NetlistError

_INPUTS = [f"{port}[{bit}]" for port in "AB" for bit in range(8)]
_OUTPUTS = [f"O[{bit}]" for bit in range(16)]
_CONSTANTS = {"1'b0": "0", "1'b1": "1"}
_HEADER = "module NAME(input [7:0] A, input [7:0] B, output [15:0] O)"
_PORTS = ["input [7:0] A", "input [7:0] B", "output [15:0] O"]

_TOKEN = re.compile(r"1'b[01]|[A-Za-z_]\w*(?:\s*\[\s*\d+\s*\])?|\S", re.ASCII)
_WIRE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SHOWN = 80


class _Statement(NamedTuple):
    """Text of a statement without its semicolon, its tokens, "file:line" of its first word."""

    text: str
    tokens: list[str]
    where: str

    @property
    def shown(self) -> str:
        """The text as messages quote it."""
        return repr(self.text if len(self.text) <= _SHOWN else f"{self.text[:_SHOWN]}...")


def to_verilog(netlist: Netlist, name: str, *, comment: str = "") -> str:
    """Write a multiplier as a Verilog module.

    Args:
        netlist: a circuit with 16 inputs and 16 outputs.
        name: of the module, as `names.identifier` makes it an identifier.
        comment: lines to put above it.

    Returns:
        The text of the module.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs, or the name has
            other characters than a label of a library.
    """
    check_multiplier(netlist)
    first_wire = FIRST_INPUT + netlist.inputs
    wires = [f"n{net}" for net in range(first_wire, netlist.net_count)]
    names = [*_CONSTANTS, *_INPUTS, *wires]
    lines = comment_lines(comment, mark="//")
    lines.append(f"module {identifier(name)}(input [7:0] A, input [7:0] B, output [15:0] O);")
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

    Args:
        path: of the file.

    Raises:
        NetlistError: if the file cannot be read or is not such a module.
    """
    return from_verilog(netlist_text(path), source=str(path))


def from_verilog(text: str, *, source: str = "<text>") -> Netlist:
    """Read one module with ports A[7:0], B[7:0] and O[15:0]; statements in any order.

    Args:
        text: the Verilog source.
        source: name of the file, for error messages.

    Raises:
        NetlistError: naming file and line, if a net is not driven, driven twice or not declared,
            if there is a loop, if a port has the wrong width, or if a line is not understood.
    """
    statements = list(_statements(without_comments(text), source))
    if not statements:
        raise NetlistError(f"{source}: expected a module, the file holds no statement")
    _check_header(statements[0])
    if statements[-1].text != "endmodule":
        raise NetlistError(
            f"{statements[-1].where}: expected endmodule at the end of the file, and one module"
        )
    declared = {*_CONSTANTS, *_INPUTS, *_OUTPUTS}
    others = []
    for statement in statements[1:-1]:
        if statement.tokens[0] == "wire":
            declared.update(_wires(statement))
        else:
            others.append(statement)
    cells = [_cell(statement, declared) for statement in others]
    return assemble(cells, inputs=_INPUTS, outputs=_OUTPUTS, where=source)


def _statements(text: str, source: str) -> Iterator[_Statement]:
    """Split a text without comments at its semicolons."""
    line = 1
    for piece in text.split(";"):
        body = piece.lstrip()
        first = line + piece.count("\n", 0, len(piece) - len(body))
        line += piece.count("\n")
        if body := body.rstrip():
            yield _Statement(body, _TOKEN.findall(body), f"{source}:{first}")


def _check_header(statement: _Statement) -> None:
    left, bracket, ports = statement.text.partition("(")
    if (
        len(statement.tokens) < 2
        or left.split() != ["module", statement.tokens[1]]
        or not bracket
        or not ports.endswith(")")
    ):
        raise NetlistError(f"{statement.where}: expected {_HEADER!r}, got {statement.shown}")
    found = [_declaration(port) for port in ports[:-1].split(",")]
    if sorted(found) != _PORTS:
        got = ", ".join(found[:4]) + (", ..." if len(found) > 4 else "")
        raise NetlistError(f"{statement.where}: expected {_HEADER!r}, got {got[: 2 * _SHOWN]}")


def _declaration(text: str) -> str:
    """Return a declaration of a port as this package writes it, if it is one."""
    words = [word for word in re.findall(r"\w+|\S", text, re.ASCII) if word != "wire"]
    if len(words) != 7:
        return " ".join(words)
    return "{} {}{}{}{}{} {}".format(*words)


def _wires(statement: _Statement) -> list[str]:
    names = [name.strip() for name in statement.text.removeprefix("wire").split(",")]
    for name in names:
        if not _WIRE.fullmatch(name):
            raise NetlistError(
                f"{statement.where}: {name[:_SHOWN]!r} is not the name of a one-bit wire"
            )
    return names


def _cell(statement: _Statement, declared: set[str]) -> NamedCell:
    word, *rest = statement.tokens
    if word != "assign":
        raise NetlistError(
            f"{statement.where}: unknown cell or statement {word[:_SHOWN]!r}; expected wire, "
            "assign or endmodule"
        )
    names = ["".join(token.split()) for token in rest]
    shape = "".join("N" if _is_net(name) else name for name in names)
    if shape not in _SHAPES:
        raise NetlistError(
            f"{statement.where}: {statement.shown} is no cell this package knows; every assign "
            f"holds one of {', '.join(gate.verilog.format(*'abc') for gate in GATES.values())}"
        )
    kind, driven = _SHAPES[shape]
    nets = [name for name in names if _is_net(name)]
    for name in nets:
        if name not in declared:
            raise NetlistError(
                f"{statement.where}: net {name[:_SHOWN]} is not declared; add 'wire NAME;'"
            )
    outputs, inputs = nets[:driven], nets[driven:]
    constant = (_CONSTANTS.get(name, name) for name in inputs)
    return NamedCell(kind, tuple(constant), tuple(reversed(outputs)), statement.where)


def _is_net(token: str) -> bool:
    return len(token) > 1 or token.isalpha() or token == "_"


def _shapes() -> dict[str, tuple[str, int]]:
    """Map what follows `assign`, N for every net, to a kind of cell and its outputs."""
    shapes = {"N=N": ("alias", 1)}
    for kind, gate in GATES.items():
        left = "N" if gate.outputs == 1 else f"{{{','.join('N' * gate.outputs)}}}"
        right = gate.verilog.replace(" ", "").format(*"N" * gate.arity)
        shapes[f"{left}={right}"] = (kind, gate.outputs)
    return shapes


_SHAPES = _shapes()
