"""`multipliers plot`: libraries, and what others have published, in one figure."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.options import Signed
from evoapproxnas.cli.output import say


def plot(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders of libraries; else what 'list' lists.")
    ] = None,
    *,
    output: Annotated[Path, typer.Option("-o", help="PNG, SVG or PDF.")] = Path("library.png"),
    error: Annotated[str, typer.Option(help="Error figure.")] = "mae_pct",
    signed: Signed = False,
    published: Annotated[
        Path | None,
        typer.Option(help="CSV file of published circuits to draw too, and to compare with."),
    ] = None,
) -> None:
    r"""Draw power against error of one or more libraries, with their Pareto fronts.

    Example: python -m evoapproxnas multipliers plot \
        --published published_figures.csv
    """
    from evoapproxnas.multipliers import Library, load_library
    from evoapproxnas.report.library_figure import check_error_figure, save_library_figure
    from evoapproxnas.report.published import covered, read_published

    check_error_figure(error)
    chosen = {_label(folder): Library(folder) for folder in folders or []}
    libraries = chosen or {"library": load_library()}
    points = read_published(published, signed=signed, error=error) if published else ()
    save_library_figure(libraries, output, signed=signed, error=error, published=points)
    for label, library in libraries.items() if points else ():
        found, missing = covered(points, library, signed=signed, error=error)
        say(
            f"{label} has a circuit of no larger {error} and relative power for {len(found)} of "
            f"{len(found) + len(missing)} published ones"
            + (f"; not for {', '.join(missing)}" if missing else "")
        )
    say(str(output))


def _label(folder: Path) -> str:
    """Return what a legend has space for: the last two parts of the path."""
    return "/".join(folder.absolute().parts[-2:])
