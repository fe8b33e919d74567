"""Draw what finished networks of a run reach, beside exact multipliers and retrained studies.

Example: python plots/finished.py runs/cifar10-reference --study ResNet-8=runs/cifar10-resnet8/assign-0
"""  # noqa: E501

import argparse
from pathlib import Path

import pandas as pd

import evoapproxnas as ea
from evoapproxnas.report.finished_figure import save_finished_figure


def retrained(folder: Path) -> pd.DataFrame:
    """Read the retrained members of an assignment search, with absolute energies."""
    front = pd.read_csv(folder / "front.csv")
    exact8_nj = (front["energy_nj"] / front["relative_energy"]).median()
    rows = pd.read_csv(folder / "retrained.csv")
    return rows.assign(energy_nj=rows["relative_energy"] * exact8_nj)


def main() -> None:
    """Parse the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw finished networks of a run.")
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument(
        "--study",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="folder of assign with retrained.csv to draw beside; may be repeated",
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("finished.png"), help="or SVG")
    arguments = parser.parse_args()
    named = [study.rpartition("=")[::2] for study in arguments.study]
    beside = {f"{name or folder}, retrained": retrained(Path(folder)) for name, folder in named}
    table = ea.load_run(arguments.run, read_only=True).finished()
    save_finished_figure(table, arguments.output, beside=beside)
    print(arguments.output)


if __name__ == "__main__":
    main()
