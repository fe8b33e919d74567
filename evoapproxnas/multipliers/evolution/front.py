"""Fronts: the least power for every one of several bounds, by one seed or the best of several."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from evoapproxnas.circuits import Netlist, power_uw
from evoapproxnas.multipliers.evolution.search import EvolutionResult, Progress, Stop, evolve
from evoapproxnas.multipliers.evolution.task import EvolutionTask

Observer = Callable[[Progress], None]


@dataclass(frozen=True)
class FrontPoint:
    """A circuit of a front.

    Attributes:
        bound: of the error.
        seed: that found it.
        result: what was found.
    """

    bound: float
    seed: int
    result: EvolutionResult


def evolve_front(
    task: EvolutionTask,
    bounds: Iterable[float],
    stop: Stop | None = None,
    *,
    starts: Iterable[Netlist] = (),
    on_progress: Observer | None = None,
    checkpoint: str | Path | None = None,
) -> Iterator[tuple[float, EvolutionResult]]:
    """Trace a front: evolve for rising bounds, each from the cheapest circuit within it so far.

    Args:
        task: its bound is replaced by those of the front.
        bounds: in any order.
        stop: for each bound.
        starts: circuits to begin with besides that of the task; of any error.
        on_progress: see `evolve`.
        checkpoint: see `evolve`; every bound gets a file, its name ending in the bound.

    Yields:
        Every bound with its result, as soon as it is there.
    """
    known = [_Known.of(task, netlist) for netlist in (task.start, *starts) if netlist.cells]
    for bound in sorted(bounds):
        state = None if checkpoint is None else f"{checkpoint}.{bound:g}"
        within = [one for one in known if one.error <= bound * (1 + 1e-9)]
        start = min(within, key=lambda one: one.power_uw, default=known[0]).netlist
        one = replace(task, start=start, bound=bound)
        result = evolve(one, stop, on_progress=on_progress, checkpoint=state)
        yield bound, result
        if result.netlist.cells:
            known.insert(0, _Known(result.netlist, result.error, result.power_uw))


def best_front(
    task: EvolutionTask,
    bounds: Sequence[float],
    stop: Stop | None = None,
    *,
    seeds: int,
    starts: Sequence[Netlist] = (),
    on_progress: Observer | None = None,
    checkpoint: str | Path | None = None,
) -> list[FrontPoint]:
    """Trace the front with several seeds at the same time, and keep the best of each bound.

    The compiled search leaves Python to the other threads. The result does not depend on how
    many of them run at once, unless the searches stop by time.

    Args:
        task: its seed is the first one.
        bounds: see `evolve_front`.
        stop: for each bound and seed.
        seeds: how many, consecutive.
        starts: see `evolve_front`.
        on_progress: see `evolve`; called by several threads.
        checkpoint: see `evolve_front`; every seed gets files, the seed in their names.

    Returns:
        For every bound the circuit of the least power, of the lowest seed where equal.
    """
    given_up = Event()

    def observe(progress: Progress) -> None:
        if given_up.is_set():
            raise KeyboardInterrupt
        if on_progress is not None:
            on_progress(progress)

    def front(seed: int) -> list[FrontPoint]:
        state = None if checkpoint is None else f"{checkpoint}.s{seed}"
        found = evolve_front(
            replace(task, seed=seed),
            bounds,
            stop,
            starts=starts,
            on_progress=observe,
            checkpoint=state,
        )
        return [FrontPoint(bound, seed, result) for bound, result in found]

    with ThreadPoolExecutor(min(seeds, os.cpu_count() or 1)) as pool:
        try:
            fronts = list(pool.map(front, range(task.seed, task.seed + seeds)))
        except BaseException:
            given_up.set()
            pool.shutdown(cancel_futures=True)
            raise
    return [
        min(points, key=lambda point: point.result.power_uw)
        for points in zip(*fronts, strict=True)
    ]


@dataclass(frozen=True)
class _Known:
    netlist: Netlist
    error: float
    power_uw: float

    @classmethod
    def of(cls, task: EvolutionTask, netlist: Netlist) -> "_Known":
        """Measure a circuit as the task does."""
        return cls(netlist, task.error(netlist), power_uw(netlist, task.operands))
