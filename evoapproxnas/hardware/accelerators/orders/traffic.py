"""Words that are moved at every level, and what they take.

L. Mei et al., "ZigZag: Enlarging Joint Architecture-Mapping Design Space Exploration for DNN
Accelerators", IEEE Trans. Computers 2021.
"""

from evoapproxnas.hardware.accelerators.orders.allocation import alike
from evoapproxnas.hardware.accelerators.orders.compiling import inner
from evoapproxnas.hardware.accelerators.orders.nest import (
    OPERANDS,
    OUTPUTS,
    Flags,
    Floats,
    Ints,
    adds_up,
    words_of,
)


@inner
def transfers(
    order: Ints,
    dimension: Ints,
    relevant: Flags,
    spatial_sum: bool,
    bits: Ints,
    cycles: Ints,
    inside: Floats,
    across: Floats,
    levels: Ints,
    private: Ints,
    held: Ints,
    moved: Ints,
    period: Ints,
) -> None:
    """What crosses the lower and the upper border of every level.

    `moved[operand, border]` are bits in one direction, `moved[3, border]` those of sums that come
    back, and `period` the cycles between; border 0 is that of the multipliers.
    """
    for operand in range(OPERANDS):
        still = 0
        if operand != OUTPUTS:
            still = alike(order, dimension, relevant, operand, 0)
        for border in range(levels[operand]):
            within = still if border == 0 else held[operand, border - 1]
            period[operand, border] = cycles[within]
            if border == 0:
                values = 1
            elif border - 1 >= private[operand]:
                values = round(across[operand, within])
            else:
                values = round(inside[operand, within])
            width = bits[operand]
            if operand == OUTPUTS:
                first = 0 if border == 0 else within
                partial = adds_up(order, dimension, relevant, first)
                partial = partial or (spatial_sum and private[operand] >= border + 1)
                width = bits[2] if partial else bits[3]
                moved[3, border] = values * width if partial else 0
            moved[operand, border] = values * width


@inner
def total_energy(
    levels: Ints,
    private: Ints,
    memory_of: Ints,
    width: Ints,
    cost: Floats,
    unique: Ints,
    used: int,
    total: int,
    moved: Ints,
    period: Ints,
    reads: Floats,
    writes: Floats,
) -> float:
    """Count words read and written at every level; return what they take, in pJ."""
    energy = 0.0
    for operand in range(OPERANDS):
        for level in range(levels[operand]):
            memory = memory_of[operand, level]
            units = used if level < private[operand] else 1
            fan = unique[operand] if level == private[operand] else 1
            word = width[memory]
            below = words_of(moved[operand, level] * fan, word) * (total / period[operand, level])
            read, write = 0.0, 0.0
            if operand == OUTPUTS:
                write = below
                if moved[3, level]:
                    read = below
            else:
                read = below
            if level < levels[operand] - 1:
                above = float(words_of(moved[operand, level + 1], word))
                above *= total / period[operand, level + 1]
                if operand == OUTPUTS:
                    read += above
                    if moved[3, level + 1]:
                        write += above
                else:
                    write += above
            reads[operand, level] = read * units
            writes[operand, level] = write * units
            energy += units * (read * cost[memory, 0] + write * cost[memory, 1])
    return energy
