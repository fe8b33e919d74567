"""Tiles of a nest of loops: how many values they have, and how wide these are."""

import math

import numpy as np
import numpy.typing as npt

from evoapproxnas.hardware.accelerators.orders.compiling import inlined, inner, maker

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OPERANDS = 3
"""Weights, inputs and outputs, in this order."""
INPUTS, OUTPUTS = 1, 2
LEVELS = 8
"""Memories that an operand passes at most."""
RELEVANT = np.array(
    [
        [True, True, True, False, False, True, True],
        [True, False, True, True, True, True, True],
        [True, True, False, True, True, False, False],
    ]
)
"""Whether weights, inputs, outputs are others when a loop goes on, by dimension."""


@maker
def steps_of(stride: Ints) -> Ints:
    """Return strides and dilations of rows and columns without what both of an axis share.

    Windows that leave gaps meet as many inputs as those without, and none between.
    """
    steps = stride.copy()
    for axis in range(2):
        common = math.gcd(stride[axis], stride[axis + 2])
        steps[axis] //= common
        steps[axis + 2] //= common
    return steps


@inlined
def met_by(outputs: float, taps: float, stride: int, dilation: int) -> float:
    """How many inputs of an axis windows meet.

    Output o and tap t meet o * stride + t * dilation: of all pairs of an output and a tap those
    count once that meet the same input.
    """
    return outputs * taps - max(taps - stride, 0.0) * max(outputs - dilation, 0.0)


@inlined
def elements_of(operand: int, size: Floats, stride: Ints, inputs: Ints) -> float:
    """How many values of an operand a tile has, whose sizes are given by dimension.

    Strides and dilations are those of `steps_of`.
    """
    if operand == 0:
        return size[0] * size[1] * size[2] * size[5] * size[6]
    if operand == 2:
        return size[0] * size[1] * size[3] * size[4]
    rows = min(met_by(size[3], size[5], stride[0], stride[2]), inputs[0])
    columns = min(met_by(size[4], size[6], stride[1], stride[3]), inputs[1])
    return size[0] * size[2] * rows * columns


@inlined
def words_of(bits: int, width: int) -> int:
    """How many words of a width so many bits take."""
    return (bits + width - 1) // width


@inner
def prefixes(
    order: Ints,
    first: int,
    dimension: Ints,
    size: Ints,
    stride: Ints,
    inputs: Ints,
    alone: Floats,
    whole: Floats,
    cycles: Ints,
    inside: Floats,
    across: Floats,
) -> None:
    """Cycles and values of every operand for the first 0..n loops, without and with the array.

    Args:
        order: of the loops, innermost first.
        first: the first loop that is another than in the last call.
        dimension: of every loop.
        size: of every loop.
        stride: as `steps_of` gives them.
        inputs: rows, columns that there are.
        alone: sizes by dimension for the first 0..n loops; row 0 is given.
        whole: the same with the array; row 0 is given.
        cycles: of the first 0..n loops; 1 for none.
        inside: values of each operand for one element.
        across: likewise, for all of them.
    """
    for count in range(first, order.size):
        loop = order[count]
        cycles[count + 1] = cycles[count] * size[loop]
        for place in range(alone.shape[1]):
            alone[count + 1, place] = alone[count, place]
            whole[count + 1, place] = whole[count, place]
        alone[count + 1, dimension[loop]] *= size[loop]
        whole[count + 1, dimension[loop]] *= size[loop]
        for operand in range(OPERANDS):
            inside[operand, count + 1] = elements_of(operand, alone[count + 1], stride, inputs)
            across[operand, count + 1] = elements_of(operand, whole[count + 1], stride, inputs)


@inner
def fits_up_to(first: int, values: Floats, value_bits: int, capacity: int) -> int:
    """How many loops a memory has room for, `first` at least."""
    most = first
    while most + 1 < values.size and values[most + 1] * value_bits <= capacity:
        most += 1
    return most


@inner
def adds_up(order: Ints, dimension: Ints, relevant: Flags, first: int) -> bool:
    """Whether loops from the first one on go on adding to the same outputs."""
    for place in range(first, order.size):
        if not relevant[OUTPUTS, dimension[order[place]]]:
            return True
    return False


@inner
def bits_of(
    operand: int,
    order: Ints,
    dimension: Ints,
    relevant: Flags,
    summed: bool,
    first: int,
    bits: Ints,
) -> int:
    """Width of an operand; outputs are sums until the loops from the first one on are done."""
    if operand != OUTPUTS:
        return bits[operand]
    return bits[2] if summed or adds_up(order, dimension, relevant, first) else bits[3]
