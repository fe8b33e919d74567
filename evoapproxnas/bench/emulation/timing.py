"""Times of calls that take turns."""

import random
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def seconds_in_turns(
    calls: Mapping[str, Callable[[], object]],
    *,
    repeats: int,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, list[float]]:
    """Return the durations of each call in seconds, after one call to warm up.

    The calls take turns, so that what else the machine does slows them alike, and their ratios
    mean more than their times. Each turn has another order: a call pays for the caches and the
    memory that the one before it took, which made a kernel that always followed a large one 1.3
    times slower. All of this makes calls longer and none shorter: the shortest of each say best
    which one is faster.

    Args:
        calls: what is measured, by name.
        repeats: how often each is called.
        clock: tells seconds.
    """
    for call in calls.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    order, shuffle = list(calls), random.Random(0).shuffle
    for _ in range(repeats):
        shuffle(order)
        for name in order:
            start = clock()
            calls[name]()
            seconds[name].append(clock() - start)
    return seconds


def median_seconds(calls: Mapping[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    """Return the median duration of each call in seconds; see `seconds_in_turns`.

    Args:
        calls: what is measured, by name.
        repeats: how often each is called.
    """
    seconds = seconds_in_turns(calls, repeats=repeats)
    return {name: median(times) for name, times in seconds.items()}
