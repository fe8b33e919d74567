"""`multipliers bundle ...`: how the bundled library was made; for those who change it."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.output import say

app = typer.Typer(
    help="Make bundled circuits again, or others.\n\n"
    "Example: python -m evoapproxnas multipliers bundle climb LADDERS",
    no_args_is_help=True,
)

Ladders = Annotated[Path, typer.Argument(help="Folder of recipes and netlists of ladders.")]
Folder = Annotated[Path, typer.Argument(help="Folder of the library.")]


@app.command()
def build(
    folder: Folder,
    names: Annotated[
        list[str] | None, typer.Argument(help="Of bundled circuits; left out: all of them.")
    ] = None,
) -> None:
    r"""Build bundled circuits from their recipes; other netlists in the folder are deleted.

    Example: python -m evoapproxnas multipliers bundle build \
        /tmp/again mul8u_or8_v6
    """
    from evoapproxnas.multipliers.making.bundle import write_library

    write_library(folder, names or ())
    say(str(folder / "catalog.csv"))


@app.command()
def climb(
    ladders: Ladders,
    chosen: Annotated[
        list[str] | None, typer.Argument(help="LADDER or LADDER:PASS,PASS; left out: all.")
    ] = None,
) -> None:
    """Trace the fronts of the library by evolution: hours; a repeated command goes on.

    Example: python -m evoapproxnas multipliers bundle climb LADDERS
    """
    from evoapproxnas.multipliers.making.ladder import climb

    climb(ladders, chosen or ())
    say(str(ladders))


@app.command()
def select(
    ladders: Ladders,
    folder: Folder,
    *,
    saving: Annotated[
        float | None,
        typer.Option(help="Add to the library what saves this share of power, instead."),
    ] = None,
) -> None:
    """Choose circuits of the fronts for a library, beside the constructed ones.

    Example: python -m evoapproxnas multipliers bundle select LADDERS multipliers
    """
    from evoapproxnas.multipliers.making.selection import select

    select(ladders, folder, saving=saving)
    say(str(folder / "catalog.csv"))
