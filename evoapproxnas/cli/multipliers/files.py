"""`multipliers import`, `export`, `verify`: what goes in, what comes out, and whether it is so."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.options import (
    AsJson,
    LibraryFolder,
    MultiplierName,
    MultiplierPattern,
    Signed,
)
from evoapproxnas.cli.output import Terminal, print_entries, print_table, say

if TYPE_CHECKING:
    from evoapproxnas.multipliers import CatalogEntry


def import_(
    sources: Annotated[
        list[str], typer.Argument(help=".bin, .npy, .blif, .v, .sv files or MODULE:FUNCTION.")
    ],
    *,
    name: Annotated[str | None, typer.Option(help="Instead of the name of the file.")] = None,
    signed: Signed = False,
    swap: Annotated[
        bool, typer.Option("--swap", help="The first operand is the weight, not the activation.")
    ] = False,
    ports: Annotated[
        str | None,
        typer.Option(
            help="Ports of a netlist, most significant first: a=x,b=y,product=hi:lo or, bit by "
            "bit, a=a7..a0,b=b7..b0,product=p15..p0."
        ),
    ] = None,
    top: Annotated[str | None, typer.Option(help="Module of a Verilog design.")] = None,
    others: Annotated[
        list[Path] | None,
        typer.Option("--with", help="One more file of the same Verilog design; repeatable."),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(help="Seconds that Yosys may take for a file.")
    ] = 120.0,
    power_uw: Annotated[
        float | None, typer.Option(help="Power of a table, if known; circuits have theirs.")
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(help="Exact multiplier of the same source, which power is compared with."),
    ] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Add multipliers to your library, where campaigns and layers find them.

    The activation is the first index of a table, the first argument of a
    function, operand A of a netlist. In Verilog and BLIF alike, A is the input
    called A or a, or the one with an a where the other has a b (in_b, in_a);
    otherwise the one declared first. In C, Verilog and BLIF that this package
    writes it is a or A, the first. --swap exchanges the operands.

    EvoApproxLib's C functions take (B, A), and TFApprox's .bin files have B as
    the activation: for the table of the .bin, import the Verilog with --swap.

    Bits are ordered by the indices in their names (a7, a_7, a<7>, a[7]), bytes
    of a product by names such as hi and lo or p1 and p0. Where names do not
    tell, give --ports.

    What cannot be imported is reported, the rest is imported; the exit code is
    then 1.

    Example: python -m evoapproxnas multipliers import mine.v --signed
    """
    from evoapproxnas.errors import ConfigError, EvoApproxNASError
    from evoapproxnas.multipliers import NetlistOptions, import_multiplier, refer

    if len(sources) > 1 and (name is not None or power_uw is not None):
        raise ConfigError(
            f"--name and --power-uw take one file, got {len(sources)}; import them one by one"
        )
    netlist = NetlistOptions(ports, top, others or (), time_limit, _tell)
    done: list[CatalogEntry] = []
    notes: list[list[str]] = []
    failed: list[EvoApproxNASError] = []
    for source in sources:
        said: list[str] = []
        try:
            entry = import_multiplier(
                source,
                name=name,
                signed=signed,
                swap=swap,
                power_uw=power_uw,
                library=library,
                netlist=netlist,
                notify=said.append,
            )
        except EvoApproxNASError as error:
            if len(sources) == 1:
                raise
            failed.append(error)
            _tell(f"error: {error}")
            continue
        done.append(entry)
        notes.append(said)
        for note in said:
            _tell(f"{entry.name}: {note}")
    if reference is not None and done:
        done = list(refer([entry.name for entry in done], reference, library=library))
    _print_imported(done, notes, as_json=as_json)
    if failed:
        _tell(f"{len(failed)} of {len(sources)} were not imported")
        raise typer.Exit(1)


def _tell(line: str) -> None:
    """Print a line beside the results, which may be read by a program."""
    say(line, to=Terminal(stderr=True))


def _print_imported(done: "list[CatalogEntry]", notes: list[list[str]], *, as_json: bool) -> None:
    if as_json:
        pairs = zip(done, notes, strict=True)
        print(json.dumps([asdict(entry) | {"notes": said} for entry, said in pairs], indent=2))
    elif done:
        print_entries(done, as_json=False)


def export(
    name: MultiplierName,
    path: Annotated[Path, typer.Argument(help="Ending .bin, .npy, .v, .blif or .c.")],
    *,
    library: LibraryFolder = None,
) -> None:
    """Write a multiplier for other tools; the ending of the file chooses the format.

    Example: python -m evoapproxnas multipliers export mul8u_or8_v6 or8.blif
    """
    from evoapproxnas.multipliers import export_multiplier, load_library

    say(str(export_multiplier(name, path, library=load_library(library))))


def verify(
    pattern: MultiplierPattern = "*",
    *,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Recompute tables, digests, figures and costs; exits with 1 if anything differs.

    Example: python -m evoapproxnas multipliers verify
    """
    import pandas as pd

    from evoapproxnas.multipliers import Library, load_library, verify_multiplier

    opened = Library(library) if library else load_library()
    names = opened.match([pattern])
    found = [(name, problem) for name in names for problem in verify_multiplier(opened, name)]
    if found or as_json:
        print_table(pd.DataFrame(found, columns=["name", "problem"]), as_json=as_json)
    else:
        say(f"{len(names)} multipliers verified")
    if found:
        raise typer.Exit(1)
