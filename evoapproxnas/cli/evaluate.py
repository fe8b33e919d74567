"""`evaluate`: what a multiplier does to a given model. A sweep of few, in all layers."""

from typing import Annotated

import typer

from evoapproxnas.cli import model_options as judged
from evoapproxnas.cli import options as given
from evoapproxnas.cli.completing import complete_multiplier
from evoapproxnas.cli.output import note, print_table
from evoapproxnas.quantization import Quantization


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(evaluate)


@judged.with_quantization
def evaluate(
    model: given.ModelFile,
    *,
    multiplier: Annotated[
        list[str],
        typer.Option(
            help="Name or shell pattern, NAME@a6w4; may be repeated.",
            autocompletion=complete_multiplier,
        ),
    ],
    dataset: given.DatasetName = "digits",
    data_dir: given.DataDir = None,
    library: given.LibraryFolder = None,
    images: Annotated[int | None, typer.Option(min=1, help="Use so many test images.")] = None,
    quantization: Quantization,
    pixel_scale: given.PixelScale = 255.0,
    as_json: given.AsJson = False,
) -> None:
    r"""Test a Keras model in float, exact 8-bit, and with each multiplier in every layer.

    A file that holds approximate layers is tested as it was saved, too.

    Example: python -m evoapproxnas evaluate model.keras --dataset cifar10 \
        --multiplier 'mul8u_or*'
    """
    from evoapproxnas.resilience import sweep

    judged.use_folder(library)
    with judged.plain_warnings():
        result = sweep(
            model,
            judged.load_data(dataset, data_dir),
            multipliers=tuple(multiplier),
            quantization=quantization,
            images=images,
            bits=(),
            include_dense=True,
            pixel_scale=pixel_scale,
        )
    table = result.table().rename(columns={"loss_points": "loss_vs_exact8"})
    names = ["multiplier", "weight_scheme", "accuracy", "loss_vs_exact8", "relative_energy"]
    print_table(table[names], as_json=as_json)
    if not as_json:
        for layer in result.stays_exact:
            note(f"stays exact: {layer}")
