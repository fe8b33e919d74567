"""`bench machine`: how long kernels take here, remembered for `auto`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import note, print_rows, say


def machine(
    *,
    threads: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Threads of a process; repeatable. Left out: 1 and all cores."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Tiny layers: a check that it runs; nothing is kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Time the emulation kernels of this machine, so that `kernel="auto"` takes the fastest.

    It takes minutes, and is remembered in the user's cache folder for this processor and
    these versions. Let nothing else run meanwhile. The first time, loops are compiled, which takes
    longer. Results never depend on it: all kernels give the same integers.

    EVOAPPROXNAS_MEASUREMENT names another file to keep it in; "off" keeps and uses none.

    Example: python -m evoapproxnas bench machine
    """
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()

    from evoapproxnas.bench import measuring
    from evoapproxnas.bench.machine import describe_machine
    from evoapproxnas.emulation.kernels.choice import keep
    from evoapproxnas.emulation.kernels.host.threads import thread_count
    from evoapproxnas.errors import StoreError

    if not as_json:
        print_machine(describe_machine())
    measurement = measuring.measure_machine(
        measuring.FEW_LAYERS if quick else measuring.MEASURED_LAYERS,
        threads=sorted(set(threads or (1, thread_count()))),
        progress=lambda number: None if as_json else note(f"measuring, threads: {number}"),
    )
    kept, reason = None, "tiny layers say nothing; nothing is kept"
    if not quick:
        try:
            kept = str(keep(measurement))
        except StoreError as error:
            reason = str(error)
    rows = list(measuring.summarize(measurement))
    if as_json:
        print(json.dumps({"kept": kept, "kernels": rows, **asdict(measurement)}, indent=2))
        return
    print_rows(rows, as_json=False, title="\nKernels")
    say(f"\nkept in {kept}" if kept else f"\n{reason}")
