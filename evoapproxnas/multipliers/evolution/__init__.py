"""Evolution of multipliers: less power under a bound on the error.

    EvolutionTask -> evolve -> EvolutionResult (circuit, figures, how it went)
                     evolve_front: one task for every bound, each from the best so far
                     best_front: the same with several seeds in parallel

Numba is loaded when a search starts.
"""

from evoapproxnas.multipliers.evolution.bench import CircuitBench, bench_circuits
from evoapproxnas.multipliers.evolution.front import FrontPoint, best_front, evolve_front
from evoapproxnas.multipliers.evolution.search import EvolutionResult, Progress, Stop, evolve
from evoapproxnas.multipliers.evolution.task import METRICS, EvolutionTask

__all__ = [
    "METRICS",
    "CircuitBench",
    "EvolutionResult",
    "EvolutionTask",
    "FrontPoint",
    "Progress",
    "Stop",
    "bench_circuits",
    "best_front",
    "evolve",
    "evolve_front",
]
