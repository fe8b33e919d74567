"""How many circuits a second the evolution loop evaluates."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from evoapproxnas.circuits import Cell, Netlist
from evoapproxnas.circuits.netlist import FIRST_INPUT
from evoapproxnas.multipliers.evolution.task import EvolutionTask

_ROUND = 500

_GATES: dict[str, tuple[tuple[tuple[str, *tuple[int, ...]], ...], tuple[int, ...]]] = {
    "and2": ((("and2", 0, 1),), (2,)),
    "half_adder": ((("xor2", 0, 1), ("nand2", 0, 1), ("not", 3)), (2, 4)),
    "full_adder": (
        (("xor2", 0, 1), ("xor2", 3, 2), ("and2", 0, 1), ("and2", 3, 2), ("or2", 5, 6)),
        (4, 7),
    ),
}
"""Gates of cells, and their outputs; pins come first, then the gates."""


@dataclass(frozen=True)
class CircuitBench:
    """Rate of mutation, simulation, MAE and switching activity over all 65,536 operand pairs.

    Attributes:
        gates: active gates of the circuit whose children are evaluated.
        threads: searches at the same time.
        per_second: children as the search evaluates them, simulating what changed; each one to
            the end, none given up early and none accepted, so that the circuit keeps its size.
            Children that equal their parent are not counted.
        load_average: of the machine, over the minute before.
    """

    gates: int
    threads: int
    per_second: float
    load_average: float


def bench_circuits(*, seconds: float = 3.0, threads: int = 2) -> CircuitBench:
    """Measure on an exact multiplier of 350 to 400 gates, one search per thread.

    Args:
        seconds: how long to measure.
        threads: number of searches at the same time.

    Returns:
        Children evaluated per second, and on what.
    """
    start = _start()
    load_average = os.getloadavg()[0]
    tasks = [EvolutionTask(start, bound=100, seed=seed) for seed in range(threads)]
    _measured(tasks[0], 0.0)  # compiles
    with ThreadPoolExecutor(threads) as pool:
        per_second = sum(pool.map(lambda task: _measured(task, seconds), tasks))
    gates = tasks[0].genotype.grid.node_count
    return CircuitBench(gates, threads, per_second, load_average)


def _start() -> Netlist:
    """Return an exact multiplier of plain gates of one and two inputs."""
    from evoapproxnas.circuits.generators import exact_multiplier

    netlist = exact_multiplier("dadda")
    cells: list[Cell] = []
    nets = list(range(FIRST_INPUT + netlist.inputs))
    for cell, _ in netlist.driven_cells():
        pins = [nets[net] for net in cell.inputs]
        gates, outputs = _GATES[cell.kind]
        for kind, *operands in gates:
            pins.append(FIRST_INPUT + netlist.inputs + len(cells))
            cells.append(Cell(kind, tuple(pins[operand] for operand in operands)))
        nets += [pins[output] for output in outputs]
    return Netlist(tuple(cells), tuple(nets[net] for net in netlist.outputs))


def _measured(task: EvolutionTask, seconds: float) -> float:
    """Return evaluations per second of one thread; zero seconds run one round."""
    from evoapproxnas.multipliers.evolution.arrays import child_of, parent_of, problem_of
    from evoapproxnas.multipliers.evolution.kernels.search import (
        EVALUATIONS,
        accept,
        assess,
        search,
    )

    problem, child = problem_of(task, 1.0), child_of(task)
    parent = parent_of(task, task.genotype.genes)
    problem.limit[0] = np.inf
    accept(problem, parent, child, assess(problem, parent, child))
    parent.energy_fj[0] = 0.0  # nothing is better, so nothing is accepted
    first, began = int(parent.counters[EVALUATIONS]), time.perf_counter()
    while True:
        search(problem, parent, child, _ROUND)
        elapsed = time.perf_counter() - began
        if elapsed >= seconds:
            return (int(parent.counters[EVALUATIONS]) - first) / elapsed
