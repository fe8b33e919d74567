"""`bench fresh`: what approximating takes of a process that has just begun."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.completing import complete_multiplier
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import print_rows


def fresh(
    model: Annotated[
        Path | None,
        typer.Argument(help="A .keras file. [default: a ResNet-8 and an EfficientNetV2-B0]"),
    ] = None,
    *,
    multiplier: Annotated[
        str, typer.Option(help="Of all layers.", autocompletion=complete_multiplier)
    ] = "mul8u_or8_v6",
    images: Annotated[int, typer.Option(min=1, help="Images to predict.")] = 64,
    batch: Annotated[int, typer.Option(min=1, help="Images at a time.")] = 32,
    calibration_images: Annotated[
        int, typer.Option(min=1, help="Images for the ranges of activations.")
    ] = 16,
    repeats: Annotated[int, typer.Option(min=1, help="Processes of each kind.")] = 3,
    quick: Annotated[
        bool, typer.Option("--quick", help="One process of each kind: a check that it runs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare seconds and memory of processes that approximate with those of float32.

    Each begins anew, loads the model, approximates it or not, and predicts; what comes after
    loading is timed. The compiled loops are those that are kept on the disk.

    Example: python -m evoapproxnas bench fresh
    """
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    from evoapproxnas.bench.fresh import Load, bench_fresh, write_networks
    from evoapproxnas.bench.machine import describe_machine

    machine = describe_machine()
    if not as_json:
        print_machine(machine)
    load = Load(multiplier, images, batch, min(calibration_images, images))
    with tempfile.TemporaryDirectory() as folder:
        models = (
            write_networks(Path(folder), quick=quick) if model is None else {model.stem: model}
        )
        repeated = {"repeats": 1, "ahead": 0} if quick else {"repeats": repeats}
        rows = list(bench_fresh(models, load, **repeated))
    if as_json:
        print(json.dumps({"machine": machine, "processes": rows}, indent=2))
        return
    title = "\nProcesses: seconds and megabytes of float32, and what approximating adds"
    print_rows(rows, as_json=False, title=title)
