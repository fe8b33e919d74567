"""Draw the Pareto fronts of one or several runs; see --help."""

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
from evoapproxnas.report import draw_pareto
from evoapproxnas.report.data import baseline_frame, front_frame


def main(
    runs: RunFolders,
    *,
    objective: Annotated[
        list[str] | None,
        typer.Option(help="Figure, such as test_accuracy or macs; two or more. [default: theirs]"),
    ] = None,
    points: Annotated[bool, typer.Option(help="All points, too, not the fronts alone.")] = True,
    baselines: Annotated[bool, typer.Option(help="Exact 8-bit and float beside them.")] = True,
    output: Picture = Path("pareto.png"),
    data: Data = None,
    width: Width = 7.2,
) -> None:
    """Draw Pareto fronts of runs in any objectives.

    Runs that differ in nothing but their seed are drawn as median and quartiles of what they
    attain.

    Example: python plots/pareto.py runs/cifar10-reference -o front.svg
    """
    front = front_frame(open_runs(runs), objective, points=points)
    beside = baseline_frame(front[front["member"]]) if baselines else None
    leave(draw_pareto(front, baselines=beside, width=width), output, front, data)


if __name__ == "__main__":
    run_script(main)
