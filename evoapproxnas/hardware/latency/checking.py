"""Whether a table is right: whole networks, predicted and measured."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices.ranks import rank_correlation
from evoapproxnas.hardware.latency.fusion import runtime_operations
from evoapproxnas.hardware.latency.runtimes.base import Runtime
from evoapproxnas.hardware.latency.table import CheckedAgainst, DeviceTable
from evoapproxnas.hardware.latency.timing import Repetitions, time_call
from evoapproxnas.networks import Network


@dataclass(frozen=True)
class CheckedNetwork:
    """A network, predicted and measured.

    Attributes:
        network: its number.
        predicted_ms: by the medians of the table.
        measured_ms: median.
        fastest_predicted_ms: by the fastest repetitions of the table.
        fastest_ms: the fastest repetition.
        operations: that it has.
        interpolated: of these, that the table has no time of.
        difference: operators of the runtime's model that the table does not expect, and with a
            minus those that are expected but not there; empty where it cannot be told.
        refused: why the runtime could not run it, or nothing could be predicted; then there are
            no figures.
    """

    network: int
    predicted_ms: float
    measured_ms: float
    fastest_predicted_ms: float
    fastest_ms: float
    operations: int
    interpolated: int
    difference: tuple[str, ...] = ()
    refused: str = ""


def check_networks(
    runtime: Runtime,
    networks: Iterable[Network],
    table: DeviceTable,
    repetitions: Repetitions,
) -> Iterator[CheckedNetwork]:
    """Predict and measure networks one after another; operations without a time are interpolated.

    A network that the runtime cannot run, or with an operation like none in the table, is refused.
    """
    for number, network in enumerate(networks):
        try:
            yield _checked(number, runtime, network, table, repetitions)
        except MeasurementError as error:  # Which a network that the runtime refuses raises, too.
            operations = len(runtime_operations(network, table.fusion))
            yield CheckedNetwork(number, 0.0, 0.0, 0.0, 0.0, operations, 0, refused=str(error))


def _checked(
    number: int,
    runtime: Runtime,
    network: Network,
    table: DeviceTable,
    repetitions: Repetitions,
) -> CheckedNetwork:
    operations = runtime_operations(network, table.fusion)
    predicted = table.predict(network, interpolate=True)
    fastest = table.predict(network, interpolate=True, statistic="fastest")
    prepared = runtime.network(network)
    timing = time_call(prepared.start(), repetitions)
    return CheckedNetwork(
        number,
        predicted_ms=predicted.ms,
        measured_ms=timing.median_ms,
        fastest_predicted_ms=fastest.ms,
        fastest_ms=timing.fastest_ms,
        operations=len(operations),
        interpolated=sum(operation in predicted.interpolated for operation in operations),
        difference=_difference(table, network, prepared.executed),
    )


def _difference(table: DeviceTable, network: Network, executed: Sequence[str]) -> tuple[str, ...]:
    """Compare operators with those of the measured operations that the prediction adds up."""
    operations = runtime_operations(network, table.fusion)
    if not executed or any(operation not in table.measured for operation in operations):
        return ()
    expected = Counter(
        text for operation in operations for text in table.measured[operation].executed
    )
    found = Counter(executed)
    return (*(found - expected).elements(), *(f"-{t}" for t in (expected - found).elements()))


def summarize(checked: Sequence[CheckedNetwork]) -> CheckedAgainst:
    """Correlate what was predicted with what was measured.

    Raises:
        MeasurementError: for fewer than two networks that ran.
    """
    ran = [row for row in checked if not row.refused]
    if len(ran) < 2:
        raise MeasurementError(
            f"a rank correlation needs two networks that the runtime can run, got {len(ran)} of "
            f"{len(checked)}; check more"
        )
    measured = np.array([row.measured_ms for row in ran])
    predicted = np.array([row.predicted_ms for row in ran])
    total = sum(row.operations for row in ran)
    return CheckedAgainst(
        networks=len(ran),
        spearman=rank_correlation(predicted, measured),
        fastest_spearman=rank_correlation(
            [row.fastest_predicted_ms for row in ran], [row.fastest_ms for row in ran]
        ),
        error_pct=100 * float(np.median(np.abs(predicted / measured - 1))),
        interpolated_pct=100 * sum(row.interpolated for row in ran) / total,
        others=sum(bool(row.difference) for row in ran),
        refused=len(checked) - len(ran),
    )
