"""The CSV file in which a user notes what networks take on a device."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.errors import MeasurementError
from evoapproxnas.files import read_rows, write_atomically
from evoapproxnas.hardware.hw_nas_bench.cells import arch_string

_COLUMNS = ("network", "milliseconds")


@dataclass(frozen=True)
class Measurement:
    """A row of the file.

    Attributes:
        network: architecture string, or number in NAS-Bench-201.
        milliseconds: its latency; None where it was not measured.
    """

    network: str
    milliseconds: float | None = None


def write_form(networks: Sequence[int], path: Path) -> None:
    """Write networks of NAS-Bench-201 with no latencies yet, to fill in.

    Raises:
        StoreError: if the file cannot be written.
    """
    write_names([arch_string(number) for number in networks], path)


def write_names(networks: Sequence[str], path: Path) -> None:
    """Write names of any networks likewise.

    Raises:
        StoreError: if the file cannot be written.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    rows.writerows((name, "") for name in networks)
    write_atomically(path, text.getvalue())


def read_measurements(path: Path) -> tuple[list[str], list[float]]:
    """Read networks and their latencies in ms; rows without one are passed over.

    Raises:
        MeasurementError: if the file cannot be read, is malformed, or has no latency.
    """
    rows = read_rows(Measurement, path, error=MeasurementError)
    measured = [(row.network, row.milliseconds) for row in rows if row.milliseconds is not None]
    if not measured:
        raise MeasurementError(
            f"{path} has no latencies; note them in column {_COLUMNS[1]}, beside the networks"
        )
    networks, milliseconds = zip(*measured, strict=True)
    return list(networks), list(milliseconds)
