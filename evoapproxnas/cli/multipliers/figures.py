"""`multipliers list`, `show`, `compare`: what is known of multipliers."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.completing import complete_multiplier
from evoapproxnas.cli.options import (
    AsJson,
    LibraryFolder,
    MultiplierName,
    MultiplierPattern,
    NetworkOperands,
    OperandsFile,
    Reference,
    chosen_operands,
)
from evoapproxnas.cli.output import note, print_rows, print_side_by_side, print_table, say

if TYPE_CHECKING:
    from evoapproxnas.circuits import OperandDistribution
    from evoapproxnas.multipliers import Library

_FIRST = ("name", "signed", "relative_power", "mae_pct", "wce_pct", "power_uw", "note")
_FIGURES = ("mae_pct", "wce_pct", "ep_pct", "mre_pct", "mse")
_COSTS = ("power_uw", "area_um2", "delay_ns", "gates", "terms")


def list_(
    pattern: MultiplierPattern = "*",
    *,
    signed: Annotated[bool | None, typer.Option("--signed/--unsigned", help="Only these.")] = None,
    max_mae: Annotated[float | None, typer.Option(help="Largest MAE, in percent.")] = None,
    max_wce: Annotated[float | None, typer.Option(help="Largest WCE, in percent.")] = None,
    max_power: Annotated[float | None, typer.Option(help="Largest power, in uW.")] = None,
    sort: Annotated[str, typer.Option(help="Column to sort by.")] = "power_uw",
    reference: Reference = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """List multipliers with error figures, power, area and delay.

    Example: python -m evoapproxnas multipliers list 'mul8u_*' --sort mae_pct
    """
    from evoapproxnas.errors import unknown_name
    from evoapproxnas.multipliers import Library, load_library

    opened = Library(library) if library else load_library()
    rows = [_row(opened, name, reference) for name in opened.match([pattern])]
    if rows and sort not in rows[0]:
        raise unknown_name("column", sort, rows[0])
    if signed is not None:
        rows = [row for row in rows if row["signed"] == signed]
    for column, limit in (("mae_pct", max_mae), ("wce_pct", max_wce), ("power_uw", max_power)):
        if limit is not None:
            rows = [row for row in rows if row[column] is not None and row[column] <= limit]
    rows.sort(key=lambda row: (row[sort] is None, row[sort]))
    columns = [*_FIRST, *(column for column in (rows[0] if rows else ()) if column not in _FIRST)]
    print_rows([{column: row[column] for column in columns} for row in rows], as_json=as_json)
    if not as_json:
        _say_references({row["relative_to"] for row in rows})


def show(
    name: MultiplierName,
    *,
    heat_map: Annotated[Path | None, typer.Option(help="Draw it: PNG, SVG or PDF file.")] = None,
    network_operands: NetworkOperands = False,
    operands_file: OperandsFile = None,
    reference: Reference = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Print everything known about one multiplier: figures, where it errs, its circuit.

    Example: python -m evoapproxnas multipliers show mul8u_or8_v6
    """
    import json

    from evoapproxnas.multipliers import load_library
    from evoapproxnas.report.heat_map import heat_map_text, save_heat_map

    opened = load_library(library)
    signed = opened.entry(name).signed
    operands = chosen_operands(network_operands, operands_file, signed=signed)
    row = _details(opened, name, operands, reference)
    circuit = _circuit(opened, name, operands)
    if heat_map is not None:
        save_heat_map(opened[name], heat_map)
    if as_json:
        print(json.dumps({**row, "circuit": circuit}, indent=2))
        return
    for key, value in row.items():
        if key == "note" and not value:
            continue
        text = f"{value:.6g}" if isinstance(value, float) else "-" if value is None else value
        say(f"{key:>18}  {text}")
    say(f"\n{heat_map_text(opened[name])}")
    if circuit is not None:
        _print_circuit(circuit)


def compare(
    names: Annotated[
        list[str],
        typer.Argument(help="Names or shell patterns.", autocompletion=complete_multiplier),
    ],
    *,
    network_operands: NetworkOperands = False,
    operands_file: OperandsFile = None,
    reference: Reference = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Print all figures of several multipliers side by side.

    Example: python -m evoapproxnas multipliers compare mul8u_or8_v6 mul8u_or9_v8
    """
    import pandas as pd

    from evoapproxnas.multipliers import load_library

    opened = load_library(library)
    rows = []
    for name in opened.match(names):
        signed = opened.entry(name).signed
        operands = chosen_operands(network_operands, operands_file, signed=signed)
        rows.append(_details(opened, name, operands, reference))
    frame = pd.DataFrame(rows).drop(columns=["digest", "origin"])
    if as_json:
        print_table(frame, as_json=True)
        return
    noted = bool(frame["note"].any())
    print_side_by_side(frame.set_index("name").drop(columns=[] if noted else ["note"]))


def _row(library: "Library", name: str, reference: str | None) -> dict[str, Any]:
    from evoapproxnas.multipliers import CLOCK_MHZ, relative_power

    entry = library.entry(name)
    relative = relative_power(library, name, reference=reference)
    figures = {key: getattr(entry, key) for key in (*_FIGURES, *_COSTS)}
    energy_pj = None if entry.power_uw is None else entry.power_uw / CLOCK_MHZ
    return {
        "name": entry.name,
        "signed": entry.signed,
        "relative_power": relative.share,
        "relative_to": relative.reference,
        "note": _FLIPS if entry.flips_a_sign else "",
        **figures,
        "energy_pj": energy_pj,
    }


_FLIPS = "flips a sign"


def _say_references(references: set[str]) -> None:
    if references:
        note(f"relative_power is against {', '.join(sorted(references))}")


def _details(
    library: "Library", name: str, operands: "OperandDistribution | None", reference: str | None
) -> dict[str, object]:
    """Return the row of `list` with the rest of the figures, weighted by the operands."""
    from evoapproxnas.circuits import power_uw
    from evoapproxnas.multipliers import error_figures, error_profile

    entry, table = library.entry(name), library[name].table
    row = _row(library, name, reference) | asdict(error_profile(table, signed=entry.signed))
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
    say("")
    print_rows(circuit["kinds"], as_json=False, title="cells by kind")
    path = circuit["critical_path"]
    steps = " -> ".join(f"{step['net']} ({step['kind']})" for step in path)
    say(f"\ncritical path, {path[-1]['arrival_ns']:.3g} ns: {steps}")
