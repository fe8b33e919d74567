"""Times of calls that take turns."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def median_seconds(calls: Mapping[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    """Return the median duration of each call in seconds, after one call to warm up.

    The calls take turns, so that what else the machine does slows them alike, and their ratios
    mean more than their times.

    Args:
        calls: what is measured, by name.
        repeats: how often each is called.
    """
    seconds = _in_turns(calls, repeats)
    return {name: median(times) for name, times in seconds.items()}


def least_seconds(calls: Mapping[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    """Return the shortest duration of each call in seconds; see `median_seconds`.

    What else the machine does makes calls longer and none shorter, so few repetitions do.

    Args:
        calls: what is measured, by name.
        repeats: how often each is called.
    """
    seconds = _in_turns(calls, repeats)
    return {name: min(times) for name, times in seconds.items()}


def _in_turns(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Return the durations of each call, in seconds, after one call to warm up."""
    for call in calls.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            start = perf_counter()
            call()
            seconds[name].append(perf_counter() - start)
    return seconds
