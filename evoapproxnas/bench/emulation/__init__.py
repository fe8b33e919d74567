"""How fast emulation is, next to TensorFlow in float32 in the same run.

    python -m evoapproxnas bench emulation

`layers` times single layers and `networks` whole ones; `cases` says with which kernels and tables,
`timing` how, and `regret` what the choice of `auto` loses.
"""

from evoapproxnas.bench.emulation.cases import Case, bench_tables, layer_cases, network_cases
from evoapproxnas.bench.emulation.layers import (
    FULL_SHAPES,
    QUICK_SHAPES,
    LayerShape,
    bench_layers,
)
from evoapproxnas.bench.emulation.networks import bench_networks
from evoapproxnas.bench.emulation.regret import regrets, worst
from evoapproxnas.bench.emulation.timing import median_seconds

__all__ = [
    "FULL_SHAPES",
    "QUICK_SHAPES",
    "Case",
    "LayerShape",
    "bench_layers",
    "bench_networks",
    "bench_tables",
    "layer_cases",
    "median_seconds",
    "network_cases",
    "regrets",
    "worst",
]
