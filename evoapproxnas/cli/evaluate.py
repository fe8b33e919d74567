"""`evaluate`: what a multiplier does to a given model."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.library_options import LibraryFolder
from evoapproxnas.cli.output import print_table
from evoapproxnas.cli.results import AsJson


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(evaluate)


def evaluate(
    model: Annotated[Path, typer.Argument(help="A .keras file that takes pixels 0..255.")],
    *,
    multiplier: Annotated[list[str], typer.Option(help="Name or shell pattern; may be repeated.")],
    dataset: Annotated[str, typer.Option(help="Data set name or .npz file.")] = "digits",
    data_dir: Annotated[Path | None, typer.Option(help="Folder of data sets.")] = None,
    images: Annotated[int | None, typer.Option(min=1, help="Use so many test images.")] = None,
    weight_scheme: Annotated[str, typer.Option(help="Where the weights' sign goes.")] = (
        "sign_magnitude"
    ),
    error_correction: Annotated[bool, typer.Option(help="Correct biases for free.")] = True,
    pixel_scale: Annotated[
        float, typer.Option(help="What 255 becomes, for models that expect other pixels.")
    ] = 255.0,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Test a Keras model in float, exact 8-bit, and with each multiplier in every layer."""
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    from evoapproxnas.config import DataConfig, parse_config
    from evoapproxnas.multipliers import use_library
    from evoapproxnas.resilience.judge import judge_model

    if library is not None:
        use_library(library)
    data = DataConfig(dataset=dataset, data_dir=data_dir and str(data_dir), test_images=images)
    scheme = {"weight_scheme": weight_scheme, "error_correction": error_correction}
    table = judge_model(
        model,
        multipliers=multiplier,
        data=data,
        quantization=parse_config({"quantization": scheme}).quantization,
        pixel_scale=pixel_scale,
    )
    print_table(table, as_json=as_json)
