"""Netlists as BLIF, the Berkeley logic interchange format: flat `.names` with covers.

Source: Berkeley Logic Interchange Format, University of California, Berkeley, 1992. Latches and
subcircuits are refused: a multiplier of this package is one combinational model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import FIRST_INPUT, NamedCell, Netlist, assemble
from evoapproxnas.circuits.optimize import simplify
from evoapproxnas.circuits.ports import multiplier_ports
from evoapproxnas.circuits.simulate import check_multiplier
from evoapproxnas.circuits.truth import cells_for
from evoapproxnas.errors import NetlistError

_MOST_INPUTS = 12


def to_blif(netlist: Netlist, name: str) -> str:
    """Write a multiplier with the ports A[7:0], B[7:0] and O[15:0].

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    check_multiplier(netlist)
    inputs = [f"{port}[{bit}]" for port in "AB" for bit in range(8)]
    outputs = [f"O[{bit}]" for bit in range(16)]
    wires = [f"n{net}" for net in range(FIRST_INPUT + netlist.inputs, netlist.net_count)]
    names = ["const0", "const1", *inputs, *wires]
    lines = [f".model {name}", f".inputs {' '.join(inputs)}", f".outputs {' '.join(outputs)}"]
    lines += [".names const0", ".names const1", "1"]
    for cell, nets in netlist.driven_cells():
        pins = " ".join(names[net] for net in cell.inputs)
        for position, net in enumerate(nets):
            lines += [f".names {pins} {names[net]}", *_cover(cell.kind, position)]
    for output, net in zip(outputs, netlist.outputs, strict=True):
        lines += [f".names {names[net]} {output}", "1 1"]
    return "\n".join([*lines, ".end", ""])


def load_blif(path: Path) -> Netlist:
    """Read a file; see `from_blif`.

    Raises:
        NetlistError: if the file cannot be read or is not such a model.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NetlistError(f"cannot read the netlist {path}: {error}") from error
    return from_blif(text, source=str(path))


def from_blif(text: str, *, source: str = "<text>") -> Netlist:
    """Read one combinational model of two 8-bit inputs and one 16-bit output.

    Port A is the one called A or a, else the one that is declared first; bits are ordered by
    their index, else as declared, least significant first. The circuit is simplified, and its
    adders are found.

    Raises:
        NetlistError: naming file and line, if the text is not such a model.
    """
    model = _Model()
    for line, words in _statements(text):
        where = f"{source}:{line}"
        if words[0] == ".end":
            break
        _read(model, words, where)
    inputs, outputs = multiplier_ports(model.inputs, model.outputs, where=source)
    cells: list[NamedCell] = []
    for names, rows, where in model.covers:
        cells += cells_for(_truth(rows, len(names) - 1, where), names[:-1], names[-1], where)
    netlist = simplify(assemble(cells, inputs=inputs, outputs=outputs, where=source))
    return simplify(extract_adders(netlist))


@dataclass
class _Model:
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    covers: list[tuple[list[str], list[str], str]] = field(default_factory=list)


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of every line with its number; comments go, continued lines are joined."""
    joined = ""
    start = 1
    for number, line in enumerate(text.splitlines(), start=1):
        if not joined:
            start = number
        content = line.split("#", 1)[0].rstrip()
        if content.endswith("\\"):
            joined += content[:-1] + " "
            continue
        if words := (joined + content).split():
            yield start, words
        joined = ""


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
                f"{where}: {command} is not supported; expected one flat combinational model of "
                ".inputs, .outputs and .names (in Yosys: flatten; write_blif)"
            )
    elif model.covers:
        model.covers[-1][1].append(" ".join(words))
    else:
        raise NetlistError(f"{where}: expected .names before the cover {' '.join(words)!r}")


def _truth(rows: list[str], inputs: int, where: str) -> tuple[bool, ...]:
    """Evaluate a cover: rows such as "1-0 1"; what no row names has the other value."""
    row_form = re.compile(rf"([01-]{{{inputs}}}) ([01])" if inputs else "()([01])")
    matches = [row_form.fullmatch(row) for row in rows]
    cubes = [match.groups() for match in matches if match]
    values = {value for _, value in cubes}
    if len(cubes) != len(rows) or len(values) > 1:
        raise NetlistError(
            f"{where}: expected cover rows of {inputs} characters 0, 1 or - and one common "
            f"output value, got {rows}"
        )
    covered = values != {"0"}
    return tuple(
        any(_matches(cube, row) for cube, _ in cubes) == covered
        for row in product("01", repeat=inputs)
    )


def _matches(cube: str, row: Sequence[str]) -> bool:
    return all(literal in ("-", bit) for literal, bit in zip(cube, row, strict=True))


def _cover(kind: str, position: int) -> list[str]:
    """Return the rows of the inputs for which an output of a cell is 1."""
    rows = list(product((0, 1), repeat=GATES[kind].arity))
    pins = np.array(rows, np.uint64).T
    values = GATES[kind].evaluate(*pins)[position] & np.uint64(1)
    return [
        "".join(map(str, row)) + " 1" for row, value in zip(rows, values, strict=True) if value
    ]
