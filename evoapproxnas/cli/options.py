"""Options that several commands share, each declared once."""

from pathlib import Path
from typing import Annotated

import typer

RunName = Annotated[str, typer.Argument(help="Name of the run.")]
RunsDir = Annotated[Path, typer.Option(help="Folder that holds runs.")]
Seed = Annotated[int, typer.Option(min=0, help="Decides everything that is drawn.")]
DatasetName = Annotated[str, typer.Option("--dataset", help="Data set name or .npz file.")]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of data sets, the only one that is then searched."),
]
