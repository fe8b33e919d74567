"""Draw how the hypervolume of runs grew; see --help."""

from enum import StrEnum
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
from evoapproxnas.report import draw_progress
from evoapproxnas.report.data import progress_frame
from evoapproxnas.report.data.progress import Over


class Axis(StrEnum):
    """What volumes are drawn over."""

    EVALUATION = "evaluation"
    SECONDS = "seconds"
    PASSES = "passes"
    TRAINED_SECONDS = "trained_seconds"


def main(
    runs: RunFolders,
    *,
    over: Annotated[list[Axis] | None, typer.Option(help="A panel for each; repeatable.")] = None,
    output: Picture = Path("progress.png"),
    data: Data = None,
    width: Width = 7.2,
) -> None:
    """Draw the hypervolume of runs over evaluations and time.

    Runs that differ in nothing but their seed are drawn as median and quartiles.

    Example: python plots/progress.py runs/cifar10-reference --over evaluation -o progress.svg
    """
    progress = progress_frame(open_runs(runs))
    axes: list[Over] = [axis.value for axis in over or (Axis.EVALUATION, Axis.SECONDS)]
    leave(draw_progress(progress, over=axes, width=width), output, progress, data)


if __name__ == "__main__":
    run_script(main)
