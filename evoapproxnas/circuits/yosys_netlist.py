"""What Yosys wrote, as ports and cells: its JSON netlists of one-bit gates.

Instances of the cells in `yosys_cells.v` are mapped one to one, so that the structure that was
published is the structure whose power is measured.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evoapproxnas.circuits.netlist import NamedCell
from evoapproxnas.circuits.port_names import Port
from evoapproxnas.errors import NetlistError

_GATES = {
    "$_BUF_": ("alias", "A"),
    "$_NOT_": ("not", "A"),
    "$_AND_": ("and2", "AB"),
    "$_OR_": ("or2", "AB"),
    "$_XOR_": ("xor2", "AB"),
    "$_NAND_": ("nand2", "AB"),
    "$_NOR_": ("nor2", "AB"),
    "$_XNOR_": ("xnor2", "AB"),
    "$_MUX_": ("mux2", "SBA"),
    "BUF": ("alias", "A"),
    "CLKBUF": ("alias", "A"),
    "INV": ("not", "A"),
    "AND2": ("and2", "AB"),
    "OR2": ("or2", "AB"),
    "XOR2": ("xor2", "AB"),
    "XNOR2": ("xnor2", "AB"),
    "NAND2": ("nand2", "AB"),
    "NOR2": ("nor2", "AB"),
    "NAND3": ("nand3", "ABC"),
    "NOR3": ("nor3", "ABC"),
    "AOI21": ("aoi21", "ABC"),
    "OAI21": ("oai21", "ABC"),
    "HA": ("half_adder", "AB"),
    "FA": ("full_adder", "ABC"),
    "PDKGENHA": ("half_adder", "AB"),
    "PDKGENFA": ("full_adder", "ABC"),
}
"""Kind of cell and the pins in the order of its inputs, by type without the drive strength."""

_COMPOUND = {"AOI22": "ABCDY", "OAI22": "ABCDY", "MUX2": "ABSY"}
_NO_LOGIC = frozenset({"$scopeinfo", "$print", "$check"})
"""Cells that only say something: where a module was, what a simulation prints or checks."""

_CONSTANTS = {"0": "0", "1": "1", "x": "0"}


@dataclass(frozen=True)
class YosysModule:
    """A module of a JSON netlist.

    Attributes:
        name: of the module.
        json: what Yosys wrote about it.
        where: names the file in error messages.
        named: puts the names of files into places that Yosys names.
    """

    name: str
    json: Mapping[str, Any]
    where: str
    named: Callable[[str], str]

    def ports(self) -> tuple[list[Port], list[Port]]:
        """Return the inputs and the outputs, in the order of the header.

        Raises:
            NetlistError: if a port is neither.
        """
        names = self._nets()
        found: dict[str, list[Port]] = {"input": [], "output": []}
        for name, port in self.json["ports"].items():
            if port["direction"] not in found:
                raise NetlistError(
                    f"{self.where}: port {name} is {port['direction']}; expected input or output"
                )
            nets = tuple(names.get(bit, f"net{bit}") for bit in port["bits"])
            found[port["direction"]].append(Port(name, nets, _labels(name, port)))
        return found["input"], found["output"]

    def cells(self) -> list[NamedCell]:
        """Return the gates.

        Raises:
            NetlistError: naming file and line, if a cell is none that this package knows.
        """
        names = self._nets()
        cells: list[NamedCell] = []
        for instance, cell in self.json["cells"].items():
            if cell["type"] not in _NO_LOGIC:
                place = self.named(cell["attributes"].get("src", self.where))
                cells += _cells_of(instance, cell, names, place)
        return cells

    def _nets(self) -> dict[Any, str]:
        """Return names for the bits: those of ports and wires, no two of them equal."""
        names: dict[Any, str] = dict(_CONSTANTS)
        taken = set(names.values())
        wires = {name: net for name, net in self.json["netnames"].items() if not net["hide_name"]}
        for name, net in (self.json["ports"] | wires).items():
            for bit, label in zip(net["bits"], _labels(name, net), strict=True):
                if bit not in names:
                    names[bit] = f"{label} ({bit})" if label in taken else label
                    taken.add(names[bit])
        return names


def _labels(name: str, net: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the bits of a port or wire are called, least significant first."""
    count, offset = len(net["bits"]), net.get("offset", 0)
    if count == 1 and not offset:
        return (name,)
    indices = range(offset, offset + count)
    return tuple(f"{name}[{index}]" for index in (indices[::-1] if net.get("upto") else indices))


def _cells_of(
    instance: str, cell: Mapping[str, Any], names: Mapping[Any, str], place: str
) -> list[NamedCell]:
    pins = {pin: names.get(bits[0], f"net{bits[0]}") for pin, bits in _pins(cell, place)}
    kind = re.sub(r"(?<=CLKBUF)\d$|X\d+$", "", cell["type"])
    if kind in _COMPOUND:
        _check_pins(_COMPOUND[kind], pins, f"{place}: cell {instance} of type {cell['type']}")
        return _compound(kind, pins, f"{instance} ", place)
    if kind not in _GATES:
        raise NetlistError(
            f"{place}: cell {instance} of type {cell['type']} is not combinational logic this "
            f"package knows; expected expressions or cells such as AND2X1, HAX1, FAX1"
        )
    ours, order = _GATES[kind]
    _check_pins(order, pins, f"{place}: cell {instance} of type {cell['type']}")
    outputs = [pins[pin] if pin in pins else f"{instance} {pin}" for pin in _outputs(ours)]
    return [NamedCell(ours, tuple(pins[pin] for pin in order), tuple(outputs), place)]


def _check_pins(expected: str, pins: Mapping[str, str], where: str) -> None:
    for pin in expected:
        if pin not in pins:
            raise NetlistError(f"{where}: pin {pin} is not connected")


def _outputs(kind: str) -> tuple[str, ...]:
    return ("YS", "YC") if kind.endswith("adder") else ("Y",)


def _pins(cell: Mapping[str, Any], place: str) -> Iterator[tuple[str, list[Any]]]:
    connections: Mapping[str, list[Any]] = cell["connections"]
    for pin, bits in connections.items():
        if len(bits) > 1 or (not bits and not pin.startswith("Y")):
            raise NetlistError(f"{place}: pin {pin} takes one bit, got {len(bits)}")
        if bits:
            yield pin, bits


def _compound(kind: str, pins: Mapping[str, str], prefix: str, where: str) -> list[NamedCell]:
    """Express a cell that this package does not have by ones that it has."""
    inner, output = f"{prefix}n", (pins["Y"],)
    if kind == "MUX2":
        # Assumed inverting, Y = ~(S ? A : B), with A chosen by S = 1: so MUX2X1 is described in
        # the OSU libraries for FreePDK45 (gscl45nm). A file that defines MUX2X1 itself decides.
        mux = NamedCell("mux2", (pins["S"], pins["A"], pins["B"]), (inner,), where)
        return [mux, NamedCell("not", (inner,), output, where)]
    first, last = ("and2", "aoi21") if kind == "AOI22" else ("or2", "oai21")
    return [
        NamedCell(first, (pins["A"], pins["B"]), (inner,), where),
        NamedCell(last, (pins["C"], pins["D"], inner), output, where),
    ]
