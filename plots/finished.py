"""Draw what finished networks of a run reach; see --help."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import evoapproxnas as ea
from evoapproxnas.cli.answering import Picture, RunFolder, run_script
from evoapproxnas.cli.output import say
from evoapproxnas.report.data import assigned_frame, retrained_frame
from evoapproxnas.report.finished_figure import save_finished_figure


def retrained(folder: Path) -> pd.DataFrame:
    """Return the retrained members of an assignment search, with absolute energies."""
    front, rows = assigned_frame(folder), retrained_frame(folder)
    exact8_nj = (front["energy_nj"] / front["relative_energy"]).median()
    return rows.assign(energy_nj=rows["relative_energy"] * exact8_nj)


def main(
    run: RunFolder,
    *,
    study: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            help="Folder of assign with retrained.csv to draw beside; may be repeated.",
        ),
    ] = None,
    output: Picture = Path("finished.png"),
) -> None:
    """Draw finished networks of a run, beside exact multipliers and retrained studies.

    Example: python plots/finished.py runs/cifar10-reference -o finished.png
    """
    named = [text.rpartition("=")[::2] for text in study or ()]
    beside = {f"{name or folder}, retrained": retrained(Path(folder)) for name, folder in named}
    table = ea.load_run(run, read_only=True).finished()
    save_finished_figure(table, output, beside=beside)
    say(str(output))


if __name__ == "__main__":
    run_script(main)
