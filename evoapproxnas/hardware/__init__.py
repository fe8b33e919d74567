"""What the hardware pays for a network: the work of its layers, and the energy of multiplying.

    network_workload(network)        the work of a `Network`, layer by layer, without TensorFlow
    keras_workload(model)            the same of any Keras model
    multiplier_energy_nj(work, ...)  of one inference, with a multiplier for each layer

- `workload`: ONE description of a layer's work; every count and energy follows from it.
- `keras_workload`: reads it off a Keras model; imports Keras where a model is looked at.
- `energy`: what multiplications take: nJ, relative to exact 8-bit, and in MMAC-equivalents.
"""

from evoapproxnas.hardware.energy import (
    MultiplierEnergy,
    mmac_equivalents,
    multiplier_energy,
    multiplier_energy_nj,
)
from evoapproxnas.hardware.keras_workload import keras_workload
from evoapproxnas.hardware.workload import LayerWork, Workload, network_workload

__all__ = [
    "LayerWork",
    "MultiplierEnergy",
    "Workload",
    "keras_workload",
    "mmac_equivalents",
    "multiplier_energy",
    "multiplier_energy_nj",
    "network_workload",
]
