"""`sweep`: what every multiplier does to a given model."""

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.library_options import LibraryFolder
from evoapproxnas.cli.options import (
    AsJson,
    DataDir,
    DatasetName,
    IncludeDense,
    ModelFile,
    PixelScale,
    TuneWeights,
    WeightScheme,
    data_config,
)
from evoapproxnas.cli.output import print_table, say

if TYPE_CHECKING:
    from evoapproxnas.resilience import SweepResult
    from evoapproxnas.resilience.sweep_records import SweepRow


class OperandsChoice(StrEnum):
    """Operands under which a multiplication takes its energy."""

    UNIFORM = "uniform"
    NETWORK = "network"


EnergyOperands = Annotated[
    OperandsChoice,
    typer.Option(help="Energy under uniform operands, as published, or those of each layer."),
]


class Correction(StrEnum):
    """Whether biases are corrected for the expected error of the multiplier."""

    ON = "on"
    OFF = "off"
    BOTH = "both"


_CORRECTIONS = {
    Correction.ON: (True,),
    Correction.OFF: (False,),
    Correction.BOTH: (True, False),
}


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(sweep)


def sweep(
    model: ModelFile,
    *,
    dataset: DatasetName = "digits",
    data_dir: DataDir = None,
    library: LibraryFolder = None,
    multipliers: Annotated[
        list[str] | None,
        typer.Option(help="Name or shell pattern; may be repeated. [default: all]"),
    ] = None,
    images: Annotated[int | None, typer.Option(min=1, help="Use so many images.")] = None,
    split: Annotated[str, typer.Option(help="test or validation.")] = "test",
    weight_scheme: WeightScheme = None,
    error_correction: Annotated[
        Correction, typer.Option(help="Correct biases for free.")
    ] = Correction.ON,
    tune_weights: TuneWeights = False,
    bits: Annotated[
        str, typer.Option(help="Narrower exact multipliers to compare with, '' for none.")
    ] = "7 6 5 4",
    screen: Annotated[
        int | None, typer.Option(min=1, help="Give up hopeless circuits after so many images.")
    ] = None,
    screen_margin: Annotated[
        float, typer.Option(min=0, help="Loss that is hopeless, in percentage points.")
    ] = 15.0,
    operands: EnergyOperands = OperandsChoice.UNIFORM,
    pixel_scale: PixelScale = 255.0,
    include_dense: IncludeDense = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of sweep.csv and sweep.png.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure a model with every multiplier in every convolution.

    Beside it stand float, exact 8 bits, and exact multipliers of fewer bits: what a circuit has
    to beat. With -o, a sweep that was interrupted goes on where it stopped.
    """
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    from evoapproxnas.multipliers import use_library
    from evoapproxnas.resilience import SweepOptions
    from evoapproxnas.resilience import sweep as run
    from evoapproxnas.training import load_dataset
    from evoapproxnas.training.classifier import load_classifier

    if library is not None:
        use_library(library)
    options = SweepOptions(
        multipliers=tuple(multipliers or ("all",)),
        weight_scheme=weight_scheme,
        error_correction=_CORRECTIONS[error_correction],
        tune_weights=tune_weights,
        bits=_widths(bits),
        split=split,  # type: ignore[arg-type]
        images=images,
        screen=screen,
        screen_margin=screen_margin,
        operands=operands.value,
        pixel_scale=pixel_scale,
        include_dense=include_dense,
    )
    network = load_classifier(model)
    data = load_dataset(data_config(dataset, data_dir))
    result = run(
        network,
        data,
        options=options,
        folder=output,
        observer=None if as_json else _print_row,
    )
    print_table(result.to_frame(), as_json=as_json)
    if not as_json:
        _print_exact(result)
    if output is not None:
        from evoapproxnas.report.resilience_figure import save_sweep_figure

        title = f"{model.stem} on {dataset}, {split} images"
        save_sweep_figure(result.to_frame(), output / "sweep.png", title=title)
        if not as_json:
            say(f"rows and figure are in {output}")


def _widths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(width) for width in text.replace(",", " ").split())
    except ValueError:
        raise typer.BadParameter(f"expected widths such as '7 6 5 4', got {text!r}") from None


def _print_row(row: "SweepRow", done: int, total: int) -> None:
    loss = "" if row.kind == "float" else f"  {row.loss_points:+6.2f} points lost"
    energy = "" if row.kind == "float" else f"  energy {row.relative_energy:.3f} of exact 8-bit"
    if not math.isnan(row.uniform_relative_energy):
        energy += f" ({row.uniform_relative_energy:.3f} under uniform operands)"
    given_up = f"  given up after {row.images} images" if row.screened else ""
    say(
        f"{done}/{total}  {row.multiplier}  accuracy {100 * row.accuracy:.2f} %{loss}{energy}"
        f"{given_up}"
    )


def _print_exact(result: "SweepResult") -> None:
    for layer in result.stays_exact:
        say(f"stays exact: {layer}")
