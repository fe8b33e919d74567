"""`multipliers import`, `export`, `verify`: what goes in, what comes out, and whether it is so."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.library_options import LibraryFolder, Signed
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import print_entries, print_table, say


def import_(
    sources: Annotated[
        list[str], typer.Argument(help=".bin, .npy, .blif, .v files or MODULE:FUNCTION.")
    ],
    *,
    name: Annotated[str | None, typer.Option(help="Instead of the name of the file.")] = None,
    signed: Signed = False,
    swap: Annotated[bool, typer.Option("--swap", help="First operand is the weight.")] = False,
    power_uw: Annotated[
        float | None, typer.Option(help="Power of a table, if known; circuits have theirs.")
    ] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Add multipliers to your library, where campaigns and layers find them."""
    from evoapproxnas.errors import ConfigError
    from evoapproxnas.multipliers import import_multiplier

    if len(sources) > 1 and (name is not None or power_uw is not None):
        raise ConfigError(
            f"--name and --power-uw take one file, got {len(sources)}; import them one by one"
        )
    entries = [
        import_multiplier(
            source, name=name, signed=signed, swap=swap, power_uw=power_uw, library=library
        )
        for source in sources
    ]
    print_entries(entries, as_json=as_json)


def export(
    name: Annotated[str, typer.Argument()],
    path: Annotated[Path, typer.Argument(help="Ending .bin, .npy, .v, .blif or .c.")],
    *,
    library: LibraryFolder = None,
) -> None:
    """Write a multiplier for other tools; the ending of the file chooses the format."""
    from evoapproxnas.multipliers import export_multiplier, load_library

    say(str(export_multiplier(name, path, library=load_library(library))))


def verify(
    pattern: Annotated[str, typer.Argument(help="Name or shell pattern.")] = "*",
    *,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Recompute tables, digests, figures and costs; exits with 1 if anything differs."""
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
