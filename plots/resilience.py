"""Draw what a network can do with approximate multipliers; see --help."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from evoapproxnas.cli.answering import Picture, Title, run_script
from evoapproxnas.cli.output import say
from evoapproxnas.report.data import assigned_frame, retrained_frame, sweep_frame
from evoapproxnas.report.study_figure import save_study_figure


def main(
    folder: Annotated[Path, typer.Argument(help="Of sweep.csv and assign*/.")],
    *,
    title: Title = "",
    output: Picture = Path("resilience.png"),
) -> None:
    """Draw a study of one network: sweep, assignments, retraining.

    The folder holds `sweep.csv` and, if there were any, `assign*/front.csv` and
    `assign*/retrained.csv`, as `python -m evoapproxnas sweep` and `assign` leave them.

    Example: python plots/resilience.py runs/cifar10-resnet8 -o resilience.png
    """
    sweep = sweep_frame(folder)
    fronts = [assigned_frame(path.parent) for path in sorted(folder.glob("assign*/front.csv"))]
    retrained = [
        retrained_frame(path.parent) for path in sorted(folder.glob("assign*/retrained.csv"))
    ]
    save_study_figure(
        sweep,
        fronts,
        pd.concat(retrained) if retrained else None,
        output,
        title=title,
    )
    say(str(output))


if __name__ == "__main__":
    run_script(main)
