"""Times of operations that were not measured, from those of their like.

Gaussian process regression of the logarithm of times (Rasmussen and Williams, 2006) on the
logarithms of sizes, for each kind of operation: a linear part, which goes on beyond what was
measured, and a smooth one, which follows the steps that widths of vector units make. Sums of MACs
and bytes explain times far worse: a kernel's time depends on how a shape fits it.
"""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.operation import Operation

Floats = npt.NDArray[np.float64]

_LENGTH = 3.0
"""Of the smooth part, in doublings of a size."""
_LINEAR = 0.5
"""Variance of the slopes."""
_NOISE = 0.02
"""Variance of the logarithm of a time."""
_MOST_NEIGHBOURS = 300
_LEAST = 2
_SHORTEST_MS = 1e-6


class Interpolation:
    """Knows the times of some operations."""

    def __init__(self, milliseconds: Mapping[Operation, float]) -> None:
        """Sort what was measured by kind."""
        self._kinds: dict[str, dict[Operation, float]] = {}
        self._known: dict[Operation, float] = {}
        for operation, ms in milliseconds.items():
            times = self._kinds.setdefault(operation.kind, {})
            times[operation] = math.log(max(ms, _SHORTEST_MS))

    def milliseconds(self, operation: Operation) -> float:
        """Estimate what an operation takes.

        Raises:
            MeasurementError: if fewer than two operations of its kind were measured.
        """
        if operation not in self._known:
            like = self._kinds.get(operation.kind, {})
            if len(like) < _LEAST:
                raise MeasurementError(
                    f"{len(like) or 'no'} operation of kind {operation.kind} was measured, so "
                    f"nothing says what {operation.name} takes; measure it"
                )
            self._known[operation] = _estimate(operation, like)
        return self._known[operation]


def _estimate(operation: Operation, logarithms: Mapping[Operation, float]) -> float:
    places = np.array([_place(other) for other in logarithms])
    times = np.array(list(logarithms.values()))
    away = np.linalg.norm(places - _place(operation), axis=1)
    near = np.argsort(away, kind="stable")[:_MOST_NEIGHBOURS]
    places, times = places[near], times[near]
    centre, mean = places.mean(axis=0), float(times.mean())
    places, wanted = places - centre, (_place(operation) - centre)[None]
    solved = np.linalg.solve(_kernel(places, places) + _NOISE * np.eye(len(places)), times - mean)
    return math.exp(mean + float((_kernel(wanted, places) @ solved)[0]))


def _kernel(one: Floats, other: Floats) -> Floats:
    squares = ((one[:, None] - other[None]) ** 2).sum(axis=-1)
    smooth: Floats = np.exp(-squares / (2 * _LENGTH**2))
    return smooth + _LINEAR * (one @ other.T)


def _place(operation: Operation) -> Floats:
    """Sizes on a scale where a doubling is one step, and how much is fused."""
    first = dict(operation.steps[0].attributes)
    inputs, output = operation.inputs[0], operation.output
    sizes = [math.prod(inputs[:-1]), inputs[-1], math.prod(output[:-1]), output[-1]]
    windows = [_side(first.get(name)) for name in ("kernel", "pool", "stride", "strides")]
    return np.array(
        [
            *np.log2(sizes),
            *(1.5 * np.log2(windows)),
            0.5 * math.log2(1 + operation.macs),
            0.3 * len(operation.steps),
        ]
    )


def _side(value: object) -> float:
    """Side of a window, or of a square of the same area."""
    if isinstance(value, tuple):
        return math.sqrt(math.prod(value))
    return float(value) if isinstance(value, int) else 1.0
