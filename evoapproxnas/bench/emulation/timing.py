"""Times of calls that take turns."""

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
    mean more than their times. It makes calls longer and none shorter: the shortest of each say
    best which one is faster.

    Args:
        calls: what is measured, by name.
        repeats: how often each is called.
        clock: tells seconds.
    """
    for call in calls.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            start = clock()
            call()
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
