"""Draw the sweeps of several networks in one figure; see --help."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from evoapproxnas.cli.answering import Picture, run_script
from evoapproxnas.cli.output import say
from evoapproxnas.report.networks_figure import save_networks_figure


def main(
    folders: Annotated[list[Path], typer.Argument(help="Of a sweep.csv each.")],
    *,
    output: Picture = Path("networks.png"),
) -> None:
    """Draw the sweeps of several networks, as `python -m evoapproxnas sweep` leaves them.

    Example: python plots/networks.py runs/cifar10-resnet8 runs/cifar10-resnet20 -o networks.png
    """
    sweeps = {folder.name: pd.read_csv(folder / "sweep.csv") for folder in folders}
    save_networks_figure(sweeps, output)
    say(str(output))


if __name__ == "__main__":
    run_script(main)
