"""The loops of a layer: how large they are, what of them is spread, and their orders."""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from evoapproxnas.hardware.accelerators.description import (
    DIMENSIONS,
    SPREAD,
    Accelerator,
    Dataflow,
    Dimension,
)
from evoapproxnas.hardware.workload import LayerWork

GROUPS, OUT, IN, ROWS, COLUMNS, KERNEL_ROWS, KERNEL_COLUMNS = range(7)

RELEVANT = np.array(
    [
        [True, True, True, False, False, True, True],
        [True, False, True, True, True, True, True],
        [True, True, False, True, True, False, False],
    ]
)
"""Whether weights, inputs, outputs are others when a loop goes on, by dimension."""

FEWEST_PARTS = 4
"""Loops that a layer of few dimensions is split into, so that tiles can be of several sizes."""

_INNERMOST: dict[Dataflow, frozenset[int]] = {
    "weight_stationary": frozenset({ROWS, COLUMNS}),
    "output_stationary": frozenset({IN, KERNEL_ROWS, KERNEL_COLUMNS}),
    "row_stationary": frozenset({KERNEL_COLUMNS, COLUMNS}),
    "any": frozenset(range(7)),
}
_SWAPPED = np.array([GROUPS, OUT, IN, COLUMNS, ROWS, KERNEL_COLUMNS, KERNEL_ROWS])

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """What the cost of a layer's data follows from, whatever it is called and multiplies with.

    Attributes:
        sizes: of the loops, by dimension.
        stride: rows, columns of strides and of dilation.
        inputs: rows and columns of the input.
    """

    sizes: tuple[int, ...]
    stride: tuple[int, int, int, int]
    inputs: tuple[int, int]

    @classmethod
    def of(cls, work: LayerWork) -> "Shape":
        """Take what matters of a layer.

        A transposed convolution is one convolution of stride 1 for each phase of its outputs,
        and these count as further output channels.
        """
        rows, columns, channels = work.output_shape
        kernel, stride, phases = work.kernel, work.strides, 1
        if work.kind == "conv2d_transpose":
            rows, columns = -(-rows // stride[0]), -(-columns // stride[1])
            kernel = -(-kernel[0] // stride[0]), -(-kernel[1] // stride[1])
            phases, stride = math.prod(stride), (1, 1)
        sizes = (
            work.groups,
            channels // work.groups * phases,
            work.input_shape[2] // work.groups,
            rows,
            columns,
            *kernel,
        )
        return cls(sizes, (*stride, *work.dilation), work.input_shape[:2])


def innermost_dimensions(dataflow: Dataflow) -> tuple[Dimension, ...]:
    """Return the loops of which one runs innermost, where the layer has any of them."""
    return tuple(DIMENSIONS[i] for i in sorted(_INNERMOST[dataflow]))


def spread(shape: Shape, accelerator: Accelerator) -> tuple[int, ...]:
    """Return how much of each dimension is spread over the array.

    An axis takes as much of its first dimension as it has places for, then, as often as that fits
    in whole, of the next one.
    """
    unrolled = [1] * len(DIMENSIONS)
    both = zip((accelerator.rows, accelerator.columns), SPREAD[accelerator.dataflow], strict=True)
    for places, dimensions in both:
        for dimension in dimensions:
            index = DIMENSIONS.index(dimension)
            unrolled[index] = min(shape.sizes[index], places)
            places //= unrolled[index]
    return tuple(unrolled)


@lru_cache(maxsize=4096)
def split(sizes: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Split loops into parts of a dimension and a size, at least `FEWEST_PARTS` if they can be."""
    parts = {dimension: _primes(n) for dimension, n in enumerate(sizes) if n > 1}
    most = max(FEWEST_PARTS, len(parts))
    while sum(map(len, parts.values())) > most:
        longest = max(parts, key=lambda dimension: len(parts[dimension]))
        first, second, *rest = parts[longest]
        parts[longest] = sorted([first * second, *rest])
    return tuple((d, factor) for d, factors in parts.items() for factor in factors) or ((OUT, 1),)


def _primes(n: int) -> list[int]:
    found, divisor = [], 2
    while divisor * divisor <= n:
        while n % divisor == 0:
            found.append(divisor)
            n //= divisor
        divisor += 1
    return [*found, n] if n > 1 else found


def orders(loops: tuple[tuple[int, int], ...], dataflow: Dataflow, *, symmetric: bool) -> Ints:
    """Return all orders of loops that a dataflow allows, innermost first, one in each row.

    Args:
        loops: dimension and size of each.
        dataflow: where it can be, the innermost loop leaves in place what is stationary.
        symmetric: whether rows and columns are alike, so that orders which differ by a swap of
            them cost the same and one of both is enough.
    """
    known: list[tuple[int, int]] = []
    for loop in loops:
        if loop not in known:
            known.append(loop)
    pattern = tuple((known.index(loop), loop[0]) for loop in loops)
    return _orders(pattern, dataflow, symmetric)


@lru_cache(maxsize=1024)
def _orders(pattern: tuple[tuple[int, int], ...], dataflow: Dataflow, symmetric: bool) -> Ints:
    found = np.array(list(itertools.permutations(range(len(pattern)))), np.int64)
    kinds = np.array([kind for kind, _ in pattern])
    dimensions = np.array([dimension for _, dimension in pattern])
    first = np.isin(dimensions, list(_INNERMOST[dataflow]))
    if first.any():
        found = found[first[found[:, 0]]]
    _, kept = np.unique(kinds[found], axis=0, return_index=True)
    found = found[np.sort(kept)]
    if symmetric:
        sequence = dimensions[found]
        other = _SWAPPED[sequence]
        differs = sequence != other
        place = differs.argmax(axis=1)
        each = np.arange(len(found))
        found = found[sequence[each, place] <= other[each, place]]
    return np.ascontiguousarray(found)
