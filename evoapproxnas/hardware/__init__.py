"""What the hardware pays for a network: the work of its layers, and the energy of multiplying.

    network_workload(network)        the work of a `Network`, layer by layer, without TensorFlow
    keras_workload(model)            the same of any Keras model
    multiplier_energy_nj(work, ...)  of one inference, with a multiplier for each layer
    hw_nas_bench.query(0, "cifar10") what a network of NAS-Bench-201 costs on devices
    LatencyTable.fit(networks, ms)   what operations take on a device, from few measurements

- `workload`: ONE description of a layer's work; every count and energy follows from it.
- `network_layers`: reads it off a `Network`, without TensorFlow.
- `keras_workload`: reads it off a Keras model; imports Keras where a model is looked at.
- `hw_nas_bench`: networks of NAS-Bench-201, and figures of them that a user brings.
- `devices`: latency on a device that nobody has a table of, and how far devices agree.
- `latency`: latency on a real device, by operation and shape; imported by its own name.
- `energy`: what multiplications take: nJ, relative to exact 8-bit, and in MMAC-equivalents.
- `accelerators`: what memories, data movement and time take beside it; imported by its own name.

An operation of `networks.ops` that multiplies has its rule in `network_layers`, a Keras layer in
`keras_workload.layer_work`; whatever has none is listed in `Workload.not_covered`, or an error.
"""

from typing import TYPE_CHECKING

from evoapproxnas.first_use import on_first_use
from evoapproxnas.hardware.energy import (
    MultiplierEnergy,
    mmac_equivalents,
    multiplier_energy,
    multiplier_energy_nj,
)
from evoapproxnas.hardware.keras_workload import keras_workload
from evoapproxnas.hardware.workload import LayerWork, Workload

if TYPE_CHECKING:
    from evoapproxnas.hardware import devices, hw_nas_bench
    from evoapproxnas.hardware.devices import LatencyTable
    from evoapproxnas.hardware.network_layers import network_workload

__all__ = [
    "LatencyTable",
    "LayerWork",
    "MultiplierEnergy",
    "Workload",
    "devices",
    "hw_nas_bench",
    "keras_workload",
    "mmac_equivalents",
    "multiplier_energy",
    "multiplier_energy_nj",
    "network_workload",
]

_FOLDERS = ("devices", "hw_nas_bench")
_HOMES = {"LatencyTable": "devices", "network_workload": "network_layers"}

__getattr__ = on_first_use(__name__, _HOMES, _FOLDERS)
"""Import on first use what emulation does without: SciPy, pandas, networks of campaigns."""
