"""A layer on an array: what is spread, which loops are left, and room to work in."""

from typing import NamedTuple

import numpy as np

from evoapproxnas.hardware.accelerators.orders.compiling import maker
from evoapproxnas.hardware.accelerators.orders.nest import (
    LEVELS,
    OPERANDS,
    OUTPUTS,
    Flags,
    Floats,
    Ints,
    elements_of,
    steps_of,
)
from evoapproxnas.hardware.accelerators.orders.permuting import allowed_first
from evoapproxnas.hardware.accelerators.orders.splitting import split, spread_over
from evoapproxnas.hardware.accelerators.orders.target import DIMENSIONS, Target


class Placed(NamedTuple):
    """A layer on an array.

    Attributes:
        dimension: of every loop that is left.
        size: of every loop.
        rounds: of the array, by dimension.
        filled: how much of a dimension is spread on average, as the last tile may not fill it.
        unrolled: how much of it at most.
        stride: of rows and columns, then steps between taps; see `steps_of`.
        inputs: rows and columns of the input.
        some: different values of each operand that the array takes at a time, on average.
        most: likewise, at most.
        used: elements that compute, on average.
        spatial_sum: whether elements add up one output together.
        first: dimensions of which one runs innermost.
        symmetric: whether rows and columns are alike, in all that the order decides.
    """

    dimension: Ints
    size: Ints
    rounds: Ints
    filled: Floats
    unrolled: Floats
    stride: Ints
    inputs: Ints
    some: Ints
    most: Ints
    used: int
    spatial_sum: bool
    first: Flags
    symmetric: bool


class Room(NamedTuple):
    """What is worked out of one order after the other; explained where it is written."""

    alone: Floats
    whole: Floats
    cycles: Ints
    inside: Floats
    across: Floats
    across_most: Floats
    held: Ints
    moved: Ints
    period: Ints
    doubled: Flags
    repeats: Ints
    share: Floats
    ports: Floats
    counts: Ints
    values: Floats
    reads: Floats
    writes: Floats
    parts: Floats


@maker
def place(shape: Ints, target: Target, spread: Ints) -> Placed:
    """Put a layer on an array.

    Args:
        shape: as `best_order` takes it.
        target: the accelerator.
        spread: overwritten by how much of each dimension is spread.
    """
    sizes, inputs = shape[:DIMENSIONS], shape[11:13]
    stride = steps_of(shape[7:11])
    spread_over(sizes, target.places, target.axes, spread)
    unrolled, rounds = spread.astype(np.float64), np.ones_like(sizes)
    filled = np.ones(DIMENSIONS)
    for index in range(DIMENSIONS):
        rounds[index] = -(-sizes[index] // spread[index])
        if spread[index] > 1:
            filled[index] = sizes[index] / rounds[index]
    parts_of, parts_size = np.zeros(DIMENSIONS, np.int64), np.zeros(DIMENSIONS, np.int64)
    loops = split(rounds, parts_of, parts_size)
    some, most = np.ones(OPERANDS, np.int64), np.ones(OPERANDS, np.int64)
    for operand in range(OPERANDS):
        some[operand] = round(elements_of(operand, filled, stride, inputs))
        most[operand] = round(elements_of(operand, unrolled, stride, inputs))
    dimension, size = parts_of[:loops], parts_size[:loops]
    first = allowed_first(dimension, target.innermost)
    return Placed(
        dimension,
        size,
        rounds,
        filled,
        unrolled,
        stride,
        inputs,
        some,
        most,
        round(filled.prod()),
        unrolled.prod() > most[OUTPUTS],
        first,
        _is_symmetric(shape, spread, dimension, size, first),
    )


@maker
def _is_symmetric(shape: Ints, spread: Ints, dimension: Ints, size: Ints, first: Flags) -> bool:
    """Whether a swap of rows and columns makes of any order another one that costs the same.

    Loops may be split into other parts in rows than in columns, and one of both alone may be
    allowed to run innermost.
    """
    layer = (
        shape[3] == shape[4]
        and shape[5] == shape[6]
        and shape[7] == shape[8]
        and shape[9] == shape[10]
        and shape[11] == shape[12]
    )
    if not (layer and spread[3] == spread[4] and spread[5] == spread[6]):
        return False
    for rows in (3, 5):
        if first[rows] != first[rows + 1]:
            return False
        if not np.array_equal(size[dimension == rows], size[dimension == rows + 1]):
            return False
    return True


@maker
def make_room(layer: Placed, memories: int) -> Room:
    """Make arrays for the loops of a layer and memories; what holds for no loops is in place."""
    loops = layer.size.size
    room = Room(
        np.ones((loops + 1, DIMENSIONS)),
        np.ones((loops + 1, DIMENSIONS)),
        np.ones(loops + 1, np.int64),
        np.ones((OPERANDS, loops + 1)),
        np.ones((OPERANDS, loops + 1)),
        np.ones((OPERANDS, loops + 1)),
        np.zeros((OPERANDS, LEVELS), np.int64),
        np.zeros((4, LEVELS), np.int64),
        np.ones((OPERANDS, LEVELS), np.int64),
        np.zeros((OPERANDS, LEVELS), np.bool_),
        np.ones((OPERANDS, LEVELS), np.int64),
        np.zeros((OPERANDS, LEVELS)),
        np.zeros((memories, 2, 5)),
        np.zeros((4, OPERANDS), np.int64),
        np.zeros((2, OPERANDS, loops + 1)),
        np.zeros((OPERANDS, LEVELS)),
        np.zeros((OPERANDS, LEVELS)),
        np.zeros(4),
    )
    for operand in range(OPERANDS):
        room.across[operand, 0] = elements_of(operand, layer.filled, layer.stride, layer.inputs)
        room.across_most[operand, 0] = elements_of(
            operand, layer.unrolled, layer.stride, layer.inputs
        )
    return room
