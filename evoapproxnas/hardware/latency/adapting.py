"""A table of one device made to fit another one, from a few networks that were measured there.

The other device takes so many times as long altogether, or so many times as long for each kind
of operation: hypotheses about which, and about noise, are weighted by how likely they make the
measurements, as `devices.transfer` does with devices of NAS-Bench-201.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices.counts import Floats
from evoapproxnas.hardware.devices.measurements import checked_milliseconds
from evoapproxnas.hardware.devices.references import d_optimal
from evoapproxnas.hardware.devices.transfer import averaged_weights
from evoapproxnas.hardware.latency.fusion import operation_counts
from evoapproxnas.hardware.latency.table import DeviceTable, MeasuredOperation
from evoapproxnas.networks import Network

_LEAST = 2
"""Networks without which nothing can be told from their size."""


def adapt_table(
    table: DeviceTable,
    networks: Sequence[Network],
    milliseconds: Sequence[float],
    *,
    device: str,
) -> DeviceTable:
    """Scale the times of a table so that they explain what another device takes.

    Args:
        table: of a device that is known well.
        networks: that were measured on the other one, some ten; see `choose_probes`.
        milliseconds: latency of each, there.
        device: name of the other one, for the file.

    Raises:
        MeasurementError: for fewer than two different networks, latencies that are none, or a
            table by which they take no time.
    """
    latency = checked_milliseconds(milliseconds, len(networks))
    if len(set(networks)) < _LEAST:
        raise MeasurementError(f"expected at least {_LEAST} different measured networks, got 1")
    kinds = _kinds(table)
    by_kind = np.array([_milliseconds(table, network, kinds) for network in networks])
    if not by_kind.any():
        raise MeasurementError(
            f"the latency table of {table.space} has times of 0 ms only, which nothing scales; "
            "measure it anew"
        )
    whole, each = by_kind.sum(axis=1, keepdims=True), by_kind
    unit = [float(np.sqrt((part**2).sum(axis=1).mean())) for part in (whole, each)]
    scale = float(latency.mean())
    parts = [part / size for part, size in zip((whole, each), unit, strict=True)]
    overall, single = averaged_weights(parts, latency / scale)
    factors = scale * (overall[0] / unit[0] + single / unit[1])
    # A factor below zero is noise about a kind that takes next to nothing.
    known = dict(zip(kinds, np.maximum(factors, 0.0).tolist(), strict=True))
    return _scaled(table, known, device)


def choose_probes(table: DeviceTable, networks: Sequence[Network], count: int) -> list[int]:
    """Choose networks that tell the most about kinds of operations, a D-optimal design.

    Args:
        table: which says how long each kind takes.
        networks: to choose from.
        count: how many.

    Returns:
        Places among the networks.

    Raises:
        MeasurementError: if there are fewer networks.
    """
    if not _LEAST <= count <= len(networks):
        raise MeasurementError(
            f"expected {_LEAST} to {len(networks)} networks to choose, got {count}"
        )
    kinds = _kinds(table)
    terms = np.array([_milliseconds(table, network, kinds) for network in networks])
    return d_optimal(terms / np.maximum(terms.max(axis=0), 1e-12), count)


_CALL = "call"


def _kinds(table: DeviceTable) -> tuple[str, ...]:
    return (_CALL, *sorted({each.operation.kind for each in table.operations}))


def _milliseconds(table: DeviceTable, network: Network, kinds: Sequence[str]) -> Floats:
    """What a network takes on the device of the table, by kind of operation."""
    spent = dict.fromkeys(kinds, 0.0) | {_CALL: table.call_ms}
    times = table.times(network)
    for operation, count in operation_counts(network, table.fusion).items():
        spent[operation.kind] += count * times[operation]
    return np.array([spent[kind] for kind in kinds])


def _scaled(table: DeviceTable, factors: Mapping[str, float], device: str) -> DeviceTable:
    def scaled(each: MeasuredOperation) -> MeasuredOperation:
        factor = factors[each.operation.kind]
        return replace(
            each,
            ms=each.ms * factor,
            fastest_ms=each.fastest_ms * factor,
            call_ms=table.call_ms * factors[_CALL],
        )

    machine: dict[str, Any] = {"processor": device, "factors": dict(factors)}
    return replace(
        table,
        machine={**machine, "adapted_from": dict(table.machine)},
        operations=tuple(map(scaled, table.operations)),
        check=None,
        adapted_from=str(table.machine.get("processor", table.space)),
    )
