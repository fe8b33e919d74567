"""A measurement for people: a line for each kernel and number of threads."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from evoapproxnas.emulation.kernels.choice import Measurement, ThreadTimes
from evoapproxnas.emulation.kernels.choice.costs import measured_cost


def summarize(measurement: Measurement) -> Iterator[dict[str, Any]]:
    """Describe each kernel.

    Args:
        measurement: of a machine.

    Yields:
        How many calls were timed, the highest GMAC/s among them, on how many layers the kernel
        was the fastest with some table, and the median error of the constants that were fitted.
    """
    for times in measurement.by_threads:
        wins = _wins(times)
        for name, each in times.kernels.items():
            rates = [sample.work.macs / sample.seconds / 1e9 for sample in each.samples]
            errors = np.abs(np.expm1(measured_cost(each).errors))
            yield {
                "threads": times.threads,
                "kernel": name,
                "timed": len(rates),
                "fastest_on": wins[name],
                "most_gmacs": max(rates, default=None),
                "fit_error_pct": 100 * float(np.median(errors)) if rates else None,
            }


def _wins(times: ThreadTimes) -> Counter[str]:
    """Count the layers on which each kernel took the least time, whatever the table."""
    best: dict[Any, tuple[float, str]] = {}
    for name, each in times.kernels.items():
        for sample in each.samples:
            so_far = best.get(sample.work, (float("inf"), ""))
            best[sample.work] = min(so_far, (sample.seconds, name))
    return Counter(name for _, name in best.values())
