"""What each operation takes on a device, from a few networks that were measured on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

import numpy as np
from pydantic import Field
from scipy.optimize import nnls

from evoapproxnas.errors import MeasurementError, unknown_name
from evoapproxnas.files import check_format, decode, encode_json, read_json, write_atomically
from evoapproxnas.hardware.devices.counts import (
    Counts,
    Floats,
    Networks,
    Prune,
    count_operations,
    listed,
)
from evoapproxnas.hardware.devices.measurements import checked_milliseconds

_DIGITS = 7
"""Of the largest latency, as many as float32 has: so equal costs become equal."""

_Cost = Annotated[float, Field(ge=0, le=1e9)]
_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class LatencyTable:
    """Latency as a sum: a constant, and so much for every operation of a kind.

        table = LatencyTable.fit(reference_networks(), milliseconds)
        table.predict(["|nor_conv_3x3~0|+|skip_connect~0|none~1|+|..."])

    Attributes:
        constant_ms: what every network takes.
        operation_ms: what an operation adds, by its name.
        prune: which operations count: all (`none`), or those whose result is used (`unused`).
        measurements: networks that were measured.
        rms_error_ms: root of the mean square error of what was measured.
        format: of the file.
    """

    constant_ms: _Cost
    operation_ms: Mapping[str, _Cost]
    prune: Prune
    measurements: Annotated[int, Field(ge=1)]
    rms_error_ms: _Cost
    format: Literal[1] = 1

    @classmethod
    def fit(
        cls,
        networks: Networks,
        milliseconds: Sequence[float] | Floats,
        *,
        prune: Prune | Literal["auto"] = "auto",
    ) -> Self:
        """Find the table that fits measurements best, by non-negative least squares.

        Args:
            networks: that were measured: cells of NAS-Bench-201 by number, architecture string or
                operations, or mappings from operations to counts. `reference_networks` lists ten
                cells that tell the most.
            milliseconds: latency of each, shape (networks,).
            prune: whether the device's runtime leaves out operations whose result is not used;
                `auto` takes what fits better.

        Raises:
            MeasurementError: for fewer measurements than coefficients, networks that do not tell
                the operations apart, and latencies that are none.
            UnknownNameError: for an unknown cell, or another `prune`.
        """
        if prune not in ("auto", *get_args(Prune)):
            raise unknown_name("pruning", prune, ("auto", *get_args(Prune)))
        networks = listed(networks)
        latency = checked_milliseconds(milliseconds, len(networks))
        kinds: tuple[Prune, ...] = get_args(Prune) if prune == "auto" else (prune,)
        counts = [count_operations(networks, prune=kind) for kind in kinds]
        fits = [cls._fitted(each, latency) for each in counts if _tells_apart(each)]
        if not fits:
            raise _too_little(counts[0])
        # `none` comes first and stays where pruning makes no difference.
        return min(fits, key=lambda table: table.rms_error_ms)

    @classmethod
    def _fitted(cls, counts: Counts, latency: Floats) -> Self:
        coefficients = _simplest(nnls(counts.terms, latency)[0], counts)
        unit = 10.0 ** (np.floor(np.log10(latency.max())) + 1 - _DIGITS)
        coefficients = np.round(coefficients / unit) * unit
        error = counts.terms @ coefficients - latency
        return cls(
            constant_ms=_plain(coefficients[0]),
            operation_ms=dict(zip(counts.operations, map(_plain, coefficients[1:]), strict=True)),
            prune=counts.prune,
            measurements=len(latency),
            rms_error_ms=_plain(np.sqrt(np.mean(error**2))),
        )

    def predict(self, networks: Networks) -> Floats:
        """Return the predicted latency of networks in ms, shape (networks,).

        Args:
            networks: of the kind that the table was fitted to.

        Raises:
            UnknownNameError: for an unknown cell, or an operation that was not measured.
            MeasurementError: for what is no list of networks.
        """
        counts = count_operations(networks, prune=self.prune)
        for name in counts.operations:
            if name not in self.operation_ms:
                raise unknown_name("operation of this latency table", name, self.operation_ms)
        costs = np.array([self.operation_ms[name] for name in counts.operations])
        # Sums of equal terms in another order are equal latencies.
        predicted: Floats = np.round(self.constant_ms + counts.values @ costs, 9)
        return predicted

    def save(self, path: str | Path) -> None:
        """Write the table as JSON.

        Args:
            path: of the file.

        Raises:
            StoreError: if the file cannot be written.
        """
        write_atomically(Path(path), encode_json(self, indent=2) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Args:
            path: of the file.

        Raises:
            StoreError: if the file cannot be read or is no latency table.
        """
        content, where = read_json(Path(path)), f"latency table {path}"
        check_format(content, _FORMAT, where=where)
        return decode(cls, content, where=where)


def _simplest(coefficients: Floats, counts: Counts) -> Floats:
    """Make the cheapest operation free where the constant can take it over instead."""
    totals = counts.values.sum(axis=1)
    if counts.unknowns > len(counts.operations):
        return coefficients
    cheapest = coefficients[1:].min()
    return np.concatenate([[coefficients[0] + cheapest * totals[0]], coefficients[1:] - cheapest])


def _tells_apart(counts: Counts) -> bool:
    return int(np.linalg.matrix_rank(counts.terms)) == counts.unknowns


def _too_little(counts: Counts) -> MeasurementError:
    """Say what measurements lack."""
    measured = len(counts.values)
    if measured < counts.unknowns:
        why = f"{measured} measurements are fewer than the {counts.unknowns} costs to find"
    else:
        most = counts.values.max(axis=0)
        never = [name for name, n in zip(counts.operations, most, strict=True) if not n]
        why = f"these {measured} networks do not tell the costs of operations apart" + (
            f": none of them has {' or '.join(never)}" if never else ""
        )
    return MeasurementError(
        f"{why} (constant, {', '.join(counts.operations)}). Measure more networks that differ in "
        "their operations; reference_networks() lists ten that tell the most"
    )


def _plain(value: float) -> float:
    """Round away what the last bits of a product added."""
    return float(f"{value:.12g}")
