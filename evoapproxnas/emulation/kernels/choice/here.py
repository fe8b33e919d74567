"""What is known of the kernels of the machine that this process runs on."""

import multiprocessing
import os
import warnings
from collections.abc import Mapping
from functools import lru_cache

from evoapproxnas.emulation.kernels.choice.costs import KernelCost, measured_cost
from evoapproxnas.emulation.kernels.choice.machine import this_machine
from evoapproxnas.emulation.kernels.choice.measurement import Measurement
from evoapproxnas.emulation.kernels.choice.remembered import MEASUREMENT_VARIABLE, recall
from evoapproxnas.emulation.kernels.host.cpu import cpu_features


class MeasurementNotice(UserWarning):
    """A measurement that there is, but that says nothing about this machine."""


def remembered_costs(threads: int) -> Mapping[str, KernelCost] | None:
    """Return what kernels cost by this machine's measurement, by name; None if it has none.

    The file is read once, and once, not in every worker, is said why one does not count.

    Args:
        threads: that a call has.
    """
    return _costs(os.environ.get(MEASUREMENT_VARIABLE), cpu_features(), threads)


@lru_cache(maxsize=16)
def _costs(
    setting: str | None, features: frozenset[str], threads: int
) -> Mapping[str, KernelCost] | None:
    measurement = _measurement(setting, features)
    if measurement is None:
        return None
    kernels = measurement.with_threads(threads).kernels
    return {name: measured_cost(times) for name, times in kernels.items() if times.constants}


@lru_cache(maxsize=4)
def _measurement(setting: str | None, features: frozenset[str]) -> Measurement | None:
    """Recall the measurement; the arguments say what it depends on."""
    remembered = recall(this_machine())
    if remembered.note and multiprocessing.parent_process() is None:
        note = f"kernel='auto' goes by constants of another machine: {remembered.note}"
        warnings.warn(note, MeasurementNotice, stacklevel=2)
    return remembered.measurement
