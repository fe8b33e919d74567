"""`bench emulation`: how fast emulation is on this machine; the other benchmarks are next door."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.bench.lesser_cpu import do_without
from evoapproxnas.cli import (
    bench_assign,
    bench_campaign,
    bench_candidate,
    bench_circuits,
    bench_cosearch,
    bench_fresh,
    bench_hardware,
    bench_latency,
    bench_measuring,
    bench_search,
)
from evoapproxnas.cli.bench_machine import print_machine
from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import print_rows, print_table, say

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(
    help="Measure how fast this package is on this machine.\n\n"
    "Example: python -m evoapproxnas bench emulation",
    no_args_is_help=True,
)
app.command()(bench_assign.assign)
app.command()(bench_campaign.campaign)
app.command()(bench_candidate.candidate)
app.command()(bench_circuits.circuits)
app.command()(bench_cosearch.cosearch)
app.command()(bench_fresh.fresh)
app.command()(bench_hardware.hardware)
app.command()(bench_latency.latency)
app.command()(bench_measuring.machine)
app.command()(bench_search.search)


@app.command()
def emulation(
    *,
    kernel: Annotated[
        list[str] | None,
        typer.Option(help="Kernel to measure; may be repeated. Left out: all that are fast."),
    ] = None,
    images: Annotated[int, typer.Option(min=1, help="Images for ResNet-8 to predict.")] = 2000,
    repeats: Annotated[int, typer.Option(min=1, help="Medians of so many repetitions.")] = 7,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads, as of a worker. [default: all cores]")
    ] = None,
    cpu_features: Annotated[
        str | None,
        typer.Option(
            metavar="-NAME,...",
            help="Features of the CPU to do without, in float32 too; -avx512f,-avxvnni is AVX2.",
        ),
    ] = None,
    quick: Annotated[bool, typer.Option(help="Tiny shapes: a check that it runs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare the emulation kernels with TensorFlow's float32 layers in the same run.

    For each layer and table it says as well how much longer the kernel takes that `auto` chooses
    than the best one; `bench machine` lets `auto` choose by what was measured.

    Example: python -m evoapproxnas bench emulation
    """
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    if cpu_features is not None:
        do_without(cpu_features)
    start_tensorflow_quietly(threads=threads)

    import pandas as pd

    from evoapproxnas.bench import emulation as bench
    from evoapproxnas.bench.machine import describe_machine

    machine = describe_machine()
    if not as_json:
        print_machine(machine)
    shapes = bench.QUICK_SHAPES if quick else bench.FULL_SHAPES
    cases = bench.layer_cases(kernel)
    layers = pd.DataFrame(bench.bench_layers(shapes, cases, repeats=1 if quick else repeats))
    if not as_json:
        shown = layers.drop(columns=["least_ms", "auto"])
        print_table(shown, as_json=False, title="\nLayers: times slower than float32, GMAC/s")
    regrets = _regrets(layers, as_json=as_json)
    networks = pd.DataFrame(_networks(kernel, images=images, repeats=repeats, quick=quick))
    if as_json:
        print(json.dumps({"machine": machine, "layers": _rows(layers), "auto": regrets,
                          "networks": _rows(networks)}, indent=2))  # fmt: skip
        return
    print_table(networks, as_json=False, title="\nNetworks: times slower than float32, seconds")


def _regrets(layers: "pd.DataFrame", *, as_json: bool) -> list[dict[str, Any]]:
    """Return, and print for people, what `auto` loses."""
    from evoapproxnas.bench import emulation as bench

    rows = list(bench.regrets(_rows(layers)))
    worst = bench.worst(rows)
    if worst is not None and not as_json:
        title = "\nThe kernel of auto: times slower than the best one"
        print_rows(rows, as_json=False, title=title)
        say(f"at worst {worst['regret']:.2f} times: {worst['shape']}, {worst['weights']} weights, "
            f"table {worst['table']}")  # fmt: skip
    return rows


def _networks(
    kernels: list[str] | None, *, images: int, repeats: int, quick: bool
) -> list[dict[str, Any]]:
    from evoapproxnas.bench import emulation as bench

    cases = bench.network_cases(kernels)
    if not quick:
        return list(bench.bench_networks(cases, images=images, repeats=min(repeats, 5)))
    small = (8, 8, 3)
    return list(bench.bench_networks(cases, images=4, repeats=1, input_shape=small, batch=4))


def _rows(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
