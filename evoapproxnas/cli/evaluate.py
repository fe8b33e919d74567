"""`evaluate`: what a multiplier does to a given model."""

from typing import Annotated

import typer

from evoapproxnas.cli.library_options import LibraryFolder
from evoapproxnas.cli.options import (
    AsJson,
    DataDir,
    DatasetName,
    ErrorCorrection,
    ModelFile,
    PixelScale,
    data_config,
)
from evoapproxnas.cli.output import print_table


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(evaluate)


def evaluate(
    model: ModelFile,
    *,
    multiplier: Annotated[list[str], typer.Option(help="Name or shell pattern; may be repeated.")],
    dataset: DatasetName = "digits",
    data_dir: DataDir = None,
    images: Annotated[int | None, typer.Option(min=1, help="Use so many test images.")] = None,
    weight_scheme: Annotated[str, typer.Option(help="Where the weights' sign goes.")] = (
        "sign_magnitude"
    ),
    error_correction: ErrorCorrection = True,
    pixel_scale: PixelScale = 255.0,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Test a Keras model in float, exact 8-bit, and with each multiplier in every layer."""
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    from evoapproxnas.config import parse_config
    from evoapproxnas.multipliers import use_library
    from evoapproxnas.resilience.judge import judge_model

    if library is not None:
        use_library(library)
    data = data_config(dataset, data_dir, test_images=images)
    scheme = {"weight_scheme": weight_scheme, "error_correction": error_correction}
    table = judge_model(
        model,
        multipliers=multiplier,
        data=data,
        quantization=parse_config({"quantization": scheme}).quantization,
        pixel_scale=pixel_scale,
    )
    print_table(table, as_json=as_json)
