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
    typer.Option(help="sign_magnitude, affine or symmetric; else what suits the multipliers."),
]
PerChannel = Annotated[
    bool, typer.Option("--per-channel", help="A weight scale for each output channel.")
]
ActivationBits = Annotated[int, typer.Option(min=2, max=8, help="Width of activation codes.")]
WeightBits = Annotated[int, typer.Option(min=2, max=8, help="Width of weight codes.")]
RangeMethod = Annotated[
    str, typer.Option(help="Ranges from calibration: minmax, percentile or moving_average.")
]
KernelName = Annotated[str, typer.Option("--kernel", help="Emulation kernel.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Worker processes.")]
ExecutorName = Annotated[
    str | None,
    typer.Option("--executor", help="Where: inline, processes (the default) or ray."),
]
RayAddress = Annotated[
    str | None,
    typer.Option(
        help="HOST:PORT of a Ray cluster, or auto; implies --executor ray. [default: "
        "RAY_ADDRESS, or a Ray of the campaign's own]"
    ),
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
