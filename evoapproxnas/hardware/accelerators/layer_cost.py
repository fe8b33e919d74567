"""What the data of one layer cost on an accelerator: accesses, energy and cycles.

None of it depends on the multiplier, so it is computed once for a shape and an accelerator.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators.description import (
    DIMENSIONS,
    LEVELS,
    OPERANDS,
    Accelerator,
    Level,
    Operand,
)
from evoapproxnas.hardware.accelerators.loops import RELEVANT, Shape, orders, split, spread
from evoapproxnas.hardware.accelerators.orders import best_order

CODE_BITS = 8
"""Of a weight, an input and an output."""


@dataclass(frozen=True)
class Access:
    """What an operand does in one memory.

    Attributes:
        memory: its name.
        level: kind of memory.
        operand: what is read and written.
        reads: words read.
        writes: words written.
        energy_pj: of all of them.
    """

    memory: str
    level: Level
    operand: Operand
    reads: float
    writes: float
    energy_pj: float


@dataclass(frozen=True)
class LayerCost:
    """What moving the data of a layer takes, under the best order of its loops.

    Attributes:
        accesses: of every operand in every memory that holds it.
        cycles: of the layer.
        waiting: cycles of these in which a port is too slow for the array.
        loading: cycles before the first, and after the last multiplication.
        utilization: share of the array that computes, on average of the computing cycles.
        order: the loops that are not spread, innermost first, with their sizes.
        spread: how much of a dimension is spread over the array.
    """

    accesses: tuple[Access, ...]
    cycles: float
    waiting: float
    loading: float
    utilization: float
    order: tuple[tuple[str, int], ...]
    spread: tuple[tuple[str, int], ...]

    @property
    def energy_pj(self) -> float:
        """Of all accesses."""
        return sum(access.energy_pj for access in self.accesses)

    def by_level(self) -> dict[Level, float]:
        """Energy in pJ by kind of memory."""
        energies: dict[Level, float] = dict.fromkeys(LEVELS, 0.0)
        for access in self.accesses:
            energies[access.level] += access.energy_pj
        return energies


@lru_cache(maxsize=65536)
def layer_cost(shape: Shape, accelerator: Accelerator) -> LayerCost:
    """Search the order of loops, and with it the tiles, that take least energy.

    Raises:
        ConfigError: if a memory cannot hold the smallest tile of the layer.
    """
    arrays = accelerator.arrays
    unrolled = spread(shape, accelerator)
    rounds = tuple(-(-n // u) for n, u in zip(shape.sizes, unrolled, strict=True))
    loops = split(rounds)
    filled = np.array(shape.sizes) / rounds
    filled[np.array(unrolled) == 1] = 1.0
    candidates = orders(loops, accelerator.dataflow, symmetric=_symmetric(shape, unrolled))
    reads, writes, parts = np.zeros((3, 8)), np.zeros((3, 8)), np.zeros(4)
    best = best_order(
        candidates,
        np.array([d for d, _ in loops]),
        np.array([n for _, n in loops]),
        filled,
        np.array(unrolled, np.float64),
        np.array(shape.stride),
        np.array(shape.inputs),
        np.array([CODE_BITS, CODE_BITS, accelerator.sum_bits, CODE_BITS]),
        RELEVANT,
        arrays.capacity,
        arrays.width,
        arrays.cost,
        arrays.one_port,
        arrays.level_of,
        arrays.memory_of,
        arrays.levels,
        arrays.private,
        reads,
        writes,
        parts,
    )
    if best < 0:
        raise _no_room(shape, accelerator)
    computing, waiting, loading, storing = map(float, parts)
    return LayerCost(
        accesses=_accesses(accelerator, reads, writes),
        cycles=float(parts.sum()),
        waiting=waiting,
        loading=loading + storing,
        utilization=float(np.prod(shape.sizes)) / computing / accelerator.elements,
        order=tuple((DIMENSIONS[loops[i][0]], loops[i][1]) for i in candidates[best]),
        spread=tuple((DIMENSIONS[i], n) for i, n in enumerate(unrolled) if n > 1),
    )


def _symmetric(shape: Shape, unrolled: tuple[int, ...]) -> bool:
    pairs = (*zip(shape.sizes[3::2], shape.sizes[4::2], strict=True), shape.inputs)
    across = zip(unrolled[3::2], unrolled[4::2], strict=True)
    steps = shape.stride[:2], shape.stride[2:]
    return all(rows == columns for rows, columns in (*pairs, *across, *steps))


def _accesses(
    accelerator: Accelerator, reads: np.ndarray, writes: np.ndarray
) -> tuple[Access, ...]:
    found = []
    for i, operand in enumerate(OPERANDS):
        path = [memory for memory in accelerator.memories if operand in memory.operands]
        for level, memory in enumerate(path):
            read, written = float(reads[i, level]), float(writes[i, level])
            energy = read * memory.read_pj + written * memory.write_pj
            found.append(Access(memory.name, memory.level, operand, read, written, energy))
    return tuple(found)


def _no_room(shape: Shape, accelerator: Accelerator) -> ConfigError:
    sizes = ", ".join(
        f"{n} {d.replace('_', ' ')}" for d, n in zip(DIMENSIONS, shape.sizes, strict=True)
    )
    memories = ", ".join(f"{m.name} {m.size_bytes:,} bytes" for m in accelerator.memories)
    return ConfigError(
        f"accelerator {accelerator.name!r} cannot hold a layer of {sizes}: expected memories with "
        f"room for one tile, and an outermost one for all of it, got {memories}; enlarge them, or "
        "make the array smaller"
    )
