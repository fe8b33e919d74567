"""`hardware query`: what a network of NAS-Bench-201 costs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.options import AsJson, DataDir
from evoapproxnas.cli.output import print_rows, say

Network = Annotated[
    str,
    typer.Argument(help="Number in NAS-Bench-201, or architecture string between quotes."),
]
Devices = Annotated[
    list[str] | None,
    typer.Option("--device", help="Device to show; may be repeated. [default: all there are]"),
]
Original = Annotated[
    Path | None,
    typer.Option("--pickle", help="HW-NAS-Bench-v1_0.pickle, if you have it; it is not run."),
]


def query(
    network: Network,
    *,
    dataset: Annotated[str, typer.Option(help="cifar10, cifar100 or ImageNet16-120.")] = "cifar10",
    device: Devices = None,
    data_dir: DataDir = None,
    pickle: Original = None,
    as_json: AsJson = False,
) -> None:
    """Print latency and energy of a network, and how each figure is known.

    Example: python -m evoapproxnas hardware query 0
    """
    from evoapproxnas.hardware import hw_nas_bench

    found = hw_nas_bench.query(
        network, dataset, devices=device, data_dir=data_dir, original=pickle
    )
    if as_json:
        print(json.dumps(asdict(found), indent=2))
        return
    say(f"network {found.index} of NAS-Bench-201, {found.dataset}")
    say(f"{found.arch}\n")
    rows = [
        {
            "device": cost.device,
            "cost": cost.name,
            "value": f"{cost.value:.8g}",
            "unit": cost.unit,
            "basis": cost.basis,
            "source": cost.source,
        }
        for cost in found.costs
    ]
    print_rows(rows, as_json=False)
