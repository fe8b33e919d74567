"""`multipliers list` and `multipliers show`."""

from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.output import console, print_table
from evoapproxnas.cli.results import AsJson

if TYPE_CHECKING:
    from evoapproxnas.multipliers import Multiplier

app = typer.Typer(help="The library of approximate multipliers.", no_args_is_help=True)

_FIGURES = ("mae_pct", "wce_pct", "ep_pct", "mre_pct", "mse")
_COSTS = ("power_uw", "area_um2", "delay_ns", "energy_pj")


@app.command("list")
def list_(
    pattern: Annotated[str, typer.Argument(help="Name or shell pattern.")] = "*",
    *,
    sort: Annotated[str, typer.Option(help="Column to sort by.")] = "power_uw",
    as_json: AsJson = False,
) -> None:
    """List multipliers with error figures, power, area and delay."""
    import pandas as pd

    from evoapproxnas.errors import unknown_name
    from evoapproxnas.multipliers import load_library

    library = load_library()
    frame = pd.DataFrame([_row(library[name]) for name in library.match([pattern])])
    if sort not in frame:
        raise unknown_name("column", sort, frame.columns)
    print_table(frame.sort_values(sort), as_json=as_json)


@app.command()
def show(name: Annotated[str, typer.Argument()], *, as_json: AsJson = False) -> None:
    """Print everything known about one multiplier."""
    import json

    from evoapproxnas.multipliers import load_library

    multiplier = load_library()[name]
    row = {**_row(multiplier), "digest": multiplier.digest}
    if as_json:
        print(json.dumps(row, indent=2))
        return
    for key, value in row.items():
        text = f"{value:.6g}" if isinstance(value, float) else value
        console.print(f"{key:>18}  {text}", highlight=False)


def _row(multiplier: "Multiplier") -> dict[str, object]:
    from evoapproxnas.multipliers import load_library

    exact = load_library()["exact8s" if multiplier.signed else "exact8"]
    figures = {key: getattr(multiplier, key) for key in (*_FIGURES, *_COSTS)}
    relative = None
    if multiplier.power_uw is not None and exact.power_uw:
        relative = multiplier.power_uw / exact.power_uw
    return {"name": multiplier.name, "signed": multiplier.signed, "relative_power": relative} | (
        figures
    )
