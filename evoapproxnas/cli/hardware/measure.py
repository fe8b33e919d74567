"""`hardware measure`: what the operations of a space take on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.campaign import ConfigFile, Preset, Settings
from evoapproxnas.cli.hardware.measure_report import report
from evoapproxnas.cli.hardware.source import Source, find_source
from evoapproxnas.cli.options import AsJson, DataDir, RunsDir, Seed
from evoapproxnas.cli.output import Terminal
from evoapproxnas.cli.quiet import start_tensorflow_quietly
from evoapproxnas.cli.stages import Stages
from evoapproxnas.errors import MeasurementError

if TYPE_CHECKING:
    from evoapproxnas.hardware.latency import DeviceTable, Operation
    from evoapproxnas.hardware.latency.checking import CheckedNetwork
    from evoapproxnas.hardware.latency.runtimes import Runtime

_SAVE_EVERY = 16


def measure(
    *,
    output: Annotated[
        Path, typer.Option("-o", help="JSON file; what it holds already is not measured again.")
    ],
    preset: Preset = None,
    config_file: ConfigFile = None,
    settings: Settings = None,
    run: Annotated[str | None, typer.Option(help="Measure for the space of this run.")] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            help="Measure the operations of this network instead: RUN:ID, or one of the zoo such "
            "as resnet8; may be repeated."
        ),
    ] = None,
    runtime: Annotated[
        str, typer.Option(help="litert (int8 models) or tensorflow (float32).")
    ] = "litert",
    threads: Annotated[int, typer.Option(min=1, help="Threads that run an operation.")] = 1,
    minutes: Annotated[
        float, typer.Option(min=0, help="After which no more operation is begun.")
    ] = 10.0,
    draws: Annotated[
        int, typer.Option(min=1, help="Random networks whose operations are looked at.")
    ] = 400,
    check: Annotated[
        int,
        typer.Option(min=0, help="Then predict and measure so many other random networks whole."),
    ] = 0,
    seed: Seed = 0,
    data_dir: DataDir = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Measure what each operation takes on this machine, by shape, as its runtime fuses them.

    Operations of random networks of the space are measured, the most frequent first, each alone
    and with copies beside it. Interrupted or out of time, the file keeps what was measured; the
    same command goes on. The file works on any machine as hardware.latency_table.
    """
    from evoapproxnas.hardware.latency import get_runtime, require_runtime

    require_runtime(runtime)
    start_tensorflow_quietly()
    source = find_source(preset, config_file, settings, run, network, data_dir, runs_dir)
    started = get_runtime(runtime, threads=threads)
    console = Terminal(stderr=True)
    with Stages(console, quiet=as_json and not console.is_terminal) as stages:
        wanted = source.operations(started, draws, seed)
        table = _measured(started, runtime, wanted, source, output, minutes, stages)
        if not table.operations:
            raise MeasurementError(
                f"none of {len(wanted):,} operations was measured in {minutes:g} minutes; give "
                "more with --minutes"
            )
        rows = _checked(started, table, source, check, seed, stages)
    if rows:
        from evoapproxnas.hardware.latency.checking import summarize

        table = replace(table, check=summarize(rows))
        table.save(output)
    report(table, wanted, rows, output, as_json=as_json)


def _measured(
    runtime: "Runtime",
    name: str,
    wanted: "dict[Operation, int]",
    source: Source,
    output: Path,
    minutes: float,
    stages: Stages,
) -> "DeviceTable":
    from evoapproxnas.hardware.latency import DeviceTable
    from evoapproxnas.hardware.latency.measuring import measure_operations
    from evoapproxnas.hardware.latency.resuming import begin_table

    fresh = DeviceTable(
        runtime=name,  # type: ignore[arg-type]
        threads=runtime.threads,
        space=source.name,
        machine=_machine(runtime),
        **source.shape,
    )
    table = begin_table(output, fresh)
    with _kept(output, table) as keep:
        for step in measure_operations(runtime, list(wanted), table, seconds=60 * minutes):
            keep(step.table)
            text = step.refused or step.table.operations[-1].operation.name
            stages.advance("operations", text, step.done, step.wanted)
            table = step.table
    return table


@contextmanager
def _kept(output: Path, table: "DeviceTable") -> Iterator[Any]:
    """Save a table now and then, and at the end, however that comes."""
    latest = [table]

    def keep(changed: "DeviceTable") -> None:
        latest[0] = changed
        if len(changed.operations) % _SAVE_EVERY == 0:
            changed.save(output)

    try:
        yield keep
    finally:
        if latest[0].operations:
            latest[0].save(output)


def _machine(runtime: "Runtime") -> dict[str, Any]:
    import os
    from datetime import UTC, datetime

    from evoapproxnas.store.environment import describe_environment

    known = describe_environment()
    return {
        **{name: known[name] for name in ("processor", "cores", "memory_gb", "system", "python")},
        "runtime_versions": dict(runtime.versions),
        "evoapproxnas": known["packages"]["evoapproxnas"],
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _checked(
    runtime: "Runtime",
    table: "DeviceTable",
    source: Source,
    count: int,
    seed: int,
    stages: Stages,
) -> "list[CheckedNetwork]":
    from evoapproxnas.hardware.latency import Repetitions
    from evoapproxnas.hardware.latency.checking import check_networks

    repetitions = Repetitions(warm_up=5, least=60, seconds=0.1)
    rows = []
    networks = source.drawn(count, seed, "check")
    for row in check_networks(runtime, networks, table, repetitions):
        rows.append(row)
        text = row.refused or f"predicted {row.predicted_ms:.4g} ms, took {row.measured_ms:.4g} ms"
        stages.advance("networks", text, len(rows), count)
    return rows
