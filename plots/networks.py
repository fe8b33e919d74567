"""Draw the sweeps of several networks in one figure.

Example: python plots/networks.py runs/cifar10-resnet8 runs/cifar10-resnet20 -o networks.png

Each folder holds `sweep.csv`, as `python -m evoapproxnas sweep` leaves it.
"""

import argparse
from pathlib import Path

import pandas as pd

from evoapproxnas.report.networks_figure import save_networks_figure


def main() -> None:
    """Parse the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw the sweeps of several networks.")
    parser.add_argument("folders", type=Path, nargs="+", help="of a sweep.csv each")
    parser.add_argument("-o", "--output", type=Path, default=Path("networks.png"))
    arguments = parser.parse_args()
    sweeps = {folder.name: pd.read_csv(folder / "sweep.csv") for folder in arguments.folders}
    save_networks_figure(sweeps, arguments.output)
    print(arguments.output)


if __name__ == "__main__":
    main()
