"""`assign`: a multiplier for each layer of a given model."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli import model_options as judged
from evoapproxnas.cli import options as given
from evoapproxnas.cli.completing import complete_multiplier
from evoapproxnas.cli.output import console, print_table, say
from evoapproxnas.cli.stages import Stages
from evoapproxnas.quantization import Gradient, Quantization
from evoapproxnas.wording import several

if TYPE_CHECKING:
    import pandas as pd

    from evoapproxnas.resilience import AssignResult


class Methods(StrEnum):
    """How assignments are found."""

    SURROGATE = "surrogate"
    GRADIENT = "gradient"


class Gradients(StrEnum):
    """What retraining takes for the slope of a product."""

    STE = "ste"
    TABLE = "table"
    BOTH = "both"


class Teachers(StrEnum):
    """What members learn from beside the labels while they are retrained."""

    NONE = "none"
    EXACT8 = "exact8"
    FLOAT = "float"


_GRADIENTS: dict[Gradients, tuple[Gradient, ...]] = {
    Gradients.STE: ("ste",),
    Gradients.TABLE: ("table",),
    Gradients.BOTH: ("ste", "table"),
}


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(assign)


@judged.with_quantization
def assign(
    model: given.ModelFile,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="Folder of front.csv, assignments.json, assign.png and of what was measured.",
        ),
    ],
    dataset: given.DatasetName = "digits",
    data_dir: given.DataDir = None,
    library: given.LibraryFolder = None,
    multipliers: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or shell pattern, NAME@a6w4; may be repeated. [default: all unsigned]",
            autocompletion=complete_multiplier,
        ),
    ] = None,
    bits: Annotated[
        str, typer.Option(help="Narrower exact multipliers are choices, too: '7 6 a6w4'.")
    ] = "",
    quantization: Quantization,
    method: Annotated[
        Methods,
        typer.Option(help="Measure what layers lose with circuits, or learn the noise they take."),
    ] = Methods.SURROGATE,
    images: Annotated[
        int | None, typer.Option(min=1, help="Verify on so many validation images.")
    ] = None,
    sensitivity_images: Annotated[
        int, typer.Option(min=1, help="Measure single layers on so many of them.")
    ] = 500,
    verify: Annotated[int, typer.Option(min=2, help="Emulate so many assignments.")] = 100,
    rounds: Annotated[int, typer.Option(min=1, help="In so many rounds of the search.")] = 8,
    population: Annotated[int, typer.Option(min=4, help="Of NSGA-II on the surrogate.")] = 100,
    generations: Annotated[int, typer.Option(min=1, help="Of each of its runs.")] = 300,
    max_loss: Annotated[
        float, typer.Option(min=0, help="Points of loss beyond which nothing is verified.")
    ] = 10.0,
    groups: Annotated[
        int, typer.Option(min=1, help="Multipliers in a layer: for so many groups of channels.")
    ] = 1,
    seed: given.Seed = 0,
    time_limit: Annotated[
        float | None, typer.Option(min=0, help="Minutes after which nothing more is verified.")
    ] = None,
    test_images: Annotated[
        int | None, typer.Option(min=1, help="Report the front on so many test images.")
    ] = None,
    operating_points: Annotated[
        int | None,
        typer.Option(min=1, help="Put so many members of the front in operating_points.keras."),
    ] = None,
    finetune: Annotated[
        int | None, typer.Option(min=1, help="Retrain front members for so many epochs.")
    ] = None,
    finetune_member: Annotated[
        list[str] | None,
        typer.Option(help="Id of an assignment to retrain; may be repeated. [default: three]"),
    ] = None,
    finetune_teacher: Annotated[
        Teachers,
        typer.Option(help="Who teaches them: nobody, their exact 8-bit twin, the float network."),
    ] = Teachers.NONE,
    gradient: Annotated[
        Gradients, typer.Option(help="Of a product in retraining: exact, or of the table.")
    ] = Gradients.STE,
    operands: given.EnergyOperands = given.OperandsChoice.UNIFORM,
    pixel_scale: given.PixelScale = 255.0,
    include_dense: given.IncludeDense = False,
    as_json: given.AsJson = False,
) -> None:
    r"""Search a multiplier for each layer: a front of accuracy against multiplier energy.

    Each layer is measured alone with each multiplier; a surrogate made of that is searched by
    NSGA-II, and its best are emulated on the validation split. With --method gradient the noise
    that each layer takes is learned instead, and matched with circuits. The test split is only
    reported.
    The same command goes on where an interrupted one stopped.

    Example: python -m evoapproxnas assign r8/model.keras --dataset cifar10 \
        --data-dir DIR --tune-weights --per-channel \
        --range-method percentile -o r8/assign
    """
    from evoapproxnas.nsga2_arrays import Evolution
    from evoapproxnas.report.resilience_figure import save_assignment_figure
    from evoapproxnas.resilience import AssignOptions
    from evoapproxnas.resilience import assign as run
    from evoapproxnas.resilience.given import as_model

    judged.use_folder(library)
    options = AssignOptions(
        multipliers=tuple(multipliers or ("all",)),
        bits=judged.split_widths(bits),
        quantization=quantization,
        method=method.value,
        images=images,
        sensitivity_images=sensitivity_images,
        verify=verify,
        rounds=rounds,
        evolution=Evolution(population, generations),
        max_loss_points=max_loss,
        seed=seed,
        time_limit_seconds=None if time_limit is None else 60 * time_limit,
        test_images=test_images,
        operands=operands.value,
        pixel_scale=pixel_scale,
        include_dense=include_dense,
        groups=groups,
    )
    network, data = as_model(model), judged.load_data(dataset, data_dir)
    with (
        judged.going_on(kept=True),
        judged.plain_warnings(),
        Stages(console, quiet=as_json) as stages,
    ):
        result = run(network, data, options=options, folder=output, observer=stages.advance)
    title = f"{model.stem} on {dataset}: a multiplier for each layer"
    save_assignment_figure(result.table(), output / "assign.png", title=title)
    if not as_json or finetune is None:
        print_table(_overview(result), as_json=as_json)
    if not as_json:
        _print_summary(result, output)
    if operating_points is not None:
        from evoapproxnas.resilience import save_operating_points

        with judged.going_on(kept=True):
            _, table = save_operating_points(
                network, data, result, options, count=operating_points, folder=output
            )
        if not as_json:
            print_table(table, as_json=False)
    if finetune is not None:
        from evoapproxnas.resilience import retrain_front

        with judged.going_on(kept=True), Stages(console, quiet=as_json) as stages:
            table = retrain_front(
                network,
                data,
                result,
                options,
                epochs=finetune,
                members=finetune_member or (),
                gradients=_GRADIENTS[gradient],
                teacher=finetune_teacher.value,
                folder=output,
                observer=stages.advance,
            )
        print_table(table, as_json=as_json)


def _overview(result: "AssignResult") -> "pd.DataFrame":
    """Return the front, accuracies in percent, by falling energy."""
    front = result.front()
    for split, column in (("accuracy %", "accuracy"), ("test accuracy %", "test_accuracy")):
        front[split] = (100 * front[column]).round(2)
    points = front[["loss_points", "test_loss_points"]].round(2)
    return front[["id", "energy_nj", "relative_energy", "accuracy %", "test accuracy %"]].join(
        points
    )


def _print_summary(result: "AssignResult", output: Path) -> None:
    lines = [f"stays exact: {layer}" for layer in result.stays_exact]
    lines.append(
        f"{several(len(result.verified), 'assignment')} verified, "
        f"{result.evaluations_per_minute:.3g} a minute; "
        f"Spearman rank correlation of predicted error and verified loss: "
        f"{result.rank_correlation:.3f}"
    )
    lines.append(f"front, assignments and figure are in {output}")
    for line in lines:
        say(line)
