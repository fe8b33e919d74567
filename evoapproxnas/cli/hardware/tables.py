"""`hardware references`, `fit` and `predict`: latency on a device of your own."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from evoapproxnas.cli.hardware.networks import named_network
from evoapproxnas.cli.options import AsJson, RunsDir
from evoapproxnas.cli.output import print_rows, say

TableFile = Annotated[Path, typer.Argument(help="What 'hardware fit' or 'measure' wrote.")]
Measurements = Annotated[
    Path, typer.Argument(help="CSV file with columns network and milliseconds.")
]


def references(
    *,
    count: Annotated[int, typer.Option(min=1, help="Networks to measure.")] = 10,
    output: Annotated[
        Path | None, typer.Option("-o", help="CSV file to note latencies in, for 'hardware fit'.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the networks of NAS-Bench-201 that tell the most about a new device.

    Example: python -m evoapproxnas hardware references -o my.csv
    """
    from evoapproxnas.hardware.devices import reference_networks
    from evoapproxnas.hardware.devices.measurement_file import write_form
    from evoapproxnas.hardware.hw_nas_bench.cells import arch_string

    networks = reference_networks(count)
    if output is not None:
        write_form(networks, output)
    rows = [{"network": number, "arch": arch_string(number)} for number in networks]
    print_rows(rows, as_json=as_json)


def fit(
    measurements: Measurements,
    *,
    output: Annotated[Path, typer.Option("-o", help="JSON file to write.")],
    prune: Annotated[
        Literal["auto", "none", "unused"],
        typer.Option(help="unused: the runtime drops results that are not used; auto finds out."),
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """Find what every operation takes on a device, from networks that were measured on it.

    Example: python -m evoapproxnas hardware fit my.csv -o my.json
    """
    from evoapproxnas.hardware.devices import LatencyTable
    from evoapproxnas.hardware.devices.measurement_file import read_measurements

    networks, milliseconds = read_measurements(measurements)
    table = LatencyTable.fit(networks, milliseconds, prune=prune)
    table.save(output)
    if as_json:
        print(json.dumps(asdict(table), indent=2))
        return
    costs = {"constant": table.constant_ms, **table.operation_ms}
    print_rows([{"operation": name, "ms": ms} for name, ms in costs.items()], as_json=False)
    dropped = {"none": "all operations count", "unused": "operations without use do not count"}
    say(
        f"\n{table.measurements} measurements, root mean square error "
        f"{table.rms_error_ms:.3g} ms; {dropped[table.prune]}\n{output}"
    )


def predict(
    table: TableFile,
    network: Annotated[
        list[str],
        typer.Argument(
            help="Number in NAS-Bench-201, or architecture string; with a table of 'hardware "
            "measure' RUN:ID, or a network such as resnet8; several."
        ),
    ],
    *,
    interpolate: Annotated[
        bool, typer.Option("--interpolate", help="Estimate operations that were not measured.")
    ] = False,
    as_json: AsJson = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Predict the latency of networks on a device, from its table.

    Example: python -m evoapproxnas hardware predict my.json 0 17
    """
    from evoapproxnas.files import read_json
    from evoapproxnas.hardware.devices import LatencyTable

    content = read_json(table)
    if isinstance(content, dict) and "operations" in content:
        print_rows(_measured_rows(table, network, runs_dir, interpolate), as_json=as_json)
        return
    predicted = LatencyTable.load(table).predict(network)
    rows = [
        {"network": name, "latency_ms": float(ms)}
        for name, ms in zip(network, predicted, strict=True)
    ]
    print_rows(rows, as_json=as_json)


def _measured_rows(
    table: Path, names: list[str], runs_dir: Path, interpolate: bool
) -> list[dict[str, Any]]:
    from evoapproxnas.hardware.latency import load_device_table

    known = load_device_table(table)
    rows = []
    for name in names:
        found = known.predict(named_network(name, runs_dir), interpolate=interpolate)
        share = 100 * found.interpolated_ms / found.ms if found.ms else 0.0
        rows.append({"network": name, "latency_ms": found.ms, "interpolated_pct": share})
    return rows
