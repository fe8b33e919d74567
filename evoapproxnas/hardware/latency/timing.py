"""How long a call takes, on a machine that may do other things as well."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Clock = Callable[[], float]

_SHORT_SECONDS = 2e-5
"""A repetition lasts at least so long: the clock itself takes some 50 ns."""

_PER_MS = 1e3


@dataclass(frozen=True)
class Repetitions:
    """How often something is run to be timed.

    Many short repetitions: few of them are interrupted, so the median is that of a quiet machine
    as long as the load does not take caches and clock rate.

    Attributes:
        warm_up: calls before anything is timed.
        least: timed repetitions at least.
        seconds: that repetitions go on for, if these were fewer.
    """

    warm_up: Annotated[int, Field(ge=0)] = 3
    least: Annotated[int, Field(ge=1)] = 30
    seconds: Annotated[float, Field(ge=0)] = 0.02


@dataclass(frozen=True)
class Timing:
    """What a call took.

    Attributes:
        median_ms: median of the repetitions.
        fastest_ms: the fastest of them.
        repetitions: how many there were.
    """

    median_ms: float
    fastest_ms: float
    repetitions: int


def time_call(
    call: Callable[[], object], repetitions: Repetitions, *, clock: Clock = time.perf_counter
) -> Timing:
    """Run a call again and again; see `Repetitions`.

    Args:
        call: what is timed.
        repetitions: how often.
        clock: seconds.
    """
    for _ in range(repetitions.warm_up):
        call()
    begin = clock()
    call()
    calls = max(1, math.ceil(_SHORT_SECONDS / max(clock() - begin, 1e-9)))
    taken: list[float] = []
    end = clock() + repetitions.seconds
    while len(taken) < repetitions.least or clock() < end:
        start = clock()
        for _ in range(calls):
            call()
        taken.append((clock() - start) / calls)
    return Timing(_PER_MS * statistics.median(taken), _PER_MS * min(taken), len(taken))
