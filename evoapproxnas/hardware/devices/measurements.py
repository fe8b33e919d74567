"""Checking latencies that were measured."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices.counts import Floats

_SHORTEST_MS, _LONGEST_MS = 1e-9, 1e9
"""A millionth of a nanosecond, and eleven days: what is beyond them has another unit."""


def checked_milliseconds(milliseconds: Sequence[float] | Floats, networks: int) -> Floats:
    """Return latencies as an array of shape (networks,).

    Raises:
        MeasurementError: unless there is a number from zero for each network, not all of them 0,
            and none of them longer than eleven days.
    """
    if np.iscomplexobj(milliseconds):
        raise MeasurementError("latencies must be numbers of ms, got complex ones")
    try:
        latency = np.asarray(milliseconds, np.float64)
    except (TypeError, ValueError) as error:
        raise MeasurementError(f"latencies must be numbers of ms: {error}") from error
    if latency.shape != (networks,):
        raise MeasurementError(
            f"expected one latency for each of {networks} networks, got shape {latency.shape}"
        )
    if not networks:
        raise MeasurementError("expected networks that were measured on a device, got none")
    wrong = np.flatnonzero(~(np.isfinite(latency) & (latency >= 0)))
    if len(wrong):
        raise MeasurementError(
            f"latencies must be finite and not negative, got {latency[wrong[0]]} ms for network "
            f"{wrong[0]}; leave out what could not be measured"
        )
    if not _SHORTEST_MS <= (longest := latency.max()) <= _LONGEST_MS:
        raise MeasurementError(
            f"expected latencies of a device in ms, got {networks} of at most {longest:g} ms; are "
            "they in another unit?"
        )
    return latency
