"""Evolution of multipliers: less power under a bound on the error.

    EvolutionTask -> evolve -> EvolutionResult (circuit, figures, how it went)
                     evolve_front: one task for every bound, each from the result before

Numba is loaded when a search starts.
"""

from evoapproxnas.multipliers.evolution.bench import CircuitBench, bench_circuits
from evoapproxnas.multipliers.evolution.search import (
    EvolutionResult,
    Progress,
    Stop,
    evolve,
    evolve_front,
)
from evoapproxnas.multipliers.evolution.task import METRICS, EvolutionTask

__all__ = [
    "METRICS",
    "CircuitBench",
    "EvolutionResult",
    "EvolutionTask",
    "Progress",
    "Stop",
    "bench_circuits",
    "evolve",
    "evolve_front",
]
