"""Which networks to measure on a new device: those that tell the most about its operations."""

import functools
from collections.abc import Sequence

import numpy as np

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices.counts import Floats, count_operations
from evoapproxnas.hardware.hw_nas_bench.cells import CELLS, canonical_cells

_RIDGE = 1e-3
"""Added for terms that so few networks cannot tell apart."""

_LEAST_GAIN = 1e-9


@functools.cache
def reference_networks(count: int = 10) -> tuple[int, ...]:
    """Choose cells of NAS-Bench-201 to measure, without knowing the device.

    A D-optimal design (Fedorov, "Theory of Optimal Experiments", 1972) for counts of operations,
    all of them and those whose result is used, at once: so the measurements also tell whether a
    runtime leaves out the others. Always the same cells for the same count.

    Args:
        count: of networks.

    Returns:
        Numbers in NAS-Bench-201.

    Raises:
        MeasurementError: for no networks, or more than there are.
    """
    if not 1 <= count <= CELLS:
        raise MeasurementError(f"expected 1 to {CELLS} reference networks, got {count}")
    cells = canonical_cells()
    everything, used = (count_operations(cells, prune=kind).terms for kind in ("none", "unused"))
    return tuple(d_optimal(np.hstack([everything, used[:, 1:]]), count))


def d_optimal(candidates: Floats, count: int) -> list[int]:
    """Exchange rows, one after another, as long as the determinant grows.

    Args:
        candidates: shape (rows, terms).
        count: of rows to choose, all of them different.
    """
    chosen: list[int] = []
    for _ in range(count):
        chosen.append(_best_addition(candidates, chosen)[0])
    improved = True
    while improved:
        improved = False
        for place in range(count):
            others = chosen[:place] + chosen[place + 1 :]
            best, gains = _best_addition(candidates, others)
            if gains[best] > gains[chosen[place]] * (1 + _LEAST_GAIN):
                chosen[place] = best
                improved = True
    return chosen


def _best_addition(candidates: Floats, chosen: Sequence[int]) -> tuple[int, Floats]:
    """Return the row that multiplies the determinant most, and the gain of every other one."""
    rows = candidates[list(chosen)]
    information = rows.T @ rows + _RIDGE * np.eye(candidates.shape[1])
    gains: Floats = ((candidates @ np.linalg.inv(information)) * candidates).sum(axis=1)
    gains[list(chosen)] = 0
    return int(np.argmax(gains)), gains
