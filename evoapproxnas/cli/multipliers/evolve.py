"""`multipliers evolve`: new circuits of less power under a bound on the error."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.commands import INTERRUPTED
from evoapproxnas.cli.options import (
    AsJson,
    LibraryFolder,
    NetworkOperands,
    OperandsFile,
    chosen_operands,
)
from evoapproxnas.cli.output import Terminal, print_entries, same_command, say
from evoapproxnas.cli.verbosity import Level, level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evoapproxnas.circuits import Netlist
    from evoapproxnas.multipliers import CatalogEntry
    from evoapproxnas.multipliers.evolution import EvolutionTask, FrontPoint, Progress, Stop

Checkpoint = Annotated[
    Path | None,
    typer.Option(help="File to save to after every chunk; where it exists, the search goes on."),
]


def evolve(
    start: Annotated[str, typer.Argument(help="Circuit to begin with.")] = "exact8",
    *,
    bound: Annotated[
        list[float], typer.Option(help="Largest error; several bounds trace a front.")
    ],
    metric: Annotated[
        str,
        typer.Option(
            help="mae_pct, wce_pct, ep_pct, mre_pct, mse, or layer_mse: what a layer keeps of it."
        ),
    ] = "mae_pct",
    evaluations: Annotated[int | None, typer.Option(help="Limit for each bound.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Limit for each bound.")] = None,
    stall: Annotated[int | None, typer.Option(help="Evaluations without progress.")] = None,
    seed: Annotated[int, typer.Option(help="Of the random numbers.")] = 0,
    seeds: Annotated[
        int, typer.Option(min=1, help="Seeds to try, in parallel; each bound keeps the best.")
    ] = 1,
    any_start: Annotated[
        bool,
        typer.Option(
            "--any-start", help="Begin with the cheapest circuit of the library within a bound."
        ),
    ] = False,
    network_operands: NetworkOperands = False,
    operands_file: OperandsFile = None,
    name: Annotated[str | None, typer.Option(help="Prefix of the names of the results.")] = None,
    checkpoint: Checkpoint = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Minimize power under an error bound, and put the result into your library.

    Example: python -m evoapproxnas multipliers evolve --bound 0.3
    """
    from evoapproxnas.multipliers import load_library
    from evoapproxnas.multipliers.evolution import EvolutionTask, Stop
    from evoapproxnas.multipliers.names import check_name

    if name is not None:
        check_name(name)  # Now, not after the search.
    there = library is not None and (library / "catalog.csv").is_file()
    known = load_library(library if there else None)
    limited = evaluations is not None or seconds is not None or stall is not None
    stop = Stop(evaluations if limited else 100_000, seconds, stall)
    signed = known.entry(start).signed
    task = EvolutionTask(
        known.netlist(start),
        metric,
        min(bound),
        signed=signed,
        operands=chosen_operands(network_operands, operands_file, signed=signed),
        seed=seed,
    )
    prefix = name or f"mul8{'s' if task.signed else 'u'}_evo_s{seed}"
    alike = [other for other in known if any_start and known.entry(other).signed == signed]
    starts = [known.netlist(other) for other in alike if known.entry(other).gates]
    entries = [
        _kept(task, point, prefix, library, operands_file)
        for point in _points(task, bound, stop, seeds, starts, checkpoint)
    ]
    print_entries(entries, as_json=as_json)


def _points(
    task: "EvolutionTask",
    bounds: list[float],
    stop: "Stop",
    seeds: int,
    starts: "list[Netlist]",
    checkpoint: Path | None,
) -> "Iterator[FrontPoint]":
    """Run the evolution with a line of progress; says how to go on where it is interrupted."""
    from evoapproxnas.multipliers import evolution

    shown = Terminal(stderr=True, quiet=level() == Level.QUIET)
    with shown.status("starting") as status:

        def show(progress: "Progress") -> None:
            saved = 1 - progress.energy_fj / progress.start_energy_fj
            status.update(
                f"{progress.evaluations} evaluations, {progress.seconds:.0f} s, "
                f"{100 * saved:.1f} % less switching energy"
            )

        try:
            if seeds > 1:
                yield from evolution.best_front(
                    task, bounds, stop, seeds=seeds, starts=starts, on_progress=show,
                    checkpoint=checkpoint,
                )  # fmt: skip
                return
            for bound, result in evolution.evolve_front(
                task, bounds, stop, starts=starts, on_progress=show, checkpoint=checkpoint
            ):
                yield evolution.FrontPoint(bound, task.seed, result)
        except KeyboardInterrupt:
            again = "nothing was kept"
            if checkpoint:
                again = f"nothing is lost. Continue with: {same_command()}"
            say(f"interrupted; {again}", to=Terminal(stderr=True))
            raise typer.Exit(INTERRUPTED) from None


def _kept(
    task: "EvolutionTask",
    point: "FrontPoint",
    prefix: str,
    folder: Path | None,
    operands_file: Path | None,
) -> "CatalogEntry":
    """Put a result into the user's library, named after the bound."""
    from evoapproxnas.multipliers import CatalogEntry, add_multiplier

    metric = task.metric.removesuffix("_pct")
    label = (
        f"{prefix}_{metric}_{point.bound:g}".replace(".", "p").replace("-", "m").replace("+", "")
    )
    source = "network operands" if operands_file is None else operands_file.name
    weighted = f", weighted by {source}" if task.operands is not None else ""
    origin = (
        f"evolved: least power for {task.metric} <= {point.bound:g}{weighted}; seed {point.seed}, "
        f"{point.result.progress.evaluations} evaluations"
    )
    netlist = point.result.netlist
    entry = CatalogEntry.measure(label, netlist, signed=task.signed, origin=origin)
    return add_multiplier(entry, netlist, library=folder)
