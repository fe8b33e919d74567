"""`bench campaign`: what the mechanisms of a search are worth."""

import json
import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli import model_options as judged
from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import note, print_table
from evoapproxnas.wording import several

_CHANCE = 0.9
"""Error of guessing one of ten classes."""


def campaign(
    *,
    preset: Annotated[str, typer.Option(help="Campaign that is measured.")] = "digits",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset; may be repeated."),
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="Time of every campaign, in minutes.")
    ] = 3.0,
    seeds: Annotated[int, typer.Option(min=1, help="Campaigns of every kind.")] = 3,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Mechanism that is switched alone; may be repeated. Left out: all."),
    ] = None,
    alone: Annotated[
        bool, typer.Option(help="Switch mechanisms alone, too, beside all against none.")
    ] = True,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Campaigns at the same time. Left out: one a core.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder that keeps the campaigns that are done."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare campaigns of equal time, with and without each mechanism of the search.

    With --output the same command goes on where an interrupted one stopped, and more seeds and
    mechanisms may be added.

    Example: python -m evoapproxnas bench campaign --minutes 3 --seeds 3
    """
    import pandas as pd

    from evoapproxnas.bench import campaign as bench
    from evoapproxnas.bench.machine import describe_machine
    from evoapproxnas.config import load_config
    from evoapproxnas.constraints import Limit
    from evoapproxnas.problems import make_problem, with_objectives
    from evoapproxnas.problems.ranking import make_ranking

    config = with_objectives(load_config(preset=preset, settings=settings or []))
    limits = (*make_ranking(make_problem(config), config).limits, Limit("error", "min", _CHANCE))
    variants = bench.variants(config, (only or None) if alone else ())
    machine = describe_machine()
    if not as_json:
        print_machine(machine)
    traces = []
    running = bench.bench_campaigns(
        variants,
        seeds=seeds,
        minutes=minutes,
        processes=processes or os.cpu_count() or 1,
        folder=output,
    )
    with judged.going_on(kept=output is not None), closing(running):
        for trace in running:
            traces.append(trace)
            if not as_json:
                note(
                    f"{len(traces)}/{len(variants) * seeds}  {trace.variant}, seed {trace.seed}: "
                    f"{several(trace.candidates, 'candidate')}, "
                    f"{several(trace.trainings, 'training')}"
                )
    found = bench.compare(traces, objectives=config.search.objectives, limits=limits)
    if as_json:
        print(json.dumps({"machine": machine, **vars(found)}, indent=2))
        return
    title = (
        f"\nCampaigns of {found.seconds:.0f} s of processor time, "
        f"medians of {several(seeds, 'seed')}"
    )
    print_table(pd.DataFrame(found.variants), as_json=False, title=title)
