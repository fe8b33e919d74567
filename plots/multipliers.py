"""Draw which multipliers networks use at which depth; see --help."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.answering import (
    Data,
    Picture,
    RunFolders,
    Width,
    leave,
    open_runs,
    run_script,
)
from evoapproxnas.report import draw_usage
from evoapproxnas.report.data import usage_frame


def main(
    runs: RunFolders,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All points, not the fronts.")] = False,
    output: Picture = Path("multipliers.png"),
    data: Data = None,
    width: Width = 7.2,
) -> None:
    """Draw the share of layers at each depth that use a multiplier.

    Example: python plots/multipliers.py runs/cifar10-reference -o multipliers.svg
    """
    usage = usage_frame(open_runs(runs), of="all" if all_ else "front")
    leave(draw_usage(usage, width=width), output, usage, data)


if __name__ == "__main__":
    run_script(main)
