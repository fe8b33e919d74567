"""`bench assign`: which method finds the better multipliers for the layers of a network."""

import json
from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli import model_options as judged
from evoapproxnas.cli import options as given
from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.completing import complete_multiplier
from evoapproxnas.cli.output import console, print_table
from evoapproxnas.cli.stages import Stages
from evoapproxnas.quantization import Quantization
from evoapproxnas.wording import several


@judged.with_quantization
def assign(
    model: given.ModelFile,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of methods.csv and of the studies.")
    ],
    dataset: given.DatasetName = "digits",
    data_dir: given.DataDir = None,
    multipliers: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or shell pattern, NAME@a6w4; may be repeated. [default: all unsigned]",
            autocompletion=complete_multiplier,
        ),
    ] = None,
    quantization: Quantization,
    seeds: Annotated[int, typer.Option(min=1, help="Searches by each method.")] = 3,
    verify: Annotated[
        int, typer.Option(min=2, help="Assignments that the surrogate verifies.")
    ] = 100,
    images: Annotated[
        int | None, typer.Option(min=1, help="Verify on so many validation images.")
    ] = None,
    sensitivity_images: Annotated[
        int, typer.Option(min=1, help="Measure single layers on so many of them.")
    ] = 500,
    test_images: Annotated[
        int | None, typer.Option(min=1, help="Report the front on so many test images.")
    ] = None,
    max_loss: Annotated[
        float, typer.Option(min=0, help="Points of loss beyond which nothing is verified.")
    ] = 10.0,
    allowed: Annotated[
        float, typer.Option(min=0, help="Points of loss of the member whose energy is told.")
    ] = 0.6,
    as_json: given.AsJson = False,
) -> None:
    r"""Compare `assign --method surrogate` with `--method gradient` in equal time.

    The surrogate's search takes as long as it takes; that is the time of the other one, which may
    verify more. The same command goes on where an interrupted one stopped.

    Example: python -m evoapproxnas bench assign r8/model.keras -o r8/methods \
        --dataset cifar10 --data-dir DIR --tune-weights
    """
    from evoapproxnas.bench.assign import bench_methods
    from evoapproxnas.bench.machine import describe_machine
    from evoapproxnas.resilience import AssignOptions
    from evoapproxnas.resilience.given import as_model

    machine = describe_machine()
    if not as_json:
        print_machine(machine)
    options = AssignOptions(
        multipliers=tuple(multipliers or ("all",)),
        quantization=quantization,
        images=images,
        sensitivity_images=sensitivity_images,
        verify=verify,
        max_loss_points=max_loss,
        test_images=test_images,
    )
    network, data = as_model(model), judged.load_data(dataset, data_dir)
    with (
        judged.going_on(kept=True),
        judged.plain_warnings(),
        Stages(console, quiet=as_json) as stages,
    ):
        table = bench_methods(
            network,
            data,
            options=options,
            seeds=seeds,
            folder=output,
            allowed_points=allowed,
            observer=stages.advance,
        )
    medians = table.groupby("method").median(numeric_only=True).drop(columns="seed")
    if as_json:
        rows = {
            "machine": machine,
            "searches": json.loads(table.to_json(orient="records")),
            "medians": json.loads(medians.reset_index().to_json(orient="records")),
        }
        print(json.dumps(rows, indent=2))
        return
    print_table(table, as_json=False, title="Searches")
    title = f"\nMedians of {several(seeds, 'seed')}"
    print_table(medians.reset_index(), as_json=False, title=title)
