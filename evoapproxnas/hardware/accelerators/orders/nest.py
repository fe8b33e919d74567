"""Tiles of a nest of loops: how many values they have, and how wide these are."""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OPERANDS = 3
"""Weights, inputs and outputs, in this order."""
OUTPUTS = 2
LEVELS = 8
"""Memories that an operand passes at most."""


@njit(nogil=True, cache=True, inline="always")
def met_by(outputs: float, taps: float, stride: int, dilation: int) -> float:
    """How many inputs of an axis windows meet; none between windows that leave gaps.

    Of all pairs of an output and a tap those count once that meet the same input: output o and tap
    t meet o * stride + t * dilation.
    """
    common = math.gcd(stride, dilation)
    again = max(taps - stride // common, 0.0) * max(outputs - dilation // common, 0.0)
    return outputs * taps - again


@njit(nogil=True, cache=True, inline="always")
def elements_of(operand: int, size: Floats, stride: Ints, inputs: Ints) -> float:
    """How many values of an operand a tile has, whose sizes are given by dimension."""
    if operand == 0:
        return size[0] * size[1] * size[2] * size[5] * size[6]
    if operand == 2:
        return size[0] * size[1] * size[3] * size[4]
    rows = min(met_by(size[3], size[5], stride[0], stride[2]), inputs[0])
    columns = min(met_by(size[4], size[6], stride[1], stride[3]), inputs[1])
    return size[0] * size[2] * rows * columns


@njit(nogil=True, cache=True, inline="always")
def words_of(bits: int, width: int) -> int:
    """How many words of a width so many bits take."""
    return (bits + width - 1) // width


@njit(nogil=True, cache=True)
def prefixes(
    order: Ints,
    dimension: Ints,
    size: Ints,
    unrolled: Floats,
    stride: Ints,
    inputs: Ints,
    cycles: Ints,
    inside: Floats,
    across: Floats,
) -> None:
    """Cycles and values of every operand for the first 0..n loops, without and with the array."""
    alone = np.ones(7)
    whole = unrolled.copy()
    cycles[0] = 1
    for count in range(order.size + 1):
        if count:
            loop = order[count - 1]
            cycles[count] = cycles[count - 1] * size[loop]
            alone[dimension[loop]] *= size[loop]
            whole[dimension[loop]] *= size[loop]
        for operand in range(OPERANDS):
            inside[operand, count] = elements_of(operand, alone, stride, inputs)
            across[operand, count] = elements_of(operand, whole, stride, inputs)


@njit(nogil=True, cache=True)
def fits_up_to(first: int, values: Floats, value_bits: int, capacity: int) -> int:
    """How many loops a memory has room for, `first` at least."""
    most = first
    while most + 1 < values.size and values[most + 1] * value_bits <= capacity:
        most += 1
    return most


@njit(nogil=True, cache=True)
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
    for i in range(first, order.size):
        summed = summed or not relevant[OUTPUTS, dimension[order[i]]]
    return bits[2] if summed else bits[3]
