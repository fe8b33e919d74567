"""From what calibration saw of a layer's input to the range that is frozen.

To add a method: a function from `InputStatistics` to (low, high), named in `RANGE_METHODS`.
"""

from collections.abc import Callable

import numpy as np

from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.errors import QuantizationError, unknown_name

RangeMethod = Callable[[InputStatistics], tuple[float, float]]


def minmax(statistics: InputStatistics) -> tuple[float, float]:
    """Return the smallest and the largest activation.

    Args:
        statistics: of a layer's inputs.
    """
    return statistics.low, statistics.high


def percentile(percent: float = 99.9) -> RangeMethod:
    """Return the method that leaves out (100 - percent) % of the activations at either end.

    The end of activations that are never negative stays at their minimum. Values are known to
    within 0.4 %.

    Args:
        percent: of the activations that each end takes in, over 50 and up to 100.

    Raises:
        QuantizationError: unless 50 < percent <= 100.
    """
    if not 50 < percent <= 100:
        raise QuantizationError(f"a percentile must lie above 50 and up to 100, got {percent}")

    def method(statistics: InputStatistics) -> tuple[float, float]:
        order = np.argsort(statistics.values)
        shares = np.cumsum(statistics.weights[order])
        shares /= shares[-1]
        tails = 1 - percent / 100, percent / 100
        indices = np.minimum(np.searchsorted(shares, tails), len(order) - 1)
        ends = np.clip(statistics.values[order[indices]], statistics.low, statistics.high)
        low = statistics.low if statistics.low >= 0 else float(ends[0])
        return low, statistics.high if percent == 100 else float(ends[1])

    return method


def moving_average(momentum: float = 0.9) -> RangeMethod:
    """Return the method that averages the ranges of the batches, later ones weighing more.

    After each batch, end = momentum * end + (1 - momentum) * end of the batch, from the first on.

    Args:
        momentum: weight of what was there before a batch, 0..1.

    Raises:
        QuantizationError: unless 0 <= momentum < 1.
    """
    if not 0 <= momentum < 1:
        raise QuantizationError(f"a momentum must be at least 0 and below 1, got {momentum}")

    def method(statistics: InputStatistics) -> tuple[float, float]:
        ends = statistics.ranges[0]
        for batch in statistics.ranges[1:]:
            ends = momentum * ends + (1 - momentum) * batch
        return float(ends[0]), float(ends[1])

    return method


RANGE_METHODS: dict[str, RangeMethod] = {
    "minmax": minmax,
    "percentile": percentile(),
    "moving_average": moving_average(),
}


def resolve_range_method(method: str | RangeMethod) -> RangeMethod:
    """Return the method of a name; a function is its own method.

    Raises:
        UnknownNameError: for a name that is not registered.
    """
    if callable(method):
        return method
    if method not in RANGE_METHODS:
        raise unknown_name("range method", str(method), RANGE_METHODS)
    return RANGE_METHODS[method]
