"""`bench search`: search algorithms side by side, where the truth is known."""

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.options import AsJson, DataDir
from evoapproxnas.cli.output import Terminal, note, print_rows, say
from evoapproxnas.wording import several

if TYPE_CHECKING:
    from evoapproxnas.bench.search import Comparison


class Fidelity(StrEnum):
    """Epochs of training after which a search sees errors."""

    EARLY = "12"
    FULL = "200"


def search(
    *,
    searches: Annotated[
        list[str] | None,
        typer.Option(
            help="Algorithm, and what it changes: nsga2, optuna:tpe, pymoo:nsga2, "
            "nsga2+search.population=20; may be repeated. Left out: eight of them."
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each search.")] = 20,
    evaluations: Annotated[int, typer.Option(min=1, help="Different networks in a run.")] = 1000,
    problem: Annotated[str, typer.Option(help="nasbench201, or synthetic, without a table.")] = (
        "nasbench201"
    ),
    dataset: Annotated[str, typer.Option(help="cifar10, cifar100 or ImageNet16-120.")] = "cifar10",
    cost: Annotated[
        str,
        typer.Option(
            help="Second objective, such as raspi4_latency_ms or macs. Left out: eyeriss_energy_mj"
        ),
    ] = "",
    fidelity: Annotated[
        Fidelity, typer.Option(help="Epochs of training after which a search sees errors.")
    ] = Fidelity.FULL,
    noisy: Annotated[
        bool,
        typer.Option("--noisy", help="It sees one training of each network on validation images."),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes. Left out: one for each core.")
    ] = None,
    data_dir: DataDir = None,
    figure: Annotated[
        Path | None, typer.Option(help="PNG, SVG or PDF file for attainment curves.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Compare searches by the share of the true hypervolume that they reach.

    Example: python -m evoapproxnas bench search --data-dir DIR \
        --figure searches.png
    """
    from evoapproxnas.executors.worker import limit_threads

    limit_threads(1)  # in this process and in those that it starts, before NumPy is imported

    from evoapproxnas.bench.host import describe_host
    from evoapproxnas.bench.search import Setting, compare, default_searches

    setting = Setting(
        problem=problem,
        dataset=dataset,
        cost=cost,
        fidelity=12 if fidelity == Fidelity.EARLY else 200,
        noisy=noisy,
        data_dir=None if data_dir is None else str(data_dir),
    )
    if figure is not None:
        from evoapproxnas.report.figure_file import check_figure

        check_figure(figure)
    machine = describe_host()
    if not as_json:
        print_machine(machine)
    usual, missing = default_searches(setting)
    if missing and not searches:
        note(
            f"left out, as not installed: {', '.join(missing)}",
            style="dim",
            to=Terminal(stderr=True),
        )
    found = compare(
        searches or usual,
        seeds=seeds,
        evaluations=evaluations,
        setting=setting,
        workers=workers or os.cpu_count() or 1,
    )
    if figure is not None:
        _save_figure(found, figure)
    if as_json:
        print(json.dumps({"machine": machine, **found.as_dict()}, indent=2))
    else:
        _print(found, seeds)


def _print(found: "Comparison", seeds: int) -> None:
    error, cost = found.objectives
    rows: dict[str, dict[str, object]] = {}
    for row in found.rows():
        cell = f"{row['median']:.4f} ({row['lower_quartile']:.3f}-{row['upper_quartile']:.3f})"
        rows.setdefault(row["search"], {"search": row["search"]})[str(row["networks"])] = cell
    title = (
        f"\nShare of the true hypervolume, {error} against {cost}, after so many different "
        f"networks: median (quartiles) of {several(seeds, 'seed')}"
    )
    print_rows(list(rows.values()), as_json=False, title=title)
    costs = list(found.costs())
    kept = [name for name in costs[0] if any(row[name] is not None for row in costs)]
    title = "\nMeans: networks, hours of simulated training, processor time, the last front"
    print_rows([{name: row[name] for name in kept} for row in costs], as_json=False, title=title)
    say(f"reference {found.reference[0]:g}, {found.reference[1]:g}", style="dim")


def _save_figure(found: "Comparison", path: Path) -> None:
    import numpy as np

    from evoapproxnas.report.attainment_figure import Curves, save_attainment_figure

    curves = [
        Curves(
            "different networks",
            np.array(found.networks, np.float64),
            {name: found.quartiles(name, lambda o: o.by_networks) for name in found.outcomes},
        ),
        Curves(
            "hours of simulated training",
            np.array(found.hours),
            {name: found.quartiles(name, lambda o: o.by_hours) for name in found.outcomes},
        ),
    ]
    error, cost = found.objectives
    setting = found.setting
    seen = "noisy" if setting.noisy else "noise-free" if setting.fidelity == 200 else "early"
    title = f"{setting.problem}, {setting.dataset}: {error} and {cost}, {seen}"
    save_attainment_figure(curves, path, title=title)
