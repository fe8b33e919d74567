"""`multipliers list`, `show`, `compare`: what is known of multipliers."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.library_options import (
    LibraryFolder,
    NetworkOperands,
    OperandsFile,
    chosen_operands,
)
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import print_side_by_side, print_table, say

if TYPE_CHECKING:
    from evoapproxnas.circuits import OperandDistribution
    from evoapproxnas.multipliers import Library

_FIRST = ("name", "signed", "relative_power", "mae_pct", "wce_pct", "power_uw")
_FIGURES = ("mae_pct", "wce_pct", "ep_pct", "mre_pct", "mse")
_COSTS = ("power_uw", "area_um2", "delay_ns", "gates", "terms")


def list_(
    pattern: Annotated[str, typer.Argument(help="Name or shell pattern.")] = "*",
    *,
    signed: Annotated[bool | None, typer.Option("--signed/--unsigned", help="Only these.")] = None,
    max_mae: Annotated[float | None, typer.Option(help="Largest MAE, in percent.")] = None,
    max_wce: Annotated[float | None, typer.Option(help="Largest WCE, in percent.")] = None,
    max_power: Annotated[float | None, typer.Option(help="Largest power, in uW.")] = None,
    sort: Annotated[str, typer.Option(help="Column to sort by.")] = "power_uw",
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """List multipliers with error figures, power, area and delay."""
    import pandas as pd

    from evoapproxnas.errors import unknown_name
    from evoapproxnas.multipliers import Library, load_library

    opened = Library(library) if library else load_library()
    frame = pd.DataFrame([_row(opened, name) for name in opened.match([pattern])])
    if sort not in frame:
        raise unknown_name("column", sort, frame.columns)
    if signed is not None:
        frame = frame[frame["signed"] == signed]
    for column, limit in (("mae_pct", max_mae), ("wce_pct", max_wce), ("power_uw", max_power)):
        if limit is not None:
            frame = frame[frame[column] <= limit]
    chosen = frame.sort_values(sort)
    rest = [column for column in chosen.columns if column not in _FIRST]
    print_table(chosen[[*_FIRST, *rest]], as_json=as_json)


def show(
    name: Annotated[str, typer.Argument()],
    *,
    heat_map: Annotated[Path | None, typer.Option(help="Draw it into a PNG or SVG file.")] = None,
    network_operands: NetworkOperands = False,
    operands_file: OperandsFile = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Print everything known about one multiplier: figures, where it errs, its circuit."""
    import json

    from evoapproxnas.multipliers import load_library
    from evoapproxnas.report.heat_map import heat_map_text, save_heat_map

    opened = load_library(library)
    signed = opened.entry(name).signed
    operands = chosen_operands(network_operands, operands_file, signed=signed)
    row = _details(opened, name, operands)
    circuit = _circuit(opened, name, operands)
    if heat_map is not None:
        save_heat_map(opened[name], heat_map)
    if as_json:
        print(json.dumps({**row, "circuit": circuit}, indent=2))
        return
    for key, value in row.items():
        text = f"{value:.6g}" if isinstance(value, float) else "-" if value is None else value
        say(f"{key:>18}  {text}")
    say(f"\n{heat_map_text(opened[name])}")
    if circuit is not None:
        _print_circuit(circuit)


def compare(
    names: Annotated[list[str], typer.Argument(help="Names or shell patterns.")],
    *,
    network_operands: NetworkOperands = False,
    operands_file: OperandsFile = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Print all figures of several multipliers side by side."""
    import pandas as pd

    from evoapproxnas.multipliers import load_library

    opened = load_library(library)
    rows = []
    for name in opened.match(names):
        signed = opened.entry(name).signed
        operands = chosen_operands(network_operands, operands_file, signed=signed)
        rows.append(_details(opened, name, operands))
    frame = pd.DataFrame(rows).drop(columns=["digest", "origin"])
    if as_json:
        print_table(frame, as_json=True)
        return
    print_side_by_side(frame.set_index("name"))


def _row(library: "Library", name: str) -> dict[str, object]:
    from evoapproxnas.multipliers import CLOCK_MHZ, load_library

    entry = library.entry(name)
    exact_uw = load_library().entry("exact8s" if entry.signed else "exact8").power_uw
    relative = entry.power_uw / exact_uw if entry.power_uw is not None and exact_uw else None
    figures = {key: getattr(entry, key) for key in (*_FIGURES, *_COSTS)}
    energy_pj = None if entry.power_uw is None else entry.power_uw / CLOCK_MHZ
    return {
        "name": entry.name,
        "signed": entry.signed,
        "relative_power": relative,
        **figures,
        "energy_pj": energy_pj,
    }


def _details(
    library: "Library", name: str, operands: "OperandDistribution | None"
) -> dict[str, object]:
    """Return the row of `list` with the rest of the figures, weighted by the operands."""
    from evoapproxnas.circuits import power_uw
    from evoapproxnas.multipliers import error_figures, error_profile

    entry, table = library.entry(name), library[name].table
    row = _row(library, name) | asdict(error_profile(table, signed=entry.signed))
    if operands is not None:
        figures = error_figures(table, signed=entry.signed, operands=operands)
        row |= {f"network_{key}": value for key, value in asdict(figures).items()}
        if library.has_circuit(name):
            row["network_power_uw"] = power_uw(library.netlist(name), operands)
    return row | {"digest": entry.digest, "origin": entry.origin}


def _circuit(
    library: "Library", name: str, operands: "OperandDistribution | None"
) -> dict[str, Any] | None:
    from evoapproxnas.circuits.explain import explain_circuit

    if not library.has_circuit(name):
        return None
    return asdict(explain_circuit(library.netlist(name), operands))


def _print_circuit(circuit: dict[str, Any]) -> None:
    import pandas as pd

    say("")
    print_table(pd.DataFrame(circuit["kinds"]), as_json=False, title="cells by kind")
    path = circuit["critical_path"]
    steps = " -> ".join(f"{step['net']} ({step['kind']})" for step in path)
    say(f"\ncritical path, {path[-1]['arrival_ns']:.3g} ns: {steps}")
