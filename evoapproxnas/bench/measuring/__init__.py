"""How long kernels take on this machine, so that `auto` knows (`emulation.kernels.choice`).

    python -m evoapproxnas bench machine

`layers` says on what, `timing` calls each kernel on it, `fitting` finds what a quantity costs, and
`processes` does so with one thread and with all, in processes of their own: TensorFlow's threads
are fixed when it starts.
"""

from evoapproxnas.bench.measuring.fitting import fit_constants
from evoapproxnas.bench.measuring.layers import FEW_LAYERS, MEASURED_LAYERS, MeasuredLayer
from evoapproxnas.bench.measuring.processes import measure_machine
from evoapproxnas.bench.measuring.summary import summarize
from evoapproxnas.bench.measuring.timing import time_kernels

__all__ = [
    "FEW_LAYERS",
    "MEASURED_LAYERS",
    "MeasuredLayer",
    "fit_constants",
    "measure_machine",
    "summarize",
    "time_kernels",
]
