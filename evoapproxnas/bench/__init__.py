"""Benchmarks that users can run: how fast this package is on their machine.

    python -m evoapproxnas bench emulation
    python -m evoapproxnas bench circuits
    python -m evoapproxnas bench candidate

`layers` times single layers and `networks` whole ones, each next to TensorFlow in float32 in the
same run; `cases` says with which kernels and tables, `machine` on what, `timing` how. `circuits`
counts evaluations of circuits, `candidate` measures what a campaign does for one network.
"""

from evoapproxnas.bench.cases import Case, bench_tables, layer_cases, network_cases
from evoapproxnas.bench.layers import FULL_SHAPES, QUICK_SHAPES, LayerShape, bench_layers
from evoapproxnas.bench.machine import describe_machine
from evoapproxnas.bench.networks import bench_networks
from evoapproxnas.bench.timing import median_seconds

__all__ = [
    "FULL_SHAPES",
    "QUICK_SHAPES",
    "Case",
    "LayerShape",
    "bench_layers",
    "bench_networks",
    "bench_tables",
    "describe_machine",
    "layer_cases",
    "median_seconds",
    "network_cases",
]
