"""Options that several commands share, each declared once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evoapproxnas.config import DataConfig

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
RunName = Annotated[str, typer.Argument(help="Name of the run.")]
RunsDir = Annotated[Path, typer.Option(help="Folder that holds runs.")]
Seed = Annotated[int, typer.Option(min=0, help="Decides everything that is drawn.")]
ModelFile = Annotated[Path, typer.Argument(help="A .keras file of a trained classifier.")]
DatasetName = Annotated[str, typer.Option("--dataset", help="Data set name or .npz file.")]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of data sets, the only one that is then searched."),
]
PixelScale = Annotated[
    float, typer.Option(help="What 255 becomes, for models that expect other pixels.")
]
IncludeDense = Annotated[
    bool, typer.Option("--include-dense", help="Approximate dense layers, too.")
]
TuneWeights = Annotated[
    bool, typer.Option(help="Feed each circuit the weights whose products come closest.")
]
ErrorCorrection = Annotated[bool, typer.Option(help="Correct biases for free.")]
WeightScheme = Annotated[
    str | None,
    typer.Option(help="sign_magnitude, affine or symmetric; else what suits the multiplier."),
]


def data_config(
    dataset: str, data_dir: Path | None, *, test_images: int | None = None
) -> "DataConfig":
    """Return the data set that the options above name.

    Raises:
        ConfigError: for values that name none.
    """
    from evoapproxnas.config import parse_config

    folder = None if data_dir is None else str(data_dir)
    values = {"dataset": dataset, "data_dir": folder, "test_images": test_images}
    return parse_config({"data": values}).data
