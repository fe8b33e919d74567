"""Benchmarks that users can run: how fast this package is on their machine, how well it searches.

    python -m evoapproxnas bench emulation
    python -m evoapproxnas bench circuits
    python -m evoapproxnas bench campaign
    python -m evoapproxnas bench search

`layers` times single layers and `networks` whole ones, each next to TensorFlow in float32 in the
same run; `cases` says with which kernels and tables, `machine` on what, `timing` how. `circuits`
counts evaluations of circuits, `candidate` measures what a campaign does for one network. `search`
compares search algorithms where the truth is known.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "FULL_SHAPES": "layers",
    "QUICK_SHAPES": "layers",
    "Case": "cases",
    "LayerShape": "layers",
    "bench_layers": "layers",
    "bench_networks": "networks",
    "bench_tables": "cases",
    "describe_machine": "machine",
    "layer_cases": "cases",
    "median_seconds": "timing",
    "network_cases": "cases",
}


def __getattr__(name: str) -> Any:
    """Import on first use: comparing searches needs no TensorFlow."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
