"""`bench circuits`: how fast the evolution of multipliers is on this machine."""

import json
import os
from typing import Annotated

import typer

from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import print_table


def circuits(
    *,
    threads: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Searches at a time; repeatable. Left out: 1 and all cores."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, help="For each number of threads.")] = 3.0,
    as_json: AsJson = False,
) -> None:
    """Count the circuits that evolution evaluates per second, next to plain NumPy in this run.

    Example: python -m evoapproxnas bench circuits
    """
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    import pandas as pd

    from evoapproxnas.bench.circuits import bench_evolution
    from evoapproxnas.bench.machine import describe_machine

    machine = describe_machine()
    if not as_json:
        print_machine(machine)
    rows = bench_evolution(threads or sorted({1, os.cpu_count() or 1}), seconds=seconds)
    if as_json:
        print(json.dumps({"machine": machine, "circuits": rows}, indent=2))
        return
    title = "\nExhaustive evaluations of an exact multiplier"
    print_table(pd.DataFrame(rows), as_json=False, title=title)
