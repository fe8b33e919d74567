"""How long the analytic model takes: processor time of this process, whatever else runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from statistics import median
from time import process_time

import numpy as np

from evoapproxnas.config import load_config
from evoapproxnas.hardware import (
    LayerWork,
    Workload,
    multiplier_energy_nj,
    network_workload,
)
from evoapproxnas.hardware.accelerators import (
    Accelerator,
    Shape,
    data_cost,
    load_accelerator,
    price_all,
)
from evoapproxnas.multipliers import Multiplier, exact_multiplier
from evoapproxnas.networks import SearchSpace

TEMPLATES = ("eyeriss", "eyeriss_like", "edge_tpu")
"""Bundled accelerators with DRAM, so that any network fits, also half of their buffers."""
_ROWS = (6, 8, 12, 16, 24)
_COLUMNS = (7, 10, 14, 20, 28)
_BUFFERS = (0.5, 1.0)
"""Of the template's own size: 50 accelerators."""
_CHANNELS = (8, 12, 16, 20, 24, 28, 32, 40, 48, 64)
_PRESET = "cifar10"


@dataclass(frozen=True)
class Pricing:
    """Points on accelerators.

    Attributes:
        template: what the accelerators are variations of.
        points: networks with an assignment.
        networks: different ones among them, drawn from preset `cifar10`.
        shapes: different layers of these.
        accelerators: how many.
        cold_s: processor time where nothing is known, seconds.
        warm_s: of the same again.
    """

    template: str
    points: int
    networks: int
    shapes: int
    accelerators: int
    cold_s: float
    warm_s: float


def layers_milliseconds(name: str, *, repeats: int = 7) -> float:
    """Return processor time for a network of 20 different layers, in ms; median of repeats.

    Args:
        name: of a bundled accelerator.
        repeats: how often; each time for an accelerator that was not seen before.
    """
    accelerator, work = load_accelerator(name), Workload(_twenty_layers())
    times = []
    for number in range(repeats + 1):
        unseen = replace(accelerator, name=f"{name} {number}")
        start = process_time()
        data_cost(work, unseen)
        times.append(1000 * (process_time() - start))
    return median(times[1:])  # The first call loads what is compiled.


def _twenty_layers() -> tuple[LayerWork, ...]:
    """Convolutions of two sizes of map, no two alike."""
    sizes = [(32, n) for n in _CHANNELS] + [(16, 2 * n) for n in _CHANNELS]
    return tuple(
        LayerWork(
            path=f"conv_{place}",
            kind="conv2d",
            input_shape=(size, size, channels),
            output_shape=(size, size, channels),
            kernel=(3, 3),
            before=(1, 1),
        )
        for place, (size, channels) in enumerate(sizes)
    )


def accelerator_grid(template: Accelerator) -> list[Accelerator]:
    """Return 50 accelerators of other arrays and buffers than the template's."""
    return [
        replace(
            template,
            name=f"{template.name} {rows}x{columns} {scale:g}",
            rows=rows,
            columns=columns,
            memories=tuple(
                replace(memory, size_bytes=int(memory.size_bytes * scale))
                if memory.level == "buffer"
                else memory
                for memory in template.memories
            ),
        )
        for rows, columns, scale in product(_ROWS, _COLUMNS, _BUFFERS)
    ]


def price_points(template: str, *, networks: int, points: int = 1000, seed: int = 0) -> Pricing:
    """Price points on 50 accelerators, their multiplier energy included.

    Args:
        template: name of a bundled accelerator.
        networks: different ones; each has the same number of assignments.
        points: in all.
        seed: of networks and assignments.

    Returns:
        How many there were of what, and how long it took, first and again.
    """
    rng = np.random.default_rng(seed)
    works = _networks(networks, rng)
    circuits = _circuits()
    of = np.arange(points) % networks
    chosen = [_assignment(works[place], circuits, rng) for place in of.tolist()]
    accelerators = accelerator_grid(load_accelerator(template))
    data_cost(works[0], load_accelerator(template))  # Load what is compiled.
    cold, warm = (_seconds(works, chosen, of, accelerators) for _ in range(2))
    shapes = {Shape.of(layer) for work in works for layer in work.layers}
    return Pricing(template, points, networks, len(shapes), len(accelerators), cold, warm)


def _assignment(
    work: Workload, circuits: Sequence[Multiplier], rng: np.random.Generator
) -> dict[str, Multiplier]:
    paths = tuple(work.multiplications)
    drawn = rng.integers(len(circuits), size=len(paths))
    return {path: circuits[i] for path, i in zip(paths, drawn, strict=True)}


def _seconds(
    works: Sequence[Workload],
    chosen: Sequence[dict[str, Multiplier]],
    of: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    accelerators: Sequence[Accelerator],
) -> float:
    start = process_time()
    energy = [
        multiplier_energy_nj(works[place], assignment)
        for place, assignment in zip(of.tolist(), chosen, strict=True)
    ]
    delay = [max(m.delay_ns or 0.0 for m in assignment.values()) for assignment in chosen]
    price_all(works, np.array(energy), np.array(delay), of, accelerators)
    return process_time() - start


def _networks(count: int, rng: np.random.Generator) -> list[Workload]:
    config = load_config(preset=_PRESET)
    space = SearchSpace.from_config(
        config.grid,
        config.space,
        input_shape=(32, 32, 3),
        classes=10,
        multipliers=["mul8u_exact"],
    )
    return [network_workload(space.decode(space.random(rng))) for _ in range(count)]


def _circuits() -> list[Multiplier]:
    """The exact multiplier, and others that take less: what they compute plays no part here."""
    exact = exact_multiplier()
    power = exact.power_uw or 0.0
    return [
        Multiplier.from_table(
            f"{percent} %", exact.table, power_uw=power * percent / 100, delay_ns=exact.delay_ns
        )
        for percent in (100, 75, 50, 25)
    ]
