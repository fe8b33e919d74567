"""Draw who descends from whom in a run; see --help."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.answering import Data, Picture, RunFolder, Width, leave, run_script
from evoapproxnas.report import draw_lineage
from evoapproxnas.report.data import lineage_frame
from evoapproxnas.store import load_run


def main(
    run: RunFolder,
    *,
    color: Annotated[str | None, typer.Option(help="Figure, such as energy_nj.")] = None,
    output: Picture = Path("lineage.png"),
    data: Data = None,
    width: Width = 7.2,
) -> None:
    """Draw the family trees of a run, by operator, coloured by accuracy.

    Example: python plots/lineage.py runs/cifar10-reference -o lineage.svg
    """
    lineage = lineage_frame(load_run(run, read_only=True))
    leave(draw_lineage(lineage, figure_of=color, width=width), output, lineage, data)


if __name__ == "__main__":
    run_script(main)
