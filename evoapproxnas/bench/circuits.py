"""How many circuits a second the evolution of multipliers evaluates, next to plain NumPy."""

from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from evoapproxnas.circuits import operand_words, simulate
from evoapproxnas.circuits.generators import exact_multiplier
from evoapproxnas.circuits.simulate import read_numbers
from evoapproxnas.multipliers import exact_table
from evoapproxnas.multipliers.evolution import bench_circuits

_PLAIN_REPEATS = 10


def bench_evolution(threads: list[int], *, seconds: float = 3.0) -> list[dict[str, Any]]:
    """Measure evaluations of an exact 8x8-bit multiplier, all 65,536 operand pairs each.

    Args:
        threads: numbers of searches at the same time, each measured in turn.
        seconds: for each of them.

    Returns:
        For each of them `gates`, `threads`, `per_second`, the rate `plain_per_second` of
        `plain_evaluations_per_second` before and after it, their ratio `times_plain`, and `load`,
        the mean number of running processes over the minute before.
    """
    rows = []
    before = plain_evaluations_per_second()
    for count in threads:
        measured = bench_circuits(seconds=seconds, threads=count)
        after = plain_evaluations_per_second()
        plain = (before + after) / 2
        rows.append(
            {
                "gates": measured.gates,
                "threads": measured.threads,
                "per_second": measured.per_second,
                "plain_per_second": plain,
                "times_plain": measured.per_second / plain,
                "load": measured.load_average,
            }
        )
        before = after
    return rows


def plain_evaluations_per_second() -> float:
    """Return the rate of the yardstick: the same figures by `circuits.simulate`, in one thread.

    That is the product of every operand pair, the mean absolute error, and the share of ones of
    every net, which gives its switching activity.
    """
    netlist, exact = exact_multiplier("dadda"), exact_table(signed=False).ravel()

    def evaluate() -> None:
        nets = simulate(netlist, operand_words())
        np.bitwise_count(nets).sum(axis=1)
        np.abs(read_numbers(nets, netlist.outputs) - exact).mean()

    evaluate()
    times = []
    for _ in range(_PLAIN_REPEATS):
        start = perf_counter()
        evaluate()
        times.append(perf_counter() - start)
    return 1 / median(times)
