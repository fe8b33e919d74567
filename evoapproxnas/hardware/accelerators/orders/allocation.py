"""Which loops run within which memory: the order decides the tiles.

L. Symons et al., "LOMA: Fast Auto-Scheduling on DNN Accelerators through Loop-Order-based Memory
Allocation", AICAS 2021.
"""

import numpy as np

from evoapproxnas.hardware.accelerators.orders.compiling import inner
from evoapproxnas.hardware.accelerators.orders.nest import (
    OPERANDS,
    Flags,
    Floats,
    Ints,
    bits_of,
    fits_up_to,
)


@inner
def _share_out(
    least: Ints, most: Ints, needed: Floats, moved: Floats, capacity: int, chosen: Ints
) -> bool:
    """Choose how many loops of each operand a memory holds, to move least from the next one.

    Args:
        least: numbers of loops to choose from, by operand.
        most: likewise.
        needed: bits that an operand takes there, by operand and loops.
        moved: bits that come from the next memory.
        capacity: in bits.
        chosen: overwritten.
    """
    best = np.inf
    for i in range(least[0], most[0] + 1):
        for j in range(least[1], most[1] + 1):
            # Of an operand, more is never moved where more of it is held: the most that fits.
            left, k = capacity - needed[0, i] - needed[1, j], most[2]
            while k >= least[2] and needed[2, k] > left:
                k -= 1
            if k < least[2]:
                break
            total = moved[0, i] + moved[1, j] + moved[2, k]
            if total <= best:
                best = total
                chosen[0], chosen[1], chosen[2] = i, j, k
    return best < np.inf


@inner
def allocate(
    order: Ints,
    dimension: Ints,
    relevant: Flags,
    spatial_sum: bool,
    bits: Ints,
    cycles: Ints,
    inside: Floats,
    across: Floats,
    capacity: Ints,
    level_of: Ints,
    levels: Ints,
    memory_of: Ints,
    private: Ints,
    held: Ints,
    counts: Ints,
    sizes: Floats,
) -> bool:
    """Give loops to memories; `held[operand, level]` loops are within a level. False: no room."""
    loops = order.size
    start, chosen, least, most = counts[0], counts[1], counts[2], counts[3]
    needed, moved = sizes[0], sizes[1]
    start[:] = 0
    for memory in range(capacity.size):
        for operand in range(OPERANDS):
            level = level_of[memory, operand]
            least[operand] = most[operand] = 0
            needed[operand] = 0.0
            moved[operand] = 0.0
            if level < 0:
                continue
            shared, first = level >= private[operand], start[operand]
            summed = spatial_sum and not shared
            value_bits = bits_of(operand, order, dimension, relevant, summed, first, bits)
            values = across[operand] if shared else inside[operand]
            outermost = level == levels[operand] - 1
            least[operand] = most[operand] = loops
            if not outermost:
                least[operand] = first
                # What all elements hold has to fit the next memory, too.
                beyond = capacity[memory_of[operand, level + 1]]
                most[operand] = min(
                    fits_up_to(first, values, value_bits, capacity[memory]),
                    fits_up_to(first, across[operand], value_bits, beyond),
                )
            for i in range(least[operand], most[operand] + 1):
                needed[operand, i] = values[i] * value_bits
                if not outermost:
                    moved[operand, i] = needed[operand, i] * (cycles[loops] / cycles[i])
        if not _share_out(least, most, needed, moved, capacity[memory], chosen):
            return False
        for operand in range(OPERANDS):
            if level_of[memory, operand] >= 0:
                start[operand] = held[operand, level_of[memory, operand]] = chosen[operand]
    return True


@inner
def alike(order: Ints, dimension: Ints, relevant: Flags, operand: int, first: int) -> int:
    """Index behind the loops from the first one on that leave an operand as it is."""
    while first < order.size and not relevant[operand, dimension[order[first]]]:
        first += 1
    return first


@inner
def keep_still(order: Ints, dimension: Ints, relevant: Flags, levels: Ints, held: Ints) -> None:
    """Loops that do not change what a level holds count as within it."""
    for operand in range(OPERANDS):
        for level in range(levels[operand]):
            if level:
                held[operand, level] = max(held[operand, level], held[operand, level - 1])
            held[operand, level] = alike(order, dimension, relevant, operand, held[operand, level])
