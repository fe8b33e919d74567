"""What an order of loops takes at least, as its first loops decide.

Those say how often multipliers read an operand anew, and what its first memory can hold even if no
other operand is there; beyond that, everything has to move once. Orders that begin alike have the
same bound, so that many can be left out at once.
"""

import numpy as np

from evoapproxnas.hardware.accelerators.orders.allocation import alike
from evoapproxnas.hardware.accelerators.orders.compiling import inner, maker
from evoapproxnas.hardware.accelerators.orders.nest import (
    OPERANDS,
    OUTPUTS,
    RELEVANT,
    Ints,
    adds_up,
    bits_of,
    elements_of,
    fits_up_to,
    words_of,
)
from evoapproxnas.hardware.accelerators.orders.placing import Placed, Room
from evoapproxnas.hardware.accelerators.orders.target import Target


@maker
def constant_energy(target: Target, layer: Placed, order: Ints) -> float:
    """Return what any order takes: of sums at the multipliers, and beyond the first memories."""
    total, summed = layer.rounds.prod(), adds_up(order, layer.dimension, RELEVANT, 0)
    summed = summed or (layer.spatial_sum and target.private[OUTPUTS] > 0)
    bits = target.bits[2] if summed else target.bits[3]
    energy = total * _at_multipliers(target, layer, OUTPUTS, bits, 1)
    if summed:
        energy += total * _at_multipliers(target, layer, OUTPUTS, bits, 0)
    for operand in range(OPERANDS):
        inside = elements_of(operand, layer.rounds.astype(np.float64), layer.stride, layer.inputs)
        across = elements_of(operand, layer.rounds * layer.filled, layer.stride, layer.inputs)
        # Tiles of the array are counted in whole values, so a fraction may be lost of each.
        across *= 1 - 0.5 / elements_of(operand, layer.filled, layer.stride, layer.inputs)
        first = 2 if _is_bounded(target, operand) else 1
        for level in range(first, target.levels[operand]):
            near, far = across, across
            if level - 1 < target.private[operand]:
                near = inside * layer.used
                far = near if level < target.private[operand] else far
            energy += _once(target, operand, level, near, far)
    return energy


@inner
def _once(target: Target, operand: int, level: int, near: float, far: float) -> float:
    """Return what it takes to move all values between a level and the one below, in pJ."""
    inwards = 1 if operand != OUTPUTS else 0
    bits = target.bits[operand] if inwards else target.bits[3]
    low, high = target.memory_of[operand, level - 1], target.memory_of[operand, level]
    return (
        near * bits / target.width[low] * target.cost[low, inwards]
        + far * bits / target.width[high] * target.cost[high, 1 - inwards]
    )


@inner
def _is_bounded(target: Target, operand: int) -> bool:
    """Whether what the first memory gets is bounded: tiles of one element are whole numbers."""
    return target.private[operand] > 0 and target.levels[operand] > 1


@inner
def _at_multipliers(target: Target, layer: Placed, operand: int, bits: int, way: int) -> float:
    """Return what all multipliers take for one read (0) or write (1) of an operand, in pJ."""
    memory = target.memory_of[operand, 0]
    alone = target.private[operand] > 0
    words = words_of(bits * (1 if alone else layer.some[operand]), target.width[memory])
    return words * (layer.used if alone else 1) * target.cost[memory, way]


@inner
def least_energy(target: Target, layer: Placed, order: Ints, room: Room) -> tuple[float, int]:
    """Return what an order takes at least beyond `constant_energy`, and the loops that decide it.

    Args:
        target: the accelerator.
        layer: on its array.
        order: of the loops, innermost first.
        room: with cycles and values of its first loops.
    """
    energy, decided = 0.0, 1
    for operand in range(OPERANDS):
        if operand != OUTPUTS:
            still = alike(order, layer.dimension, RELEVANT, operand, 0)
            decided = max(decided, still + 1)
            one = _at_multipliers(target, layer, operand, target.bits[operand], 0)
            energy += room.cycles[order.size] // room.cycles[still] * one
        if _is_bounded(target, operand):
            first, within = _first_memory(target, layer, operand, order, room)
            decided = max(decided, within + 1)
            energy += first
    return energy, min(decided, order.size)


@inner
def _first_memory(
    target: Target, layer: Placed, operand: int, order: Ints, room: Room
) -> tuple[float, int]:
    """Return what its first memory gets of an operand at least, and the loops within it."""
    low, high = target.memory_of[operand, 0], target.memory_of[operand, 1]
    bits = bits_of(operand, order, layer.dimension, RELEVANT, layer.spatial_sum, 0, target.bits)
    most = min(
        fits_up_to(0, room.inside[operand], bits, target.capacity[low]),
        fits_up_to(0, room.across[operand], bits, target.capacity[high]),
    )
    within = alike(order, layer.dimension, RELEVANT, operand, most)
    partial = operand == OUTPUTS and adds_up(order, layer.dimension, RELEVANT, within)
    bits = target.bits[operand]
    if operand == OUTPUTS and not partial:
        bits = target.bits[3]
    moved = round(room.inside[operand, within]) * bits
    tiles = room.cycles[order.size] // room.cycles[within]
    fan, elements = 1, layer.used
    if target.private[operand] == 1:
        fan, elements = layer.some[operand], 1
    near = words_of(moved, target.width[low]) * tiles * layer.used
    far = words_of(moved * fan, target.width[high]) * tiles * elements
    inwards = 1 if operand != OUTPUTS else 0
    energy = near * target.cost[low, inwards] + far * target.cost[high, 1 - inwards]
    if partial:
        energy += near * target.cost[low, 1] + far * target.cost[high, 0]
    return energy, within
