"""What approximating a network takes of a process that has just begun: seconds and memory.

    python -m evoapproxnas bench fresh

`process` is what such a process does, `networks` writes the models that it loads, `comparing`
starts it with and without approximate multipliers, in turns.
"""

from evoapproxnas.bench.fresh.comparing import Load, bench_fresh
from evoapproxnas.bench.fresh.networks import write_networks

__all__ = ["Load", "bench_fresh", "write_networks"]
