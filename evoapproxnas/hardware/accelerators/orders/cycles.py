"""Cycles of a nest of loops: computing, waiting for memories, loading and storing.

L. Mei et al., "A Uniform Latency Model for DNN Accelerators with Diverse Architectures and
Dataflows", DATE 2022. Its first loads and last stores hide behind computing, however long they
are; so that a port moves no more than one word in a cycle, `words_at_busiest_port` counts them.
"""

from evoapproxnas.hardware.accelerators.orders.compiling import inner
from evoapproxnas.hardware.accelerators.orders.nest import (
    INPUTS,
    OPERANDS,
    OUTPUTS,
    Flags,
    Floats,
    Ints,
    words_of,
)

_ROWS = 3
"""Of the output; columns and the kernel's follow."""


@inner
def _is_moved(operand: int, dimension: int, relevant: Flags, windows: bool) -> bool:
    """Whether a step of a loop brings values of an operand; all others of a tile, if asked."""
    if windows and operand == INPUTS and dimension >= _ROWS:
        return False  # Windows overlap: a step is not all of another tile.
    return relevant[operand, dimension]


@inner
def _top_loops(
    order: Ints,
    dimension: Ints,
    size: Ints,
    relevant: Flags,
    operand: int,
    moved: bool,
    first: int,
    last: int,
) -> int:
    """Product of the outermost loops of first..last-1 that move an operand, or that do not."""
    product = 1
    while last > first:
        if _is_moved(operand, dimension[order[last - 1]], relevant, moved) != moved:
            break
        last -= 1
        product *= size[order[last]]
    return product


@inner
def find_doubled(
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
    share: Floats,
    doubled: Flags,
    repeats: Ints,
) -> None:
    """Which levels hold the next tile beside this one, and how often the last one is repeated."""
    for operand in range(OPERANDS):
        for level in range(levels[operand]):
            first = 0 if level == 0 else held[operand, level - 1]
            last = held[operand, level]
            top = _top_loops(order, dimension, size, relevant, operand, True, first, last)
            repeats[operand, level] = _top_loops(
                order, dimension, size, relevant, operand, False, first, last
            )
            values = across[operand, last] if level >= private[operand] else inside[operand, last]
            value_bits = bits[operand]
            if operand == OUTPUTS and level + 1 < levels[operand] and moved[3, level + 1] == 0:
                value_bits = bits[3]
            share[operand, level] = values * value_bits // top
    for memory in range(capacity.size):
        _find_room(level_of[memory], capacity[memory], share, doubled)


@inner
def _find_room(level_of: Ints, capacity: int, share: Floats, doubled: Flags) -> None:
    """Say of one memory which of its operands have room for two tiles."""
    together = 0.0
    for operand in range(OPERANDS):
        if level_of[operand] >= 0:
            together += share[operand, level_of[operand]] / capacity
    for operand in range(OPERANDS):
        level = level_of[operand]
        if level < 0:
            continue
        own = share[operand, level] / capacity
        doubled[operand, level] = together <= 0.5 or own <= 1.0 - together
        if together > 0.5 and doubled[operand, level]:
            together += own


@inner
def _port(one_port: bool, writes: bool) -> int:
    """Number of the port that writes or reads."""
    return 0 if one_port or writes else 1


@inner
def _use_port(ports: Floats, busy: int, window: int, count: int) -> None:
    """Add a transfer to a port: late and early cycles, windows, the widest of them, users."""
    stall = (busy - window) * (count - 1.0)
    ports[0 if stall > 0 else 1] += stall
    ports[2] += window * (count - 1.0)
    ports[3] = max(ports[3], float(window * count))
    ports[4] += 1


@inner
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


@inner
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
        cycles += max(words_of(inner, width[low]), words_of(outer, width[high]))
    return cycles


@inner
def words_at_busiest_port(
    levels: Ints,
    private: Ints,
    memory_of: Ints,
    one_port: Flags,
    used: int,
    reads: Floats,
    writes: Floats,
    ports: Floats,
) -> float:
    """Words that cross one port, as many cycles as a layer takes at least.

    Args:
        levels: of every operand.
        private: number of these that each element has for itself.
        memory_of: memory of a level of an operand.
        one_port: of every memory.
        used: elements that compute, on average.
        reads: words of all memories of a level, by operand and level.
        writes: likewise.
        ports: overwritten.
    """
    ports[:] = 0.0
    most = 0.0
    for operand in range(OPERANDS):
        for level in range(levels[operand]):
            memory = memory_of[operand, level]
            units = used if level < private[operand] else 1
            for way in range(2):
                words = writes[operand, level] if way == 0 else reads[operand, level]
                port = ports[memory, _port(one_port[memory], way == 0)]
                port[0] += words / units
                most = max(most, port[0])
    return most


@inner
def total_cycles(
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
    ports: Floats,
    parts: Floats,
) -> float:
    """Cycles of computing, of waiting for the busiest port, of the first loads and last stores."""
    ports[:] = 0.0
    for operand in range(OPERANDS):
        sums = operand == OUTPUTS
        for level in range(levels[operand]):
            memory = memory_of[operand, level]
            fan = unique[operand] if level == private[operand] else 1
            for above in range(2):
                border = level + above
                if border == levels[operand]:
                    continue
                busy = words_of(moved[operand, border] * (1 if above else fan), width[memory])
                window = period[operand, border]
                if border > 0 and not doubled[operand, border - 1]:
                    window = window // repeats[operand, border - 1]
                count = total // period[operand, border]
                # Inputs and weights are written from above and read from below, sums both ways.
                for back in range(2 if sums and moved[3, border] else 1):
                    writes = (above == 1) != sums
                    port = _port(one_port[memory], writes == (back == 0))
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
