"""Timing operations one after another, as long as there is time, into a table."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.hardware.latency.runtimes.base import Prepared, Runtime, RuntimeRefuses
from evoapproxnas.hardware.latency.table import DeviceTable, MeasuredOperation
from evoapproxnas.hardware.latency.timing import Clock, Repetitions, time_call

_BATCH = 16
"""Operations that are prepared at once, and after which the table is saved."""
_MOST_COPIES = 7
_COPIES_MS = 0.1
"""What additional copies should take together, so that calling the runtime is no large part."""


@dataclass(frozen=True)
class Step:
    """How far measuring is.

    Attributes:
        table: with what was measured.
        done: operations that were measured or refused in this session.
        wanted: operations that there are to measure.
        refused: why an operation could not be measured, if the last one could not.
    """

    table: DeviceTable
    done: int
    wanted: int
    refused: str | None = None


def measure_operations(
    runtime: Runtime,
    wanted: Sequence[Operation],
    table: DeviceTable,
    *,
    seconds: float = math.inf,
    clock: Clock = time.monotonic,
) -> Iterator[Step]:
    """Measure operations, in their order, that a table has no time of.

    Yields after every operation; whoever takes the steps saves the table as it comes.

    Args:
        runtime: of the table.
        wanted: what to measure.
        table: what is known.
        seconds: after which no more operation is begun.
        clock: seconds.
    """
    left = [operation for operation in wanted if operation not in table.measured]
    end, done = clock() + seconds, 0
    for first in range(0, len(left), _BATCH):
        batch = left[first : first + _BATCH]
        for operation, prepared in _prepared(runtime, batch):
            if clock() >= end:
                return
            done += 1
            refused = prepared if isinstance(prepared, str) else None
            if not isinstance(prepared, str):
                table = table.with_operation(
                    time_operation(operation, prepared, table.repetitions)
                )
            yield Step(table, done, len(left), refused)


def _prepared(
    runtime: Runtime, operations: Sequence[Operation]
) -> Iterator[tuple[Operation, Prepared | str]]:
    """Prepare operations; where that fails, halves of them, to find the one that it fails for."""
    try:
        found = runtime.operations(operations)
    except RuntimeRefuses as error:
        if len(operations) == 1:
            yield operations[0], f"{operations[0].name}: {error}"
            return
        middle = len(operations) // 2
        yield from _prepared(runtime, operations[:middle])
        yield from _prepared(runtime, operations[middle:])
    else:
        yield from zip(operations, found, strict=True)


def time_operation(
    operation: Operation, prepared: Prepared, repetitions: Repetitions
) -> MeasuredOperation:
    """Time an operation alone and with copies beside it: the difference is free of the call."""
    start: Callable[[int], Callable[[], object]] = prepared.start
    try:
        alone = time_call(start(1), repetitions)
    except RuntimeRefuses:
        start = prepared.start_plainly
        alone = time_call(start(1), repetitions)
    more = max(1, min(_MOST_COPIES, math.ceil(_COPIES_MS / max(alone.fastest_ms, 1e-6))))
    together = time_call(start(1 + more), repetitions)
    ms = max(0.0, together.median_ms - alone.median_ms) / more
    return MeasuredOperation(
        operation=operation,
        ms=ms,
        fastest_ms=max(0.0, together.fastest_ms - alone.fastest_ms) / more,
        call_ms=max(0.0, alone.median_ms - ms),
        repetitions=alone.repetitions + together.repetitions,
        plain=start == prepared.start_plainly,
        executed=prepared.executed,
    )
