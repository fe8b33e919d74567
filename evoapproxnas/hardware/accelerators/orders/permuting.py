"""Orders of loops, one after the other; loops that are alike are not told apart."""

import numpy as np

from evoapproxnas.hardware.accelerators.orders.compiling import inner, maker
from evoapproxnas.hardware.accelerators.orders.nest import Flags, Ints

_ROWS, _KERNEL_ROWS = 3, 5
"""Columns follow them, and their kernel's."""


@inner
def first_order(dimension: Ints, size: Ints, order: Ints) -> None:
    """Write the first order: the place of every loop, of those alike that of the first one."""
    for place in range(order.size):
        order[place] = place
        if place and dimension[place] == dimension[place - 1] and size[place] == size[place - 1]:
            order[place] = order[place - 1]


@inner
def next_order(order: Ints) -> int:
    """Go on to the next order (Narayana Pandita's algorithm).

    Returns:
        The first place that is another one, -1 after the last order.
    """
    changed = order.size - 2
    while changed >= 0 and order[changed] >= order[changed + 1]:
        changed -= 1
    if changed < 0:
        return -1
    larger = order.size - 1
    while order[larger] <= order[changed]:
        larger -= 1
    order[changed], order[larger] = order[larger], order[changed]
    low, high = changed + 1, order.size - 1
    while low < high:
        order[low], order[high] = order[high], order[low]
        low += 1
        high -= 1
    return changed


@inner
def skip(order: Ints, count: int) -> None:
    """Go to the last order that begins with the same loops.

    Args:
        order: places of loops; overwritten.
        count: how many loops stay.
    """
    for place in range(count + 1, order.size):
        loop, before = order[place], place - 1
        while before >= count and order[before] < loop:
            order[before + 1] = order[before]
            before -= 1
        order[before + 1] = loop


@inner
def refused(order: Ints, dimension: Ints, first: Flags, symmetric: bool) -> int:
    """Return how many of the first loops make that an order is not tried; 0 if it is.

    Args:
        order: places of loops, innermost first.
        dimension: of the loops.
        first: dimensions of which one has to run innermost.
        symmetric: whether rows and columns are alike, so that orders which differ by a swap of
            them cost the same and one of both is enough.
    """
    if not first[dimension[order[0]]]:
        return 1
    if symmetric:
        for place in range(order.size):
            moved = dimension[order[place]]
            if moved == _ROWS or moved == _KERNEL_ROWS:
                return 0
            if moved >= _ROWS:
                return place + 1
    return 0


@inner
def keep_longest(order: Ints, dimension: Ints, size: Ints, relevant: Flags, first: Flags) -> bool:
    """Write the order that keeps an operand in place for as long as it can.

    Args:
        order: overwritten; loops that leave the operand as it is run innermost.
        dimension: of the loops.
        size: likewise.
        relevant: whether the operand is another one when a loop of a dimension goes on.
        first: dimensions of which one has to run innermost.

    Returns:
        Whether one of these does.
    """
    first_order(dimension, size, order)
    for place in range(1, order.size):
        loop, before = order[place], place - 1
        while before >= 0 and relevant[dimension[order[before]]] > relevant[dimension[loop]]:
            order[before + 1] = order[before]
            before -= 1
        order[before + 1] = loop
    for place in range(order.size):
        loop, before = order[place], place
        if first[dimension[loop]]:
            while before > 0:
                order[before] = order[before - 1]
                before -= 1
            order[0] = loop
            return True
    return False


@maker
def allowed_first(dimension: Ints, innermost: Flags) -> Flags:
    """Return the dimensions that may run innermost: any, where the layer has none of those."""
    for moved in dimension:
        if innermost[moved]:
            return innermost
    return np.ones_like(innermost)
