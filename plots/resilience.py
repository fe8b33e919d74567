"""Draw what a network can do with approximate multipliers: sweep, assignments, retraining.

Example: python plots/resilience.py runs/cifar10-resnet8 -o resilience.png

The folder holds `sweep.csv` and, if there were any, `assign*/front.csv` and
`assign*/retrained.csv`, as `python -m evoapproxnas sweep` and `assign` leave them.
"""

import argparse
from pathlib import Path

import pandas as pd

from evoapproxnas.report.study_figure import save_study_figure


def main() -> None:
    """Parse the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw a study of one network.")
    parser.add_argument("folder", type=Path, help="of sweep.csv and assign*/")
    parser.add_argument("--title", default="", help="above the figure")
    parser.add_argument("-o", "--output", type=Path, default=Path("resilience.png"))
    arguments = parser.parse_args()
    fronts = [pd.read_csv(path) for path in sorted(arguments.folder.glob("assign*/front.csv"))]
    retrained = [
        pd.read_csv(path) for path in sorted(arguments.folder.glob("assign*/retrained.csv"))
    ]
    save_study_figure(
        pd.read_csv(arguments.folder / "sweep.csv"),
        fronts,
        pd.concat(retrained) if retrained else None,
        arguments.output,
        title=arguments.title,
    )
    print(arguments.output)


if __name__ == "__main__":
    main()
