"""What accelerators pay for a network: energy of data, cycles, area and memory.

    accelerator = load_accelerator("eyeriss")            # or a path that ends in .toml
    cost = system_cost(network_workload(network), {"conv": multiplier}, accelerator)
    cost.energy_nj, cost.multiplier_nj, cost.latency_ms, cost.area_mm2

An analytic model without simulation: each layer is a nest of loops; what the dataflow spreads over
the array is taken out, and for every order of the rest, tiles are as large as the memories allow.
The order that takes least energy counts. It shares its assumptions with ZigZag, and so gives
its figures for the same memories: `python -m evoapproxnas bench hardware` compares them.

- `description`: `Accelerator`, `Memory`; `reading`: from TOML; `technology`: 45 nm figures.
- `variants`: the same with another array, buffers or dataflow, by names such as "eyeriss@8x16".
- `loops`, `orders/`, `layer_cost`: the best order of a layer's loops, and what moves then; one
  layer with all its figures, or energy and cycles of many at once.
- `estimate`: a network with its multipliers; `footprint`: the memory that it needs.

To add an accelerator, write a TOML file as those in this folder, which say where figures are
from; memories without stated energies and areas get those of `technology`.
"""

from evoapproxnas.hardware.accelerators.description import Accelerator, Memory
from evoapproxnas.hardware.accelerators.estimate import (
    DataCost,
    LayerSystem,
    SystemCost,
    data_cost,
    price_all,
    system_cost,
)
from evoapproxnas.hardware.accelerators.footprint import (
    activations_kb,
    layers_peak_kb,
    memory_kb,
    weights_kb,
)
from evoapproxnas.hardware.accelerators.layer_cost import (
    Access,
    LayerCost,
    layer_cost,
    shape_costs,
)
from evoapproxnas.hardware.accelerators.loops import Shape
from evoapproxnas.hardware.accelerators.reading import (
    accelerator_digest,
    accelerator_names,
    accelerator_toml,
    load_accelerator,
    parse_accelerator,
)
from evoapproxnas.hardware.accelerators.variants import buffer_kb, variant_text

__all__ = [
    "Access",
    "Accelerator",
    "DataCost",
    "LayerCost",
    "LayerSystem",
    "Memory",
    "Shape",
    "SystemCost",
    "accelerator_digest",
    "accelerator_names",
    "accelerator_toml",
    "activations_kb",
    "buffer_kb",
    "data_cost",
    "layer_cost",
    "layers_peak_kb",
    "load_accelerator",
    "memory_kb",
    "parse_accelerator",
    "price_all",
    "shape_costs",
    "system_cost",
    "variant_text",
    "weights_kb",
]
