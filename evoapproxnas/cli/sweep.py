"""`sweep`: what every multiplier does to a given model."""

import math
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli import model_options as judged
from evoapproxnas.cli import options as given
from evoapproxnas.cli.completing import complete_multiplier
from evoapproxnas.cli.output import console, note, print_table, say
from evoapproxnas.cli.stages import Stages
from evoapproxnas.quantization import Quantization

if TYPE_CHECKING:
    from evoapproxnas.resilience import SweepResult
    from evoapproxnas.resilience.sweep_records import SweepRow


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


@judged.with_quantization
def sweep(
    model: given.ModelFile,
    *,
    dataset: given.DatasetName = "digits",
    data_dir: given.DataDir = None,
    library: given.LibraryFolder = None,
    multipliers: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or shell pattern, NAME@a6w4; may be repeated. [default: all]",
            autocompletion=complete_multiplier,
        ),
    ] = None,
    images: Annotated[int | None, typer.Option(min=1, help="Use so many images.")] = None,
    split: Annotated[str, typer.Option(help="test or validation.")] = "test",
    quantization: Quantization,
    error_correction: Annotated[
        Correction, typer.Option(help="Correct biases for free.")
    ] = Correction.ON,
    bits: Annotated[
        str, typer.Option(help="Narrower exact multipliers to compare with, '' for none.")
    ] = "7 6 5 4",
    screen: Annotated[
        int | None, typer.Option(min=1, help="Give up hopeless circuits after so many images.")
    ] = None,
    screen_margin: Annotated[
        float, typer.Option(min=0, help="Loss that is hopeless, in percentage points.")
    ] = 15.0,
    operands: given.EnergyOperands = given.OperandsChoice.UNIFORM,
    pixel_scale: given.PixelScale = 255.0,
    include_dense: given.IncludeDense = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of sweep.csv and sweep.png.")
    ] = None,
    as_json: given.AsJson = False,
) -> None:
    r"""Measure a model with every multiplier in every convolution.

    Beside it stand float, exact 8 bits, and exact multipliers of fewer bits: what a circuit has
    to beat. With -o, a sweep that was interrupted goes on where it stopped.

    Example: python -m evoapproxnas sweep r8/model.keras --dataset cifar10 \
        --data-dir DIR --tune-weights -o r8/sweep
    """
    from evoapproxnas.resilience import SweepOptions
    from evoapproxnas.resilience import sweep as run

    judged.use_folder(library)
    corrections = _CORRECTIONS[error_correction]
    options = SweepOptions(
        multipliers=tuple(multipliers or ("all",)),
        quantization=replace(quantization, error_correction=corrections[0]),
        corrections=corrections,
        bits=judged.split_widths(bits),
        split=split,  # type: ignore[arg-type]
        images=images,
        screen=screen,
        screen_margin=screen_margin,
        operands=operands.value,
        pixel_scale=pixel_scale,
        include_dense=include_dense,
    )
    with (
        judged.going_on(kept=output is not None),
        judged.plain_warnings(),
        Stages(console, quiet=as_json, every=True) as stages,
    ):
        result = run(
            model,
            judged.load_data(dataset, data_dir),
            options=options,
            folder=output,
            observer=lambda row, done, total: stages.advance("sweep", _told(row), done, total),
        )
    table = result.table()
    print_table(table if as_json else table.drop(columns="mmac_equivalents"), as_json=as_json)
    if not as_json:
        _print_exact(result)
    if output is not None:
        from evoapproxnas.report.resilience_figure import save_sweep_figure

        title = f"{model.stem} on {dataset}, {split} images"
        save_sweep_figure(result.table(), output / "sweep.png", title=title)
        if not as_json:
            say(f"rows and figure are in {output}")


def _told(row: "SweepRow") -> str:
    plain = row.kind in ("float", "saved")
    loss = "" if plain else f"  {row.loss_points:+6.2f} points lost"
    energy = "" if plain else f"  energy {row.relative_energy:.3f} of exact 8-bit"
    if not math.isnan(row.uniform_relative_energy):
        energy += f" ({row.uniform_relative_energy:.3f} under uniform operands)"
    given_up = f"  given up after {row.images} images" if row.screened else ""
    return f"{row.multiplier}  accuracy {100 * row.accuracy:.2f} %{loss}{energy}{given_up}"


def _print_exact(result: "SweepResult") -> None:
    for layer in result.stays_exact:
        note(f"stays exact: {layer}")
