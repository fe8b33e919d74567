"""The search for the best order of loops of a layer."""

import numpy as np

from evoapproxnas.hardware.accelerators.orders.allocation import allocate, keep_still
from evoapproxnas.hardware.accelerators.orders.bound import constant_energy, least_energy
from evoapproxnas.hardware.accelerators.orders.compiling import entry, inner, maker
from evoapproxnas.hardware.accelerators.orders.cycles import (
    find_doubled,
    total_cycles,
    words_at_busiest_port,
)
from evoapproxnas.hardware.accelerators.orders.nest import (
    OPERANDS,
    RELEVANT,
    Floats,
    Ints,
    prefixes,
)
from evoapproxnas.hardware.accelerators.orders.permuting import (
    first_order,
    keep_longest,
    next_order,
    refused,
    skip,
)
from evoapproxnas.hardware.accelerators.orders.placing import Placed, Room, make_room, place
from evoapproxnas.hardware.accelerators.orders.target import Found, Target
from evoapproxnas.hardware.accelerators.orders.traffic import total_energy, transfers

_SAME, _CLEARLY = 1e-12, 1e-9
"""Shares by which energies of equal orders may differ, as they are added up in another order."""


@entry
def best_order(shape: Ints, target: Target, found: Found) -> float:
    """Find the order of loops that takes least energy, of these the one of fewest cycles.

    Orders whose first loops alone make them worse than the best one so far are left out, and one
    of any two that differ by a swap of rows and columns where these are alike.

    Args:
        shape: sizes of the loops by dimension; rows, columns of strides and of dilation; rows,
            columns of the input.
        target: the accelerator.
        found: overwritten.

    Returns:
        The energy in pJ, infinite where no order fits the memories.
    """
    layer = place(shape, target, found.unrolled)
    room = make_room(layer, target.width.size)
    order, best = np.zeros_like(layer.size), np.zeros_like(layer.size)
    least = _usual_energy(target, layer, order, room)
    first_order(layer.dimension, layer.size, order)
    always = constant_energy(target, layer, order)
    fewest, stale, changed = np.inf, 0, 0
    while changed >= 0:
        stale = min(stale, changed)
        left_out = refused(order, layer.dimension, layer.first, layer.symmetric)
        if not left_out:
            _begin(layer, layer.filled, order, stale, room, room.across)
            stale = order.size
            bound, decided = least_energy(target, layer, order, room)
            left_out = decided if always + bound > least * (1 + _CLEARLY) else 0
        if left_out:
            skip(order, left_out)
        else:
            energy = _energy(target, layer, order, room)
            if energy <= least * (1 + _SAME):
                stale = 0
                needed = _cycles(target, layer, order, room)
                if energy < least * (1 - _SAME) or needed < fewest:
                    best[:] = order
                    least, fewest = energy, needed
                    _keep(room, found)
        changed = next_order(order)
    found.loops[:] = 0
    for index in range(best.size):
        found.loops[0, index] = layer.dimension[best[index]]
        found.loops[1, index] = layer.size[best[index]]
    return least


@entry
def price_shapes(
    shapes: Ints, target: Target, found: Found, energy_pj: Floats, cycles: Floats
) -> None:
    """Find energy and cycles of many layers.

    Args:
        shapes: as `best_order` takes them, one in each row.
        target: the accelerator.
        found: room for one layer.
        energy_pj: overwritten; infinite where no order fits the memories.
        cycles: overwritten.
    """
    for index in range(shapes.shape[0]):
        energy_pj[index] = best_order(shapes[index], target, found)
        cycles[index] = found.parts.sum()


@inner
def _usual_energy(target: Target, layer: Placed, order: Ints, room: Room) -> float:
    """Return the least energy of the orders that keep one operand in place.

    What is known to be that good leaves out most others from the start.
    """
    least = np.inf
    for operand in range(OPERANDS):
        kept = RELEVANT[operand]
        if keep_longest(order, layer.dimension, layer.size, kept, layer.first):
            _begin(layer, layer.filled, order, 0, room, room.across)
            least = min(least, _energy(target, layer, order, room))
    return least


@inner
def _begin(
    layer: Placed, spread: Floats, order: Ints, stale: int, room: Room, across: Floats
) -> None:
    """Work out what the first loops hold, from the first one on that is another than before."""
    for index in range(spread.size):
        room.whole[0, index] = spread[index]
    prefixes(
        order,
        stale,
        layer.dimension,
        layer.size,
        layer.stride,
        layer.inputs,
        room.alone,
        room.whole,
        room.cycles,
        room.inside,
        across,
    )


@maker
def _keep(room: Room, found: Found) -> None:
    found.reads[:] = room.reads
    found.writes[:] = room.writes
    found.parts[:] = room.parts


@inner
def _energy(target: Target, layer: Placed, order: Ints, room: Room) -> float:
    """Return what an order takes, infinite where it does not fit; write words read and written."""
    fits = allocate(
        order,
        layer.dimension,
        RELEVANT,
        layer.spatial_sum,
        target.bits,
        room.cycles,
        room.inside,
        room.across,
        target.capacity,
        target.level_of,
        target.levels,
        target.memory_of,
        target.private,
        room.held,
        room.counts,
        room.values,
    )
    if not fits:
        return np.inf
    keep_still(order, layer.dimension, RELEVANT, target.levels, room.held)
    _transfers(target, layer, order, room, room.across)
    return total_energy(
        target.levels,
        target.private,
        target.memory_of,
        target.width,
        target.cost,
        layer.some,
        layer.used,
        room.cycles[order.size],
        room.moved,
        room.period,
        room.reads,
        room.writes,
    )


@inner
def _transfers(target: Target, layer: Placed, order: Ints, room: Room, across: Floats) -> None:
    transfers(
        order,
        layer.dimension,
        RELEVANT,
        layer.spatial_sum,
        target.bits,
        room.cycles,
        room.inside,
        across,
        target.levels,
        target.private,
        room.held,
        room.moved,
        room.period,
    )


@inner
def _cycles(target: Target, layer: Placed, order: Ints, room: Room) -> float:
    """Return the cycles of an order whose loops are given to memories; write their parts.

    The array is counted as full, which its first round is.
    """
    _begin(layer, layer.unrolled, order, 0, room, room.across_most)
    _transfers(target, layer, order, room, room.across_most)
    find_doubled(
        order,
        layer.dimension,
        RELEVANT,
        layer.size,
        target.levels,
        target.private,
        target.level_of,
        target.capacity,
        target.bits,
        room.inside,
        room.across_most,
        room.held,
        room.moved,
        room.share,
        room.doubled,
        room.repeats,
    )
    needed = total_cycles(
        target.levels,
        target.private,
        target.memory_of,
        target.width,
        target.one_port,
        layer.most,
        room.cycles[order.size],
        room.moved,
        room.period,
        room.doubled,
        room.repeats,
        room.ports,
        room.parts,
    )
    words = words_at_busiest_port(
        target.levels,
        target.private,
        target.memory_of,
        target.one_port,
        layer.used,
        room.reads,
        room.writes,
        room.ports,
    )
    if words > needed:
        room.parts[1] += words - needed
    return max(words, needed)
