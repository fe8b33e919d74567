"""How good and how fast the analytic accelerator model is.

- `references`: what it is compared with: ZigZag, or what ZigZag said once; `zigzag_runs` lets
  ZigZag work in processes of its own.
- `agreement`: shape by shape and as a summary; `network`: ResNet-8 and where its energy goes.
- `pricing`: how long a network, and many points on many accelerators take.
- `alexnet`: images a second on the description of Eyeriss, beside the published chip.
"""

from evoapproxnas.bench.hardware.agreement import Agreement, Compared, agreement, compare
from evoapproxnas.bench.hardware.alexnet import AlexNet, alexnet_on_eyeriss
from evoapproxnas.bench.hardware.network import NetworkCompared, compare_network
from evoapproxnas.bench.hardware.pricing import (
    TEMPLATES,
    Pricing,
    layers_milliseconds,
    price_points,
)
from evoapproxnas.bench.hardware.references import (
    Recorded,
    Reference,
    Zigzag,
    bench_layers,
    bench_pairs,
    bench_workload,
)
from evoapproxnas.bench.hardware.zigzag_runs import ZigzagRuns

__all__ = [
    "TEMPLATES",
    "Agreement",
    "AlexNet",
    "Compared",
    "NetworkCompared",
    "Pricing",
    "Recorded",
    "Reference",
    "Zigzag",
    "ZigzagRuns",
    "agreement",
    "alexnet_on_eyeriss",
    "bench_layers",
    "bench_pairs",
    "bench_workload",
    "compare",
    "compare_network",
    "layers_milliseconds",
    "price_points",
]
