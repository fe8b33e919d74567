"""Draw the sweeps of several networks in one figure; see --help."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.answering import Picture, run_script
from evoapproxnas.cli.output import say
from evoapproxnas.report.data import sweep_frame
from evoapproxnas.report.networks_figure import save_networks_figure


def main(
    folders: Annotated[list[Path], typer.Argument(help="Of a sweep.csv each.")],
    *,
    output: Picture = Path("networks.png"),
) -> None:
    """Draw the sweeps of several networks, as `python -m evoapproxnas sweep` leaves them.

    Example: python plots/networks.py runs/cifar10-resnet8 runs/cifar10-resnet20 -o networks.png
    """
    names = [folder.resolve().name for folder in folders]
    alike = len(set(names)) < len(names)
    sweeps = {
        str(folder) if alike else name: sweep_frame(folder)
        for name, folder in zip(names, folders, strict=True)
    }
    save_networks_figure(sweeps, output)
    say(str(output))


if __name__ == "__main__":
    run_script(main)
