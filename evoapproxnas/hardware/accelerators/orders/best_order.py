"""The search for the best order of loops of a layer."""

import numpy as np
from numba import njit

from evoapproxnas.hardware.accelerators.orders.allocation import allocate, keep_still
from evoapproxnas.hardware.accelerators.orders.cycles import find_doubled, total_cycles
from evoapproxnas.hardware.accelerators.orders.nest import (
    LEVELS,
    OPERANDS,
    OUTPUTS,
    Flags,
    Floats,
    Ints,
    elements_of,
    prefixes,
)
from evoapproxnas.hardware.accelerators.orders.traffic import total_energy, transfers


@njit(nogil=True, cache=True)
def best_order(
    orders: Ints,
    dimension: Ints,
    size: Ints,
    filled: Floats,
    unrolled: Floats,
    stride: Ints,
    inputs: Ints,
    bits: Ints,
    relevant: Flags,
    capacity: Ints,
    width: Ints,
    cost: Floats,
    one_port: Flags,
    level_of: Ints,
    memory_of: Ints,
    levels: Ints,
    private: Ints,
    reads: Floats,
    writes: Floats,
    parts: Floats,
) -> int:
    """Find the order of loops that takes least energy, of these the one of fewest cycles.

    Args:
        orders: candidates, innermost loop first, shape (orders, loops).
        dimension: of every loop.
        size: of every loop.
        filled: how much of every dimension is spread over the array on average, as the last tile
            may not fill it.
        unrolled: how much of it at most.
        stride: rows, columns of strides and of dilation.
        inputs: rows, columns that there are.
        bits: of a weight, an input, a sum, an output.
        relevant: of a dimension for an operand, shape (3, 7).
        capacity: of every memory, in bits, innermost first.
        width: bits of a word of every memory.
        cost: of reading and writing a word, in pJ, shape (memories, 2).
        one_port: whether a memory reads and writes through the same port.
        level_of: level of an operand that a memory is, -1 for none, shape (memories, 3).
        memory_of: memory of a level of an operand, shape (3, levels).
        levels: number of every operand.
        private: number of these that each processing element has for itself.
        reads: overwritten by the words read, shape (3, levels).
        writes: likewise, of those written.
        parts: overwritten by cycles of computing, waiting, loading, storing.

    Returns:
        The best order, or -1 where none fits the memories.
    """
    loops = size.size
    some, most = np.ones(OPERANDS, np.int64), np.ones(OPERANDS, np.int64)
    for operand in range(OPERANDS):
        some[operand] = round(elements_of(operand, filled, stride, inputs))
        most[operand] = round(elements_of(operand, unrolled, stride, inputs))
    used = round(filled.prod())
    spatial_sum = unrolled.prod() > most[OUTPUTS]
    cycles = np.ones(loops + 1, np.int64)
    inside = np.ones((OPERANDS, loops + 1))
    across = np.ones((OPERANDS, loops + 1))
    across_most = np.ones((OPERANDS, loops + 1))
    held = np.zeros((OPERANDS, LEVELS), np.int64)
    moved = np.zeros((4, LEVELS), np.int64)
    period = np.ones((OPERANDS, LEVELS), np.int64)
    doubled = np.zeros((OPERANDS, LEVELS), np.bool_)
    repeats = np.ones((OPERANDS, LEVELS), np.int64)
    counts, sizes = np.zeros((4, OPERANDS), np.int64), np.zeros((2, OPERANDS, loops + 1))
    some_reads, some_writes = np.zeros_like(reads), np.zeros_like(writes)
    some_parts = np.zeros_like(parts)
    best, least, fewest = -1, np.inf, np.inf
    for candidate in range(orders.shape[0]):
        order = orders[candidate]
        prefixes(order, dimension, size, filled, stride, inputs, cycles, inside, across)
        if not allocate(
            order,
            dimension,
            relevant,
            spatial_sum,
            bits,
            cycles,
            inside,
            across,
            capacity,
            level_of,
            levels,
            memory_of,
            private,
            held,
            counts,
            sizes,
        ):
            continue
        keep_still(order, dimension, relevant, levels, held)
        transfers(
            order,
            dimension,
            relevant,
            spatial_sum,
            bits,
            cycles,
            inside,
            across,
            levels,
            private,
            held,
            moved,
            period,
        )
        total = cycles[loops]
        energy = total_energy(
            levels,
            private,
            memory_of,
            width,
            cost,
            some,
            used,
            total,
            moved,
            period,
            some_reads,
            some_writes,
        )
        if energy > least * (1 + 1e-12):
            continue
        prefixes(order, dimension, size, unrolled, stride, inputs, cycles, inside, across_most)
        transfers(
            order,
            dimension,
            relevant,
            spatial_sum,
            bits,
            cycles,
            inside,
            across_most,
            levels,
            private,
            held,
            moved,
            period,
        )
        find_doubled(
            order,
            dimension,
            relevant,
            size,
            levels,
            private,
            level_of,
            capacity,
            bits,
            inside,
            across_most,
            held,
            moved,
            doubled,
            repeats,
        )
        needed = total_cycles(
            levels,
            private,
            memory_of,
            width,
            one_port,
            most,
            total,
            moved,
            period,
            doubled,
            repeats,
            some_parts,
        )
        if energy < least * (1 - 1e-12) or needed < fewest:
            best, least, fewest = candidate, energy, needed
            reads[:] = some_reads
            writes[:] = some_writes
            parts[:] = some_parts
    return best
