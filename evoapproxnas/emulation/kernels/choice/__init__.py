"""Which kernel `auto` takes for a layer: the one that should be fastest on this machine.

    layer and call -> LayerWork -> quantities -> KernelCost -> seconds -> fastest kernel
    bench machine -> Measurement, in the user's cache folder -^

| module | what stands there |
|---|---|
| `work` | `LayerWork`: a call of a layer in numbers, and the quantities that time depends on |
| `costs` | `KernelCost`: seconds from nanoseconds for each quantity, and what was timed nearby |
| `defaults` | costs of a machine that was not measured |
| `measurement` | what a measurement consists of, and `Machine`: what it is valid for |
| `remembered` | the file it is kept in |
| `here` | the costs of this machine's kernels |
| `fastest` | the choice |

No kernel is named here but in `defaults`: kernels say themselves how many products of their own
stand for one of a table. Times are measured by `bench.measuring`, never on the way: that takes
loops to be compiled and a machine that does nothing else, and all kernels give the same integers.
"""

from evoapproxnas.emulation.kernels.choice.costs import KernelCost
from evoapproxnas.emulation.kernels.choice.defaults import default_costs
from evoapproxnas.emulation.kernels.choice.fastest import fastest_kernel
from evoapproxnas.emulation.kernels.choice.here import MeasurementNotice, remembered_costs
from evoapproxnas.emulation.kernels.choice.machine import Machine, this_machine
from evoapproxnas.emulation.kernels.choice.measurement import (
    KernelTimes,
    Measurement,
    Sample,
    ThreadTimes,
)
from evoapproxnas.emulation.kernels.choice.remembered import (
    MEASUREMENT_VARIABLE,
    Remembered,
    keep,
    recall,
)
from evoapproxnas.emulation.kernels.choice.work import LayerWork, work_of

__all__ = [
    "MEASUREMENT_VARIABLE",
    "KernelCost",
    "KernelTimes",
    "LayerWork",
    "Machine",
    "Measurement",
    "MeasurementNotice",
    "Remembered",
    "Sample",
    "ThreadTimes",
    "default_costs",
    "fastest_kernel",
    "keep",
    "recall",
    "remembered_costs",
    "this_machine",
    "work_of",
]
