"""Netlists as BLIF, the Berkeley logic interchange format: `.names` with covers.

What is written is one flat model; what is read may have subcircuits (`blif_models`).
"""

from itertools import product
from pathlib import Path

import numpy as np

from evoapproxnas.circuits.blif_models import Model, flat, models_of
from evoapproxnas.circuits.foreign import ForeignCircuit
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.names import identifier
from evoapproxnas.circuits.netlist import FIRST_INPUT, NamedCell, Netlist, assemble
from evoapproxnas.circuits.netlist_text import netlist_text
from evoapproxnas.circuits.port_layout import PortLayout
from evoapproxnas.circuits.port_names import Port
from evoapproxnas.circuits.ports import multiplier_ports
from evoapproxnas.circuits.simulate import check_multiplier
from evoapproxnas.circuits.truth import cells_for


def to_blif(netlist: Netlist, name: str) -> str:
    """Write a multiplier with the ports A[7:0], the activation, B[7:0] and O[15:0].

    Args:
        netlist: a circuit with 16 inputs and 16 outputs.
        name: of the model, as `names.identifier` makes it an identifier.

    Returns:
        The text of the file.

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

    Args:
        path: of the file.

    Raises:
        NetlistError: if the file cannot be read or is not such a model.
    """
    return load_any_blif(path).netlist


def load_any_blif(path: Path, *, layout: PortLayout | None = None) -> ForeignCircuit:
    """Read a file; see `read_blif`.

    Raises:
        NetlistError: if the file cannot be read or is not such a model.
    """
    return read_blif(netlist_text(path), source=str(path), layout=layout)


def from_blif(text: str, *, source: str = "<text>") -> Netlist:
    """Return the circuit alone; see `read_blif`."""
    return read_blif(text, source=source).netlist


def read_blif(
    text: str, *, source: str = "<text>", layout: PortLayout | None = None
) -> ForeignCircuit:
    """Read a combinational model of two 8-bit inputs and one 16-bit output, with subcircuits.

    What is operand A and how bits are ordered is said in `ports`. The circuit is simplified, and
    its adders are found.

    Args:
        text: the model.
        source: name of the file, for error messages.
        layout: the ports, where their names do not tell.

    Raises:
        NetlistError: naming file and line, if the text is not such a model.
    """
    models = models_of(text, source) or [Model("")]
    ports = multiplier_ports(
        [Port.of_bit(_net(name), label=name) for name in models[0].inputs],
        [Port.of_bit(_net(name), label=name) for name in models[0].outputs],
        where=source,
        layout=layout,
    )
    cells: list[NamedCell] = []
    for names, truth, where in flat(models, source):
        nets = [_net(name) for name in names]
        cells += cells_for(truth, nets[:-1], nets[-1], where)
    netlist = assemble(cells, inputs=ports.inputs, outputs=ports.outputs, where=source)
    return ForeignCircuit.tidied(netlist, ports)


def _net(name: str) -> str:
    """Return the name of a net by which `assemble` does not take it for a constant."""
    return f"net {name}" if name in {"0", "1"} else name


def _cover(kind: str, position: int) -> list[str]:
    """Return the rows of the inputs for which an output of a cell is 1."""
    rows = list(product((0, 1), repeat=GATES[kind].arity))
    pins = np.array(rows, np.uint64).T
    values = GATES[kind].evaluate(*pins)[position] & np.uint64(1)
    return [
        "".join(map(str, row)) + " 1" for row, value in zip(rows, values, strict=True) if value
    ]
