"""What networks take on a real device, from what their operations take there.

    runtime = get_runtime("litert", threads=1)
    wanted = count_operations_of(random_networks(space, 300, seed=0, purpose="census"), FUSION)
    for step in measure_operations(runtime, list(wanted), table, seconds=600): ...
    table.save(path); load_device_table(path).predict(network).ms

`python -m evoapproxnas hardware measure` does all of it.

- `operation`, `fusion`: what a runtime executes as one; how a `Network` falls apart into these.
- `census`: which operations the networks of a space have, and how many a table lacks.
- `table`: the file, which another machine may hand over; `interpolation` of what it lacks.
- `timing`, `measuring`: many short repetitions of one operation after another.
- `checking`: whole networks, predicted and measured.
- `adapting`: a table made to fit another device by a few networks that were measured there.
- `runtimes`: LiteRT and TensorFlow, the only part that imports them.

For networks of NAS-Bench-201, and devices that only cells were measured on, see `devices`.
"""

from evoapproxnas.hardware.latency.census import (
    Coverage,
    count_operations_of,
    coverage,
    random_networks,
)
from evoapproxnas.hardware.latency.fusion import FUSIONS, Fusion, runtime_operations
from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.hardware.latency.runtimes import RUNTIMES, get_runtime, require_runtime
from evoapproxnas.hardware.latency.table import (
    DeviceTable,
    MeasuredOperation,
    Prediction,
    load_device_table,
)
from evoapproxnas.hardware.latency.timing import Repetitions

__all__ = [
    "FUSIONS",
    "RUNTIMES",
    "Coverage",
    "DeviceTable",
    "Fusion",
    "MeasuredOperation",
    "Operation",
    "Prediction",
    "Repetitions",
    "count_operations_of",
    "coverage",
    "get_runtime",
    "load_device_table",
    "random_networks",
    "require_runtime",
    "runtime_operations",
]
