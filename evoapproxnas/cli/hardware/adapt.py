"""`hardware probes` and `adapt`: a table for another device, from a few networks there."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.campaign import ConfigFile, Preset, Settings
from evoapproxnas.cli.hardware.source import find_source
from evoapproxnas.cli.options import DataDir, RunsDir, Seed
from evoapproxnas.cli.output import say

if TYPE_CHECKING:
    from evoapproxnas.hardware.latency import DeviceTable
    from evoapproxnas.networks import Network

MeasuredTable = Annotated[Path, typer.Argument(help="What 'hardware measure' wrote.")]
_FORM = "latencies.csv"
_CANDIDATES = 200
_LARGE_ERROR = 50.0
"""Percent."""


def probes(
    table: MeasuredTable,
    *,
    output: Annotated[Path, typer.Option("-o", help="Folder to write.")],
    count: Annotated[int, typer.Option(min=2, help="Networks to measure.")] = 10,
    preset: Preset = None,
    config_file: ConfigFile = None,
    settings: Settings = None,
    run: Annotated[str | None, typer.Option(help="Choose from the space of this run.")] = None,
    seed: Seed = 0,
    data_dir: DataDir = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    r"""Write networks that tell the most about another device, and a form for their latencies.

    They are random networks of the space that the table is of, as JSON and, for LiteRT, as .tflite
    files that its own tools run: benchmark_model --graph=FILE on a phone.

    Example: python -m evoapproxnas hardware probes device.json \
        -o probes --preset digits
    """
    from evoapproxnas.files import make_folder, write_atomically
    from evoapproxnas.hardware.devices.measurement_file import write_names
    from evoapproxnas.hardware.latency import load_device_table
    from evoapproxnas.hardware.latency.adapting import choose_probes

    known = load_device_table(table)
    source = find_source(preset, config_file, settings, run, None, data_dir, runs_dir)
    known.check_space(**source.shape, where=f"latency table {table}")
    networks = list(source.drawn(_CANDIDATES, seed, "probe"))
    chosen = [networks[place] for place in choose_probes(known, networks, count)]
    names = [f"probe-{number:02d}" for number in range(count)]
    make_folder(output)
    for name, network in zip(names, chosen, strict=True):
        write_atomically(output / f"{name}.json", json.dumps(network.to_dict()) + "\n")
    if known.runtime == "litert":
        _write_models(output, names, chosen)
    write_names(names, output / _FORM)
    _say_estimated(known, chosen)
    say(
        f"{count} networks in {output}; note the milliseconds that each takes in "
        f"{output / _FORM}, then: hardware adapt {table} {output} -o NEW.json"
    )


def adapt(
    table: MeasuredTable,
    folder: Annotated[Path, typer.Argument(help="Of 'hardware probes', with latencies noted.")],
    *,
    output: Annotated[Path, typer.Option("-o", help="JSON file to write.")],
    device: Annotated[str, typer.Option(help="Name of the other device, for the file.")],
) -> None:
    r"""Make a table of one device fit another, from a few networks that were measured there.

    Kinds of operations become slower or faster by a factor each; shapes of one kind keep their
    order.

    Example: python -m evoapproxnas hardware adapt device.json probes \
        -o phone.json --device phone
    """
    from evoapproxnas.hardware.devices.measurement_file import read_measurements
    from evoapproxnas.hardware.latency import load_device_table
    from evoapproxnas.hardware.latency.adapting import adapt_table

    known = load_device_table(table)
    names, milliseconds = read_measurements(folder / _FORM)
    networks = [_read_network(folder / f"{name}.json") for name in names]
    for network in networks:
        known.check_space(network.input_shape, network.classes, where=f"latency table {table}")
    adapted = adapt_table(known, networks, milliseconds, device=device)
    adapted.save(output)
    for kind, factor in adapted.machine["factors"].items():
        say(f"{kind:<24}x {factor:.3g}")
    error = _error(adapted, networks, milliseconds)
    say(f"{len(networks)} networks: median error {error:.1f} %")
    if error > _LARGE_ERROR:
        say(
            f"warning: the times of {table} explain these latencies badly, whatever the factors; "
            f"is each of its network in {folder / _FORM}, and in ms?"
        )
    _say_estimated(known, networks)
    say(str(output))


def _read_network(file: Path) -> "Network":
    from evoapproxnas.errors import ConfigError, UnknownNameError
    from evoapproxnas.files import read_json
    from evoapproxnas.networks import Network

    try:
        return Network.from_dict(read_json(file))
    except (ConfigError, UnknownNameError) as error:
        raise ConfigError(f"{file}: {error}") from None


def _say_estimated(table: "DeviceTable", networks: "list[Network]") -> None:
    """Say which share of operations is interpolated, which nobody asked for here."""
    from evoapproxnas.hardware.latency import coverage

    found = coverage(networks, table.fusion, table.measured)
    if found.missing:
        say(
            f"{found.missing_share:.1%} of the operations of these networks have no time in the "
            "table: it is estimated from others of their kind"
        )


def _error(table: "DeviceTable", networks: "list[Network]", milliseconds: list[float]) -> float:
    from statistics import median

    predicted = [table.predict(network, interpolate=True).ms for network in networks]
    pairs = zip(predicted, milliseconds, strict=True)
    return 100 * median(abs(one / other - 1) for one, other in pairs if other)


def _write_models(folder: Path, names: list[str], networks: "list[Network]") -> None:
    from evoapproxnas.files import write_atomically
    from evoapproxnas.hardware.latency import require_runtime
    from evoapproxnas.hardware.latency.runtimes.quiet import quietly

    require_runtime("litert")
    with quietly():
        from evoapproxnas.hardware.latency.runtimes.litert import LiteRT

    runtime = LiteRT(threads=1)
    for name, network in zip(names, networks, strict=True):
        write_atomically(folder / f"{name}.tflite", runtime.converted(network).content)
