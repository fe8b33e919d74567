"""`bench candidate`: what a candidate costs on this machine."""

import json
from statistics import median
from typing import Annotated

import typer

from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import console, print_table

_SHOWN_MEDIANS = ("candidate_s", "keras_s", "ratio")


def candidate(
    *,
    networks: Annotated[int, typer.Option(min=1, help="Networks to measure.")] = 10,
    preset: Annotated[str, typer.Option(help="Campaign whose candidates are measured.")] = (
        "digits"
    ),
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a candidate's processor time with plain Keras training of the same network.

    Example: python -m evoapproxnas bench candidate
    """
    from evoapproxnas.cli.quiet import start_tensorflow_quietly
    from evoapproxnas.config import load_config
    from evoapproxnas.executors.worker import limit_threads

    config = load_config(preset=preset, settings=settings or [])
    threads = config.execution.threads_per_worker
    limit_threads(threads)  # as in a worker, before NumPy is imported
    start_tensorflow_quietly(threads=threads)

    import pandas as pd

    from evoapproxnas.bench.candidate import bench_candidates
    from evoapproxnas.bench.machine import describe_machine

    machine = describe_machine()
    if not as_json:
        print_machine(machine)
    rows = list(bench_candidates(config, networks=networks))
    medians = {name: median(row[name] for row in rows) for name in _SHOWN_MEDIANS}
    if as_json:
        found = {"machine": machine, "candidates": rows, "medians": medians}
        print(json.dumps(found, indent=2))
        return
    title = "\nCandidates: seconds of processor time, times plain Keras training"
    print_table(pd.DataFrame(rows), as_json=False, title=title)
    shown = ", ".join(f"{name} {value:.2f}" for name, value in medians.items())
    console.print(f"medians: {shown}", highlight=False)
