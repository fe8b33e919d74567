"""Netlists as BLIF, the Berkeley logic interchange format: flat `.names` with covers.

Source: Berkeley Logic Interchange Format, University of California, Berkeley, 1992. Latches and
subcircuits are refused: a multiplier of this package is one combinational model.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from evoapproxnas.circuits.foreign import ForeignCircuit
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.names import identifier
from evoapproxnas.circuits.netlist import FIRST_INPUT, NamedCell, Netlist, assemble
from evoapproxnas.circuits.port_layout import PortLayout
from evoapproxnas.circuits.port_names import Port
from evoapproxnas.circuits.ports import multiplier_ports
from evoapproxnas.circuits.simulate import check_multiplier
from evoapproxnas.circuits.truth import cells_for, truth_of
from evoapproxnas.errors import NetlistError

_MOST_INPUTS = 12


def to_blif(netlist: Netlist, name: str) -> str:
    """Write a multiplier with the ports A[7:0], the activation, B[7:0] and O[15:0].

    Args:
        netlist: a circuit with 16 inputs and 16 outputs.
        name: of the model, as `names.identifier` makes it an identifier.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs, or the name has
            other characters than a label of a library.
    """
    check_multiplier(netlist)
    inputs = [f"{port}[{bit}]" for port in "AB" for bit in range(8)]
    outputs = [f"O[{bit}]" for bit in range(16)]
    wires = [f"n{net}" for net in range(FIRST_INPUT + netlist.inputs, netlist.net_count)]
    names = ["const0", "const1", *inputs, *wires]
    lines = [
        f".model {identifier(name)}",
        f".inputs {' '.join(inputs)}",
        f".outputs {' '.join(outputs)}",
    ]
    lines += [".names const0", ".names const1", "1"]
    for cell, nets in netlist.driven_cells():
        pins = " ".join(names[net] for net in cell.inputs)
        for position, net in enumerate(nets):
            lines += [f".names {pins} {names[net]}", *_cover(cell.kind, position)]
    for output, net in zip(outputs, netlist.outputs, strict=True):
        lines += [f".names {names[net]} {output}", "1 1"]
    return "\n".join([*lines, ".end", ""])


def load_blif(path: Path) -> Netlist:
    """Return the circuit of a file alone; see `read_blif`.

    Raises:
        NetlistError: if the file cannot be read or is not such a model.
    """
    return load_any_blif(path).netlist


def load_any_blif(path: Path, *, layout: PortLayout | None = None) -> ForeignCircuit:
    """Read a file; see `read_blif`.

    Raises:
        NetlistError: if the file cannot be read or is not such a model.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NetlistError(f"cannot read the netlist {path}: {error}") from error
    return read_blif(text, source=str(path), layout=layout)


def from_blif(text: str, *, source: str = "<text>") -> Netlist:
    """Return the circuit alone; see `read_blif`."""
    return read_blif(text, source=source).netlist


def read_blif(
    text: str, *, source: str = "<text>", layout: PortLayout | None = None
) -> ForeignCircuit:
    """Read one combinational model of two 8-bit inputs and one 16-bit output.

    What is operand A and how bits are ordered is said in `ports`. The circuit is simplified, and
    its adders are found.

    Args:
        text: the model.
        source: name of the file, for error messages.
        layout: the ports, where their names do not tell.

    Raises:
        NetlistError: naming file and line, if the text is not such a model.
    """
    model = _Model()
    for line, words in _statements(text):
        where = f"{source}:{line}"
        if words[0] == ".end":
            break
        _read(model, words, where)
    ports = multiplier_ports(
        [Port.of_bit(_net(name), label=name) for name in model.inputs],
        [Port.of_bit(_net(name), label=name) for name in model.outputs],
        where=source,
        layout=layout,
    )
    cells: list[NamedCell] = []
    for names, rows, where in model.covers:
        nets = [_net(name) for name in names]
        cells += cells_for(_truth(rows, len(names) - 1, where), nets[:-1], nets[-1], where)
    netlist = assemble(cells, inputs=ports.inputs, outputs=ports.outputs, where=source)
    return ForeignCircuit.tidied(netlist, ports)


@dataclass
class _Model:
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    covers: list[tuple[list[str], list[str], str]] = field(default_factory=list)


def _net(name: str) -> str:
    """Return the name of a net by which `assemble` does not take it for a constant."""
    return f"net {name}" if name in {"0", "1"} else name


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of every line with its number; comments go, continued lines are joined."""
    words: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), start=1):
        if not words:
            start = number
        content = line.split("#", 1)[0].rstrip()
        words += content.removesuffix("\\").split()
        if words and not content.endswith("\\"):
            yield start, words
            words = []
    if words:
        yield start, words


def _read(model: _Model, words: list[str], where: str) -> None:
    command, arguments = words[0], words[1:]
    if command == ".inputs":
        model.inputs += arguments
    elif command == ".outputs":
        model.outputs += arguments
    elif command == ".names":
        if not 1 <= len(arguments) <= _MOST_INPUTS + 1:
            raise NetlistError(
                f"{where}: .names takes an output and at most {_MOST_INPUTS} inputs, got "
                f"{len(arguments)} names"
            )
        model.covers.append((arguments, [], where))
    elif command.startswith("."):
        if command != ".model":
            raise NetlistError(
                f"{where}: {command[:60]} is not supported; expected one flat combinational "
                "model of .inputs, .outputs and .names (in Yosys: flatten; write_blif)"
            )
    elif model.covers:
        model.covers[-1][1].append(" ".join(words))
    else:
        raise NetlistError(f"{where}: expected .names before the cover {_shown(words[0])}")


def _truth(rows: list[str], inputs: int, where: str) -> int:
    """Evaluate a cover: rows such as "1-0 1"; what no row names has the other value."""
    row_form = re.compile(rf"([01-]{{{inputs}}}) ([01])" if inputs else "()([01])")
    matches = [row_form.fullmatch(row) for row in rows]
    cubes = [match.groups() for match in matches if match]
    values = {value for _, value in cubes}
    if len(cubes) != len(rows) or len(values) > 1:
        wrong = next((row for row, match in zip(rows, matches, strict=True) if not match), "both")
        raise NetlistError(
            f"{where}: expected cover rows of {inputs} characters 0, 1 or - and one common "
            f"output value, got {_shown(wrong)}"
        )
    covered = truth_of(cube for cube, _ in cubes)
    return covered if values != {"0"} else covered ^ ((1 << 2**inputs) - 1)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}...")


def _cover(kind: str, position: int) -> list[str]:
    """Return the rows of the inputs for which an output of a cell is 1."""
    rows = list(product((0, 1), repeat=GATES[kind].arity))
    pins = np.array(rows, np.uint64).T
    values = GATES[kind].evaluate(*pins)[position] & np.uint64(1)
    return [
        "".join(map(str, row)) + " 1" for row, value in zip(rows, values, strict=True) if value
    ]
