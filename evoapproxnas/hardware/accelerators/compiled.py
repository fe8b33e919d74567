"""The search for the best order of loops of a layer, compiled by Numba.

For each order the loops are given to the memories from the innermost one outwards, as many as
each can hold: the order decides the tiles (L. Symons et al., "LOMA: Fast Auto-Scheduling on DNN
Accelerators through Loop-Order-based Memory Allocation", AICAS 2021). Words moved at every level
follow from that as in L. Mei et al., "ZigZag", IEEE Trans. Computers 2021, and cycles as in their
"A Uniform Latency Model for DNN Accelerators with Diverse Architectures and Dataflows", DATE
2022. Written from these descriptions; the numbering of operands, dimensions and columns is that
of `loops`.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_OPERANDS = 3
_OUTPUTS = 2
_LEVELS = 8


@njit(nogil=True, cache=True, inline="always")
def _elements(operand: int, size: Floats, stride: Ints, inputs: Ints) -> float:
    """How many values of an operand a tile has, whose sizes are given by dimension."""
    if operand == 0:
        return size[0] * size[1] * size[2] * size[5] * size[6]
    if operand == 2:
        return size[0] * size[1] * size[3] * size[4]
    rows = min(stride[0] * (size[3] - 1) + stride[2] * (size[5] - 1) + 1, inputs[0])
    columns = min(stride[1] * (size[4] - 1) + stride[3] * (size[6] - 1) + 1, inputs[1])
    return size[0] * size[2] * rows * columns


@njit(nogil=True, cache=True, inline="always")
def _words(bits: int, width: int) -> int:
    return (bits + width - 1) // width


@njit(nogil=True, cache=True)
def _prefixes(
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
        for operand in range(_OPERANDS):
            inside[operand, count] = _elements(operand, alone, stride, inputs)
            across[operand, count] = _elements(operand, whole, stride, inputs)


@njit(nogil=True, cache=True)
def _fits_up_to(first: int, values: Floats, value_bits: int, capacity: int) -> int:
    """How many loops a memory has room for, `first` at least."""
    most = first
    while most + 1 < values.size and values[most + 1] * value_bits <= capacity:
        most += 1
    return most


@njit(nogil=True, cache=True)
def _bits_of(
    operand: int,
    order: Ints,
    dimension: Ints,
    relevant: Flags,
    summed: bool,
    first: int,
    bits: Ints,
) -> int:
    """Width of an operand; outputs are sums until the loops from the first one on are done."""
    if operand != _OUTPUTS:
        return bits[operand]
    for i in range(first, order.size):
        summed = summed or not relevant[_OUTPUTS, dimension[order[i]]]
    return bits[2] if summed else bits[3]


@njit(nogil=True, cache=True)
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
            for k in range(least[2], most[2] + 1):
                if needed[0, i] + needed[1, j] + needed[2, k] > capacity:
                    continue
                total = moved[0, i] + moved[1, j] + moved[2, k]
                if total <= best:
                    best = total
                    chosen[0], chosen[1], chosen[2] = i, j, k
    return best < np.inf


@njit(nogil=True, cache=True)
def _allocate(
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
        for operand in range(_OPERANDS):
            level = level_of[memory, operand]
            least[operand] = most[operand] = 0
            needed[operand] = 0.0
            moved[operand] = 0.0
            if level < 0:
                continue
            shared, first = level >= private[operand], start[operand]
            summed = spatial_sum and not shared
            value_bits = _bits_of(operand, order, dimension, relevant, summed, first, bits)
            values = across[operand] if shared else inside[operand]
            outermost = level == levels[operand] - 1
            least[operand] = most[operand] = loops
            if not outermost:
                least[operand] = first
                # What all elements hold has to fit the next memory, too.
                beyond = capacity[memory_of[operand, level + 1]]
                most[operand] = min(
                    _fits_up_to(first, values, value_bits, capacity[memory]),
                    _fits_up_to(first, across[operand], value_bits, beyond),
                )
            for i in range(least[operand], most[operand] + 1):
                needed[operand, i] = values[i] * value_bits
                if not outermost:
                    moved[operand, i] = needed[operand, i] * (cycles[loops] // cycles[i])
        if not _share_out(least, most, needed, moved, capacity[memory], chosen):
            return False
        for operand in range(_OPERANDS):
            if level_of[memory, operand] >= 0:
                start[operand] = held[operand, level_of[memory, operand]] = chosen[operand]
    return True


@njit(nogil=True, cache=True)
def _alike(order: Ints, dimension: Ints, relevant: Flags, operand: int, first: int) -> int:
    """Index behind the loops from the first one on that leave an operand as it is."""
    while first < order.size and not relevant[operand, dimension[order[first]]]:
        first += 1
    return first


@njit(nogil=True, cache=True)
def _keep_still(order: Ints, dimension: Ints, relevant: Flags, levels: Ints, held: Ints) -> None:
    """Loops that do not change what a level holds count as within it."""
    for operand in range(_OPERANDS):
        for level in range(levels[operand]):
            if level:
                held[operand, level] = max(held[operand, level], held[operand, level - 1])
            held[operand, level] = _alike(
                order, dimension, relevant, operand, held[operand, level]
            )


@njit(nogil=True, cache=True)
def _transfers(
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
    loops = order.size
    for operand in range(_OPERANDS):
        still = 0
        while (
            operand != _OUTPUTS
            and still < loops
            and not relevant[operand, dimension[order[still]]]
        ):
            still += 1
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
            if operand == _OUTPUTS:
                partial = spatial_sum and private[operand] >= border + 1
                for i in range(0 if border == 0 else within, loops):
                    partial = partial or not relevant[operand, dimension[order[i]]]
                width = bits[2] if partial else bits[3]
                moved[3, border] = values * width if partial else 0
            moved[operand, border] = values * width


@njit(nogil=True, cache=True)
def _energy(
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
    for operand in range(_OPERANDS):
        for level in range(levels[operand]):
            memory = memory_of[operand, level]
            units = used if level < private[operand] else 1
            fan = unique[operand] if level == private[operand] else 1
            word = width[memory]
            below = _words(moved[operand, level] * fan, word) * (total // period[operand, level])
            read, write = 0, 0
            if operand == _OUTPUTS:
                write = below
                if moved[3, level]:
                    read = below
            else:
                read = below
            if level < levels[operand] - 1:
                above = _words(moved[operand, level + 1], word)
                above *= total // period[operand, level + 1]
                if operand == _OUTPUTS:
                    read += above
                    if moved[3, level + 1]:
                        write += above
                else:
                    write += above
            reads[operand, level] = read * units
            writes[operand, level] = write * units
            energy += units * (read * cost[memory, 0] + write * cost[memory, 1])
    return energy


@njit(nogil=True, cache=True)
def _top_loops(
    order: Ints, dimension: Ints, size: Ints, wanted: Flags, first: int, last: int
) -> int:
    """Product of the outermost loops of first..last-1 that are of a wanted dimension."""
    product = 1
    while last > first and wanted[dimension[order[last - 1]]]:
        last -= 1
        product *= size[order[last]]
    return product


@njit(nogil=True, cache=True)
def _room(
    order: Ints,
    dimension: Ints,
    relevant: Flags,
    size: Ints,
    levels: Ints,
    private: Ints,
    level_of: Ints,
    capacity: Ints,
    bits: Ints,
    inside: Floats,
    across: Floats,
    held: Ints,
    moved: Ints,
    doubled: Flags,
    repeats: Ints,
) -> None:
    """Which levels hold the next tile beside this one, and how often the last one is repeated."""
    share = np.zeros((_OPERANDS, _LEVELS))
    for operand in range(_OPERANDS):
        moves = relevant[operand].copy()
        if operand == 1:
            moves[3:] = False  # Windows overlap: a step is not all of another tile.
        for level in range(levels[operand]):
            first = 0 if level == 0 else held[operand, level - 1]
            last = held[operand, level]
            top = _top_loops(order, dimension, size, moves, first, last)
            repeats[operand, level] = _top_loops(
                order, dimension, size, ~relevant[operand], first, last
            )
            values = across[operand, last] if level >= private[operand] else inside[operand, last]
            value_bits = bits[operand]
            if operand == _OUTPUTS and level + 1 < levels[operand] and moved[3, level + 1] == 0:
                value_bits = bits[3]
            share[operand, level] = values * value_bits // top
    for memory in range(capacity.size):
        _find_room(level_of[memory], capacity[memory], share, doubled)


@njit(nogil=True, cache=True)
def _find_room(level_of: Ints, capacity: int, share: Floats, doubled: Flags) -> None:
    """Say of one memory which of its operands have room for two tiles."""
    together = 0.0
    for operand in range(_OPERANDS):
        if level_of[operand] >= 0:
            together += share[operand, level_of[operand]] / capacity
    for operand in range(_OPERANDS):
        level = level_of[operand]
        if level < 0:
            continue
        own = share[operand, level] / capacity
        doubled[operand, level] = together <= 0.5 or own <= 1.0 - together
        if together > 0.5 and doubled[operand, level]:
            together += own


@njit(nogil=True, cache=True)
def _use_port(ports: Floats, busy: int, window: int, count: int) -> None:
    """Add a transfer to a port: late and early cycles, windows, the widest of them, users."""
    stall = (busy - window) * (count - 1.0)
    ports[0 if stall > 0 else 1] += stall
    ports[2] += window * (count - 1.0)
    ports[3] = max(ports[3], float(window * count))
    ports[4] += 1


@njit(nogil=True, cache=True)
def _waiting(ports: Floats) -> float:
    """Cycles for which the busiest port is late."""
    wait = 0.0
    for memory in range(ports.shape[0]):
        for port in range(2):
            late, early, windows, widest, users = ports[memory, port]
            if users > 1:
                late += max(0.0, early + windows - widest)
            wait = max(wait, late)
    return wait


@njit(nogil=True, cache=True)
def _first_tiles(
    operand: int,
    levels: Ints,
    private: Ints,
    memory_of: Ints,
    width: Ints,
    unique: Ints,
    total: int,
    moved: Ints,
    period: Ints,
) -> float:
    """Cycles until the first tile of an operand is in place; of outputs, the last one."""
    cycles = 0.0
    for border in range(1, levels[operand]):
        low, high = memory_of[operand, border - 1], memory_of[operand, border]
        fan = unique[operand] if border == private[operand] else 1
        inner, outer = moved[operand, border], moved[operand, border] * fan
        if total // period[operand, border] == 1:
            # Moved once: all but what the multipliers begin with comes while they compute.
            inner = outer = moved[operand, 1]
        cycles += max(_words(inner, width[low]), _words(outer, width[high]))
    return cycles


@njit(nogil=True, cache=True)
def _cycles(
    levels: Ints,
    private: Ints,
    memory_of: Ints,
    width: Ints,
    one_port: Flags,
    unique: Ints,
    total: int,
    moved: Ints,
    period: Ints,
    doubled: Flags,
    repeats: Ints,
    parts: Floats,
) -> float:
    """Cycles of computing, of waiting for the busiest port, of the first loads and last stores."""
    ports = np.zeros((width.size, 2, 5))
    for operand in range(_OPERANDS):
        sums = operand == _OUTPUTS
        for level in range(levels[operand]):
            memory = memory_of[operand, level]
            fan = unique[operand] if level == private[operand] else 1
            for above in range(2):
                border = level + above
                if border == levels[operand]:
                    continue
                busy = _words(moved[operand, border] * (1 if above else fan), width[memory])
                window = period[operand, border]
                if border > 0 and not doubled[operand, border - 1]:
                    window = window // repeats[operand, border - 1]
                count = total // period[operand, border]
                # Inputs and weights are written from above and read from below, sums both ways.
                for back in range(2 if sums and moved[3, border] else 1):
                    writes = (above == 1) != sums
                    port = 0 if one_port[memory] or writes == (back == 0) else 1
                    _use_port(ports[memory, port], busy, window, count)
        loading = _first_tiles(
            operand, levels, private, memory_of, width, unique, total, moved, period
        )
        if sums:
            parts[3] = loading
        else:
            parts[2] = loading if operand == 0 else max(parts[2], loading)
    parts[0], parts[1] = total, _waiting(ports)
    return parts.sum()


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
    some, most = np.ones(_OPERANDS, np.int64), np.ones(_OPERANDS, np.int64)
    for operand in range(_OPERANDS):
        some[operand] = round(_elements(operand, filled, stride, inputs))
        most[operand] = round(_elements(operand, unrolled, stride, inputs))
    used = round(filled.prod())
    spatial_sum = unrolled.prod() > most[_OUTPUTS]
    cycles = np.ones(loops + 1, np.int64)
    inside = np.ones((_OPERANDS, loops + 1))
    across = np.ones((_OPERANDS, loops + 1))
    across_most = np.ones((_OPERANDS, loops + 1))
    held = np.zeros((_OPERANDS, _LEVELS), np.int64)
    moved = np.zeros((4, _LEVELS), np.int64)
    period = np.ones((_OPERANDS, _LEVELS), np.int64)
    doubled = np.zeros((_OPERANDS, _LEVELS), np.bool_)
    repeats = np.ones((_OPERANDS, _LEVELS), np.int64)
    counts, sizes = np.zeros((4, _OPERANDS), np.int64), np.zeros((2, _OPERANDS, loops + 1))
    some_reads, some_writes = np.zeros_like(reads), np.zeros_like(writes)
    some_parts = np.zeros_like(parts)
    best, least, fewest = -1, np.inf, np.inf
    for candidate in range(orders.shape[0]):
        order = orders[candidate]
        _prefixes(order, dimension, size, filled, stride, inputs, cycles, inside, across)
        if not _allocate(
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
        _keep_still(order, dimension, relevant, levels, held)
        _transfers(
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
        energy = _energy(
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
        _prefixes(order, dimension, size, unrolled, stride, inputs, cycles, inside, across_most)
        _transfers(
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
        _room(
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
        needed = _cycles(
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
