"""`bench hardware`: the analytic accelerator model beside ZigZag, and how fast it is."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import Terminal, note, print_rows, say

if TYPE_CHECKING:
    from evoapproxnas.bench.hardware import Reference
    from evoapproxnas.hardware.accelerators import Accelerator

_REASONS = (
    "The model, as ZigZag, loads every window anew into the elements, where the chip shifts in "
    "what is new of it; what waits then is the port of the global buffer, 64 bits wide.",
    "Orders of loops are chosen by energy, not by speed.",
    "One image at a time; the chip worked on batches of 4, for which it loads weights once.",
    "Operands have 8 bits, those of the chip 16.",
    "Kernel rows and input channels are spread over rows of the array, output rows over columns; "
    "the chip also folds and repeats such sets.",
)


def hardware(
    *,
    accelerator: Annotated[
        list[str] | None,
        typer.Option(help="Name or TOML file; may be repeated. Left out: all bundled ones."),
    ] = None,
    recorded: Annotated[
        bool,
        typer.Option("--recorded", help="Compare with recorded figures, also if ZigZag is there."),
    ] = False,
    layers: Annotated[bool, typer.Option("--layers", help="Show every layer.")] = False,
    networks: Annotated[
        int,
        typer.Option(min=1, max=1000, help="Different ones among the 1,000 points priced."),
    ] = 50,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes of ZigZag. Left out: one for each core.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the analytic model with ZigZag, and measure its speed.

    34 convolutions of CIFAR-sized networks and ResNet-8 on each accelerator. ZigZag (extra
    `zigzag`) takes a few minutes once; its results are kept, also if it is interrupted. Without it
    the model is compared with what ZigZag said of these convolutions on `eyeriss_like`.

    Example: python -m evoapproxnas bench hardware
    """
    from evoapproxnas.bench.host import describe_host
    from evoapproxnas.hardware.accelerators import accelerator_names, load_accelerator

    chosen = [load_accelerator(name) for name in accelerator or accelerator_names()]
    machine = {**describe_host(), "threads": 1, "zigzag_processes": workers or os.cpu_count() or 1}
    if not as_json:
        print_machine(machine)
    reference, speed = _figures(chosen, networks=networks, workers=workers, recorded=recorded)
    found = _compared(chosen, reference)
    if as_json:
        print(json.dumps({"machine": machine, **found, **speed}, indent=2))
        return
    _print(found, speed, layers=layers)


def _figures(
    accelerators: "Sequence[Accelerator]", *, networks: int, workers: int | None, recorded: bool
) -> "tuple[Reference, dict[str, Any]]":
    """Measure speed while ZigZag works, or take what was recorded."""
    from evoapproxnas.bench import hardware as bench
    from evoapproxnas.cli.zigzag_progress import wait_for_zigzag
    from evoapproxnas.hardware.zigzag import missing_zigzag

    missing = missing_zigzag()
    if recorded or missing:
        if missing and not recorded:
            note(
                f"compared with recorded figures of ZigZag alone: {missing}",
                style="dim",
                to=Terminal(stderr=True),
            )
        return bench.Recorded(), _speed(networks)
    pairs = bench.bench_pairs(accelerators)
    with bench.ZigzagRuns(pairs, workers=workers or os.cpu_count() or 1) as runs:
        speed = _speed(networks)
        wait_for_zigzag(runs)
        return bench.Zigzag(runs.version, runs.costs), speed


def _speed(networks: int) -> dict[str, Any]:
    from evoapproxnas.bench import hardware as bench
    from evoapproxnas.hardware.accelerators import accelerator_names

    return {
        "network_of_20_layers_ms": {
            name: bench.layers_milliseconds(name) for name in accelerator_names()
        },
        "pricing": [
            asdict(bench.price_points(name, networks=networks)) for name in bench.TEMPLATES
        ],
        "alexnet": asdict(bench.alexnet_on_eyeriss()),
    }


def _compared(accelerators: "Sequence[Accelerator]", reference: "Reference") -> dict[str, Any]:
    from evoapproxnas.bench import hardware as bench

    shapes = bench.bench_layers()
    rows = {a.name: bench.compare(shapes, a, reference) for a in accelerators}
    return {
        "reference": reference.name,
        "agreement": [asdict(bench.agreement(each)) for each in rows.values() if each],
        "network": [asdict(bench.compare_network(a, reference)) for a in accelerators],
        "layers": [asdict(row) for each in rows.values() for row in each],
    }


def _print(found: dict[str, Any], speed: dict[str, Any], *, layers: bool) -> None:
    name = found["reference"]
    if found["agreement"]:
        title = f"\nErrors beside {name}, energy of memories and cycles; rank correlations"
        print_rows(found["agreement"], as_json=False, title=title)
    else:
        say(f"\n{name} has no figures of these accelerators")
    title = f"\nResNet-8: ratios to {name}, and where energy goes, exact 8-bit multipliers, %"
    print_rows(found["network"], as_json=False, title=title)
    if layers:
        print_rows(found["layers"], as_json=False, title=f"\nLayers: ratios to {name}")
    title = "\nProcessor time of a network of 20 different layers, ms"
    print_rows([speed["network_of_20_layers_ms"]], as_json=False, title=title)
    title = "\nProcessor time of points (networks with an assignment) on accelerators, seconds"
    print_rows(speed["pricing"], as_json=False, title=title)
    _print_alexnet(speed["alexnet"])


def _print_alexnet(alexnet: dict[str, Any]) -> None:
    print_rows(alexnet["layers"], as_json=False, title="\nAlexNet's convolutions on eyeriss")
    say(
        f"{alexnet['images_per_second']:.1f} images a second, {alexnet['without_waiting']:.1f} if "
        f"nothing had to wait; the published chip: {alexnet['published']:g}. Why they differ:"
    )
    for reason in _REASONS:
        say(f"- {reason}")
