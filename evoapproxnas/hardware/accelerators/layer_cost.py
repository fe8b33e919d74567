"""What the data of one layer cost on an accelerator: accesses, energy and cycles.

None of it depends on the multiplier, so it is computed once for a shape and an accelerator.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators.description import (
    DIMENSIONS,
    LEVELS,
    OPERANDS,
    Accelerator,
    Level,
    Operand,
)
from evoapproxnas.hardware.accelerators.loops import Shape
from evoapproxnas.hardware.accelerators.orders import Found, best_order, price_shapes


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
        """Return the energy in pJ by kind of memory."""
        energies: dict[Level, float] = dict.fromkeys(LEVELS, 0.0)
        for access in self.accesses:
            energies[access.level] += access.energy_pj
        return energies


@lru_cache(maxsize=65536)
def layer_cost(shape: Shape, accelerator: Accelerator) -> LayerCost:
    """Return a layer's cost with the order of loops, and so the tiles, that take least energy.

    Args:
        shape: of the layer.
        accelerator: that it runs on.

    Raises:
        ConfigError: if a memory cannot hold the smallest tile of the layer.
    """
    found = Found.empty()
    if math.isinf(best_order(np.array(shape.numbers), accelerator.target, found)):
        raise no_room(shape, accelerator)
    computing, waiting, loading, storing = found.parts.tolist()
    loops = zip(*found.loops.tolist(), strict=True)
    unrolled = zip(DIMENSIONS, found.unrolled.tolist(), strict=True)
    return LayerCost(
        accesses=_accesses(accelerator, found.reads.tolist(), found.writes.tolist()),
        cycles=computing + waiting + loading + storing,
        waiting=waiting,
        loading=loading + storing,
        utilization=math.prod(shape.sizes) / computing / accelerator.elements,
        order=tuple((DIMENSIONS[dimension], size) for dimension, size in loops if size),
        spread=tuple((dimension, size) for dimension, size in unrolled if size > 1),
    )


def shape_costs(shapes: Sequence[Shape], accelerator: Accelerator) -> npt.NDArray[np.float64]:
    """Return energy in pJ and cycles of many layers; shape (layers, 2).

    What was asked for before is remembered; the rest is searched in one compiled call.

    Args:
        shapes: of the layers.
        accelerator: that they run on.

    Raises:
        ConfigError: if a memory cannot hold the smallest tile of a layer.
    """
    known = _known_costs(accelerator)
    missing = [shape for shape in dict.fromkeys(shapes) if shape not in known]
    if missing:
        energy, cycles = np.empty(len(missing)), np.empty(len(missing))
        numbers = np.array([shape.numbers for shape in missing])
        price_shapes(numbers, accelerator.target, Found.empty(), energy, cycles)
        if not np.isfinite(energy).all():
            raise no_room(missing[int(np.argmax(np.isinf(energy)))], accelerator)
        known |= dict(
            zip(missing, zip(energy.tolist(), cycles.tolist(), strict=True), strict=True)
        )
    return np.array([known[shape] for shape in shapes]).reshape(-1, 2)


@lru_cache(maxsize=256)
def _known_costs(accelerator: Accelerator) -> dict[Shape, tuple[float, float]]:
    """What `shape_costs` has found for an accelerator; it adds to it."""
    return {}


def _accesses(
    accelerator: Accelerator, reads: list[list[float]], writes: list[list[float]]
) -> tuple[Access, ...]:
    return tuple(
        Access(
            memory.name,
            memory.level,
            operand,
            read,
            written,
            read * memory.read_pj + written * memory.write_pj,
        )
        for place, operand in enumerate(OPERANDS)
        for memory, read, written in zip(
            accelerator.paths[operand], reads[place], writes[place], strict=False
        )
    )


def no_room(shape: Shape, accelerator: Accelerator) -> ConfigError:
    """Build the error for a layer that no memory can hold a tile of."""
    sizes = ", ".join(
        f"{n} {d.replace('_', ' ')}" for d, n in zip(DIMENSIONS, shape.sizes, strict=True)
    )
    memories = ", ".join(f"{m.name} {m.size_bytes:,} bytes" for m in accelerator.memories)
    return ConfigError(
        f"accelerator {accelerator.name!r} cannot hold a layer of {sizes}: expected memories with "
        f"room for one tile, and an outermost one for all of it, got {memories}; enlarge them, or "
        "make the array smaller"
    )
