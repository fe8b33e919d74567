"""Times of operations that were not measured, from those of their like.

Within a family (kernel, stride, what is fused) a time is a sum of a constant, so much for every
MAC and so much for every value read or written, all of them not negative. That is corrected by
what the nearest measured operations took relative to it: runtimes like some widths better.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.operation import Operation

Floats = npt.NDArray[np.float64]

_LEAST_MEMBERS = 6
"""Of a family; smaller ones are joined to all operations of their kind."""
_NEIGHBOURS = 3
_SHORTEST_MS = 1e-6


class Interpolation:
    """Knows the times of some operations."""

    def __init__(self, milliseconds: Mapping[Operation, float]) -> None:
        """Sort what was measured into families and kinds."""
        self._groups: dict[Any, dict[Operation, float]] = {}
        self._fits: dict[Any, _Fit] = {}
        for operation, ms in milliseconds.items():
            for key in (family(operation), operation.kind):
                self._groups.setdefault(key, {})[operation] = max(ms, _SHORTEST_MS)

    def milliseconds(self, operation: Operation) -> float:
        """Estimate what an operation takes.

        Raises:
            MeasurementError: if no operation of its kind was measured.
        """
        own = family(operation)
        key = own if len(self._groups.get(own, ())) >= _LEAST_MEMBERS else operation.kind
        if key not in self._groups:
            raise MeasurementError(
                f"no operation of kind {operation.kind} was measured, so nothing says what "
                f"{operation.name} takes; measure it"
            )
        if key not in self._fits:
            self._fits[key] = _Fit(self._groups[key])
        return self._fits[key].milliseconds(operation)


def family(operation: Operation) -> tuple[Any, ...]:
    """What operations have in common whose times follow from their sizes alone."""
    first = dict(operation.steps[0].attributes)
    shape = tuple((name, first[name]) for name in ("kernel", "stride", "strides") if name in first)
    return (operation.kind, shape, *(step.kind for step in operation.steps[1:]))


class _Fit:
    """Times of a group of operations as a function of their sizes."""

    def __init__(self, milliseconds: Mapping[Operation, float]) -> None:
        self._times = np.array(list(milliseconds.values()))
        terms = np.array([_terms(operation) for operation in milliseconds])
        # Relative errors count: the times of a family differ by factors of hundreds.
        self._weights = nnls(terms / self._times[:, None], np.ones(len(terms)))[0]
        self._places = np.array([_place(operation) for operation in milliseconds])
        self._fitted = np.maximum(terms @ self._weights, _SHORTEST_MS)

    def milliseconds(self, operation: Operation) -> float:
        fitted = max(float(_terms(operation) @ self._weights), _SHORTEST_MS)
        away = np.linalg.norm(self._places - _place(operation), axis=1)
        near = np.argsort(away, kind="stable")[:_NEIGHBOURS]
        closeness = 1 / (0.1 + away[near])
        relative = np.log(self._times[near] / self._fitted[near])
        return fitted * math.exp(float(closeness @ relative / closeness.sum()))


def _terms(operation: Operation) -> Floats:
    return np.array([1.0, operation.macs, operation.elements])


def _place(operation: Operation) -> Floats:
    """Sizes on a scale where doubling one is a step of 1."""
    inputs, output = operation.inputs[0], operation.output
    return np.log2(
        [math.prod(inputs[:-1]) or 1, inputs[-1], math.prod(output), 1 + operation.macs]
    )
