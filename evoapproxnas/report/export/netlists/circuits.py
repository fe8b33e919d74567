"""Verilog of the multipliers and MACs that layers use, each as a module of its own name."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

import numpy as np

from evoapproxnas.circuits import to_verilog
from evoapproxnas.circuits.names import comment_lines, identifier
from evoapproxnas.errors import NetlistError, UnknownNameError
from evoapproxnas.multipliers import Library, Multiplier

_LINE = 16
_LONGEST = 100
"""Characters of a module's name, which files are called by."""
_TAKEN = frozenset(("accumulator", "correction", "testbench"))
"""Modules that every export has; those of MACs begin with mac_."""


@dataclass(frozen=True)
class Circuit:
    """A multiplier as Verilog.

    Attributes:
        module: its name, and that of its files.
        files: their content by name.
        of_gates: whether it is a netlist; else its products are a memory.
    """

    module: str
    files: dict[str, str]
    of_gates: bool


def circuits_of(multipliers: Iterable[Multiplier], library: Library) -> dict[str, Circuit]:
    """Return Verilog of multipliers, by digest.

    Args:
        multipliers: that layers use.
        library: knows the netlists; what it does not know, or only by table, becomes a memory.
    """
    different = {multiplier.digest: multiplier for multiplier in multipliers}
    modules: dict[str, str] = {}
    for digest, multiplier in different.items():
        name = _module(multiplier)
        modules[digest] = name if name not in modules.values() else f"{name}_{digest[:12]}"
    return {
        digest: _circuit(multiplier, modules[digest], library)
        for digest, multiplier in different.items()
    }


def mac_verilog(circuit: Circuit, *, signed: bool) -> str:
    """Return the module `mac_NAME` of a multiplier."""
    text = static("mac.v").replace("CODES_ARE_SIGNED", str(int(signed)))
    return text.replace("MULTIPLIER_NAME", circuit.module)


def static(name: str) -> str:
    """Return a file of the folder `verilog`."""
    return (resources.files(__package__) / "verilog" / name).read_text("utf-8")


def _module(multiplier: Multiplier) -> str:
    """Return a module's name; of a multiplier whose own name is no label, by its digest."""
    try:
        name = identifier(multiplier.name)[:_LONGEST]
    except NetlistError:
        return f"multiplier_{multiplier.digest[:12]}"
    return f"multiplier_{name}" if name in _TAKEN or name.startswith("mac_") else name


def _circuit(multiplier: Multiplier, module: str, library: Library) -> Circuit:
    comment = "A is the activation, B the weight."
    if _has_netlist(multiplier, library):
        netlist = library.netlist(multiplier.name)
        note = f"{multiplier.name}: {library.entry(multiplier.name).origin}\n{comment}"
        return Circuit(module, {f"{module}.v": to_verilog(netlist, module, comment=note)}, True)
    note = f"{multiplier.name} is known by its table only: a memory of its products.\n{comment}"
    table = (multiplier.table.ravel() & 0xFFFF).astype(np.uint16)
    rows = [table[i : i + _LINE] for i in range(0, len(table), _LINE)]
    words = "\n".join(" ".join(f"{product:04x}" for product in row) for row in rows)
    lines = [
        *comment_lines(note, mark="//"),
        f"module {module}(input [7:0] A, input [7:0] B, output [15:0] O);",
        "  reg [15:0] products [0:65535];",
        f'  initial $readmemh("multipliers/{module}.hex", products);',
        "  assign O = products[{A, B}];",
        *("endmodule", ""),
    ]
    return Circuit(module, {f"{module}.v": "\n".join(lines), f"{module}.hex": f"{words}\n"}, False)


def _has_netlist(multiplier: Multiplier, library: Library) -> bool:
    try:
        entry = library.entry(multiplier.name)
    except UnknownNameError:
        return False
    return entry.digest == multiplier.digest and library.has_circuit(multiplier.name)
