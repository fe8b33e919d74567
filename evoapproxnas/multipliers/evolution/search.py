"""Run an evolution in chunks: progress, stopping, checkpoints and the exact check of a bound."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evoapproxnas.cgp import Genotype
from evoapproxnas.cgp.grid import IntArray
from evoapproxnas.circuits import Netlist, power_uw
from evoapproxnas.circuits.cgp_form import from_genotype, node_count, to_genotype
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import encode_json, write_atomically
from evoapproxnas.multipliers.evolution.state import SearchState, load_state
from evoapproxnas.multipliers.evolution.task import EvolutionTask

if TYPE_CHECKING:
    from evoapproxnas.multipliers.evolution.kernels.search import Parent

_CHUNK = 2000
_STEP_BACK = 0.9


@dataclass(frozen=True)
class Stop:
    """When to stop; the first limit that is reached counts, None is no limit.

    Attributes:
        evaluations: of circuits, over all runs of the task.
        seconds: of this run; a result then depends on the speed of the machine.
        stall: evaluations without less energy.
    """

    evaluations: int | None = 100_000
    seconds: float | None = None
    stall: int | None = None

    def __post_init__(self) -> None:
        """Reject a search without end; raises ConfigError."""
        limits = asdict(self)
        if all(limit is None for limit in limits.values()):
            raise ConfigError("an evolution needs a limit: evaluations, seconds or stall")
        for name, limit in limits.items():
            if limit is not None and not 0 <= limit < math.inf:
                raise ConfigError(f"{name}: expected a finite number from 0 on, got {limit}")


@dataclass(frozen=True)
class Progress:
    """Where a search stands; `energy_fj` is per operation, without glitches.

    Attributes:
        evaluations: children that were judged.
        neutral: further children whose circuit is that of their parent.
        energy_fj: of the best one, per operation, fJ.
        start_energy_fj: of the one that it began with.
        improved_at: evaluation of the last improvement.
        seconds: that the search has taken.
    """

    evaluations: int
    neutral: int
    energy_fj: float
    start_energy_fj: float
    improved_at: int
    seconds: float


@dataclass(frozen=True)
class EvolutionResult:
    """What an evolution found.

    Attributes:
        netlist: simplified, with half and full adders; within the bound, and of the least power
            among the start and what the chunks of the search ended with.
        error: its metric, exactly.
        power_uw: under the operands of the task, glitches included.
        progress: at the end.
    """

    netlist: Netlist
    error: float
    power_uw: float
    progress: Progress


def evolve(
    task: EvolutionTask,
    stop: Stop | None = None,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    checkpoint: str | Path | None = None,
) -> EvolutionResult:
    """Minimize power under the bound of the task.

    The same task and number of evaluations give the same circuit, interrupted or not. A
    KeyboardInterrupt passes through; with a checkpoint at most the last chunk of 2,000
    evaluations is lost.

    Args:
        task: what to do.
        stop: when to stop.
        on_progress: called after every chunk.
        checkpoint: JSON file, written after every chunk; a search that it holds is continued.

    Returns:
        The circuit of least power, and how the search came to it.

    Raises:
        MultiplierError: if the checkpoint is not one of this task.
    """
    search = _Search(task, None if checkpoint is None else Path(checkpoint))
    limits, began = stop or Stop(), time.monotonic()
    while True:
        progress = search.progress(time.monotonic() - began)
        if on_progress is not None:
            on_progress(progress)
        if _reached(limits, progress):
            return search.result(progress)
        left = _CHUNK - progress.evaluations % _CHUNK
        if limits.evaluations is not None:
            left = min(left, limits.evaluations - progress.evaluations)
        search.advance(left)


class _Search:
    """One search in progress: the arrays of the compiled loop and what was checked exactly."""

    def __init__(self, task: EvolutionTask, checkpoint: Path | None) -> None:
        from evoapproxnas.multipliers.evolution import arrays

        self._task, self._checkpoint = task, checkpoint
        self._arrays = arrays
        saved = load_state(checkpoint, task) if checkpoint is not None else None
        self._scale = saved.scale if saved else 1.0
        self._problem = arrays.problem_of(task, self._scale)
        self._child = arrays.child_of(task)
        self._begin(np.array(saved.genes if saved else task.genotype.genes))
        self._start_fj = saved.start_fj if saved else float(self._parent.energy_fj[0])
        self._best = np.array(saved.best if saved else self._parent.genes)
        self._best_uw = power_uw(self._netlist(self._best), task.operands)
        self._verified = self._parent.genes.copy()
        if saved:
            self._parent.random[0] = saved.random
            self._parent.counters[:] = saved.counters

    def _begin(self, genes: IntArray) -> None:
        """Make `genes`, which the bound allows, the parent and evaluate them without a limit."""
        from evoapproxnas.multipliers.evolution.kernels.search import accept, assess

        parent: Parent = self._arrays.parent_of(self._task, genes)
        self._child.genes[:] = genes
        limit = float(self._problem.limit[0])
        self._problem.limit[0] = np.inf
        accept(self._problem, parent, self._child, assess(self._problem, parent, self._child))
        self._problem.limit[0] = limit
        parent.counters[:] = 0
        self._parent = parent

    def advance(self, evaluations: int) -> None:
        """Search on, check bound and power exactly, and save."""
        from evoapproxnas.multipliers.evolution.kernels.search import search

        before_fj = float(self._parent.energy_fj[0])
        search(self._problem, self._parent, self._child, evaluations)
        netlist = self._netlist(self._parent.genes)
        if not self._task.allows(netlist):
            # Operands that the simulated ones miss broke the bound: back, and tighten it.
            self._scale *= _STEP_BACK
            self._problem = self._arrays.problem_of(self._task, self._scale)
            self._continue_from(self._verified)
        elif self._parent.energy_fj[0] < before_fj:
            power = power_uw(netlist, self._task.operands)
            if power < self._best_uw:
                self._best, self._best_uw = self._parent.genes.copy(), power
            self._simplify(netlist)
        self._verified = self._parent.genes.copy()
        if self._checkpoint is not None:
            self._save(self._checkpoint)

    def _simplify(self, netlist: Netlist) -> None:
        """Go on from the simplified circuit if that needs less."""
        columns = self._task.genotype.grid.columns
        if netlist.cells and node_count(netlist) <= columns:
            before = self._parent
            self._continue_from(np.array(to_genotype(netlist, columns).genes))
            if self._parent.energy_fj[0] >= before.energy_fj[0]:
                self._parent = before

    def _continue_from(self, genes: IntArray) -> None:
        random, counters = self._parent.random, self._parent.counters
        self._begin(genes)
        self._parent.random[:], self._parent.counters[:] = random, counters

    def progress(self, seconds: float) -> Progress:
        """Tell where the search stands."""
        evaluations, neutral, improved_at = (int(count) for count in self._parent.counters)
        energy_fj = float(self._parent.energy_fj[0])
        return Progress(evaluations, neutral, energy_fj, self._start_fj, improved_at, seconds)

    def result(self, progress: Progress) -> EvolutionResult:
        """Return the circuit of the least power so far."""
        netlist = self._netlist(self._best)
        return EvolutionResult(netlist, self._task.error(netlist), self._best_uw, progress)

    def _netlist(self, genes: IntArray) -> Netlist:
        return from_genotype(Genotype(self._task.genotype.grid, genes))

    def _save(self, path: Path) -> None:
        evaluations, neutral, improved_at = (int(count) for count in self._parent.counters)
        state = SearchState(
            task=self._task.digest,
            genes=tuple(self._parent.genes.tolist()),
            best=tuple(self._best.tolist()),
            random=int(self._parent.random[0]),
            counters=(evaluations, neutral, improved_at),
            scale=self._scale,
            start_fj=self._start_fj,
        )
        write_atomically(path, encode_json(state))


def _reached(stop: Stop, progress: Progress) -> bool:
    stalled = progress.evaluations - progress.improved_at
    return (
        (stop.evaluations is not None and progress.evaluations >= stop.evaluations)
        or (stop.seconds is not None and progress.seconds >= stop.seconds)
        or (stop.stall is not None and stalled >= stop.stall)
    )
