"""`multipliers generate`: circuits of published families."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.options import AsJson, LibraryFolder, Signed
from evoapproxnas.cli.output import print_entries, print_table, say

if TYPE_CHECKING:
    import pandas as pd


def generate(
    family: Annotated[
        str | None, typer.Argument(help="Family of circuits; left out: list them.")
    ] = None,
    *,
    option: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, an option of the family; repeatable.")
    ] = None,
    signed: Signed = False,
    name: Annotated[str | None, typer.Option(help="Instead of family and options.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", help="Write this .v, .blif, .c, .bin or .npy instead.")
    ] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Generate a multiplier of a published family into your library, or into a file.

    Example: python -m evoapproxnas multipliers generate drum --option segment=4
    """
    from evoapproxnas.multipliers import add_multiplier, export_circuit, generate_multiplier

    if family is None:
        print_table(_families(), as_json=as_json)
        return
    entry, netlist = generate_multiplier(family, _options(option or []), signed=signed, name=name)
    if output is not None:
        say(str(export_circuit(entry, netlist, output)))
        return
    kept = add_multiplier(entry, netlist, library=library)
    print_entries([kept], as_json=as_json)


def _options(given: list[str]) -> dict[str, object]:
    from evoapproxnas.errors import ConfigError

    pairs = [text.partition("=") for text in given]
    for text, (_, equals, _) in zip(given, pairs, strict=True):
        if not equals:
            raise ConfigError(f"--option takes NAME=VALUE, such as segment=4, got {text!r}")
    return {key.strip(): value.strip() for key, _, value in pairs}


def _families() -> "pd.DataFrame":
    import pandas as pd

    from evoapproxnas.circuits.generators import FAMILIES

    rows = [
        {
            "family": family.name,
            "options": "; ".join(f"{key}: {kind}" for key, kind in family.options.items()),
            "what": family.summary,
        }
        for family in FAMILIES.values()
    ]
    return pd.DataFrame(rows)
