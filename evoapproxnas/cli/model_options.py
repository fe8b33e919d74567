"""Options of the commands that judge a model, and how they get model, data and quantization."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from evoapproxnas.quantization import Quantization
    from evoapproxnas.training import Dataset

ModelFile = Annotated[Path, typer.Argument(help="A .keras file of a trained classifier.")]
DatasetName = Annotated[str, typer.Option("--dataset", help="Data set name or .npz file.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of data sets.")]
PixelScale = Annotated[
    float, typer.Option(help="What 255 becomes, for models that expect other pixels.")
]
IncludeDense = Annotated[
    bool, typer.Option("--include-dense", help="Approximate dense layers, too.")
]
WeightScheme = Annotated[
    str | None,
    typer.Option(help="sign_magnitude, affine or symmetric; else what suits the multipliers."),
]
ErrorCorrection = Annotated[bool, typer.Option(help="Correct biases for free.")]
PerChannel = Annotated[
    bool, typer.Option("--per-channel", help="A weight scale for each output channel.")
]
ActivationBits = Annotated[int, typer.Option(min=2, max=8, help="Width of activation codes.")]
WeightBits = Annotated[int, typer.Option(min=2, max=8, help="Width of weight codes.")]
TuneWeights = Annotated[
    bool, typer.Option(help="Feed each circuit the weights whose products come closest.")
]
RangeMethod = Annotated[
    str, typer.Option(help="Ranges from calibration: minmax, percentile or moving_average.")
]
KernelName = Annotated[str, typer.Option("--kernel", help="Emulation kernel.")]


def quantization(
    *,
    weight_scheme: str | None,
    error_correction: bool,
    per_channel: bool,
    activation_bits: int,
    weight_bits: int,
    tune_weights: bool,
    range_method: str,
    kernel: str,
) -> "Quantization":
    """Return the value that the options mean.

    Raises:
        QuantizationError: for an unknown weight scheme.
        UnknownNameError: for an unknown range method or kernel.
    """
    from evoapproxnas.emulation.calibration.range_methods import resolve_range_method
    from evoapproxnas.emulation.kernels import check_kernel_name
    from evoapproxnas.quantization import Quantization

    resolve_range_method(range_method)
    return Quantization(
        weight_scheme=weight_scheme,  # type: ignore[arg-type]
        error_correction=error_correction,
        per_channel=per_channel,
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        tune_weights=tune_weights,
        range_method=range_method,
        kernel=check_kernel_name(kernel),
    )


def load_data(name: str, folder: Path | None) -> "Dataset":
    """Return a data set by its name.

    Raises:
        DatasetError: if it cannot be found or read.
    """
    from evoapproxnas.config import DataConfig
    from evoapproxnas.training import load_dataset

    return load_dataset(DataConfig(dataset=name, data_dir=folder and str(folder)))


def use_folder(library: Path | None) -> None:
    """Let names mean multipliers of one more library."""
    from evoapproxnas.multipliers import use_library

    if library is not None:
        use_library(library)


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Print warnings as a line each, on standard error, while the context is open."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: console.print(
            f"warning: {message}", markup=False
        )
        yield
