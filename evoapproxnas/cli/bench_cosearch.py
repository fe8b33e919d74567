"""`bench cosearch`: what a search of accelerators with networks is worth."""

import json
from statistics import median
from typing import Annotated

import typer

from evoapproxnas.cli.options import AsJson, DataDir
from evoapproxnas.cli.output import print_rows, say
from evoapproxnas.wording import several


def cosearch(
    *,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds of both campaigns.")] = 7,
    evaluations: Annotated[int, typer.Option(min=20, help="Of each campaign.")] = 300,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value of both campaigns; may be repeated."),
    ] = None,
    hardware: Annotated[
        list[str] | None,
        typer.Option(help="hardware.key=value of the second one alone; may be repeated."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Compare hardware genes with a fixed Eyeriss: energy-delay product at equal accuracy.

    Both search NAS-Bench-201 under the area of the Eyeriss; nothing is trained.

    Example: python -m evoapproxnas bench cosearch --data-dir DIR
    """
    from evoapproxnas.bench.cosearch import bench_cosearch

    place = [] if data_dir is None else [f"data.data_dir={data_dir}"]
    outcomes = bench_cosearch(
        seeds=seeds,
        evaluations=evaluations,
        settings=[*place, *(settings or [])],
        hardware=hardware or [],
    )
    rows = [outcome.row() for outcome in outcomes]
    ratio = median(row["median_edp_ratio"] for row in rows)
    if as_json:
        print(json.dumps({"seeds": rows, "median_edp_ratio": ratio}, indent=2))
        return
    print_rows(rows, as_json=False, title="EDP with hardware genes over EDP on Eyeriss")
    less = f"{1 - ratio:.0%} less at equal test accuracy and equal limit of area"
    say(f"median of {several(seeds, 'seed')}: {less}")
