"""What a network costs on the accelerator of the configuration: energy, time, area, memory.

System energy counts memories, data movement and adders beside multipliers, which are a small
part of it. Multiplier energy, `energy_nj`, is always reported next to it. With
`hardware.latency_table`, `latency_ms` is that of a device that was measured; `edp` stays the
accelerator's own.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from evoapproxnas.config import RunConfig
from evoapproxnas.hardware.accelerators import (
    Accelerator,
    SystemCost,
    load_accelerator,
    memory_kb,
    system_cost,
)
from evoapproxnas.hardware.energy import Assignment
from evoapproxnas.hardware.latency import load_device_table
from evoapproxnas.hardware.network_layers import network_workload
from evoapproxnas.multipliers import Multiplier, MultiplierChoice
from evoapproxnas.networks import Network
from evoapproxnas.objectives.base import Objective, Subject
from evoapproxnas.records import Figure

_UNITS = {
    "system_energy_nj": "nJ / inference",
    "latency_ms": "ms",
    "edp": "nJ ms",
    "area_mm2": "mm2",
}
_ATTRIBUTES = {"system_energy_nj": "energy_nj"}
"""Of `SystemCost`, where they have another name."""

MEMORY_KB = Objective("memory_kb", "min", "KB", "cheap", lambda s: memory_kb(s.network))


def system_figure(name: str) -> Figure:
    """Say what one of `config.SYSTEM_FIGURES` is."""
    return Figure(name, "min", _UNITS[name], "cheap")


def system_figures(cost: SystemCost, names: Iterable[str]) -> dict[str, float]:
    """Return some of `config.SYSTEM_FIGURES`.

    Raises:
        MultiplierError: for one that needs a figure which a multiplier does not have.
    """
    return {name: float(getattr(cost, _ATTRIBUTES.get(name, name))) for name in names}


def multipliers_of(network: Network, library: Mapping[str, Multiplier]) -> Assignment:
    """Return what the layers of a network multiply with, by path."""
    return {
        path: MultiplierChoice.of(name, library=library)
        for path, name in network.assignment.items()
    }


def system_of(subject: Subject, accelerator: Accelerator) -> SystemCost:
    """Estimate a candidate on an accelerator.

    Raises:
        ConfigError: if a layer does not fit its memories.
    """
    chosen = multipliers_of(subject.network, subject.library)
    return system_cost(network_workload(subject.network), chosen, accelerator)


def _figure(subject: Subject, *, accelerator: Accelerator, name: str) -> float:
    return system_figures(system_of(subject, accelerator), [name])[name]


def _objective(name: str) -> Callable[[RunConfig], Objective]:
    def build(config: RunConfig) -> Objective:
        accelerator = load_accelerator(config.hardware.accelerator)
        measure = partial(_figure, accelerator=accelerator, name=name)
        return Objective(name, "min", _UNITS[name], "cheap", measure)

    return build


def _latency(config: RunConfig) -> Objective:
    """Latency on the device whose table the configuration names, or else on the accelerator."""
    table = config.hardware.latency_table
    if table is None:
        return _objective("latency_ms")(config)
    measure = partial(_device_latency, table=table, interpolate=config.hardware.interpolate)
    return Objective("latency_ms", "min", "ms", "cheap", measure)


def _device_latency(subject: Subject, *, table: str, interpolate: bool) -> float:
    # The file is read here and not before: a worker elsewhere that trains need not have it.
    return load_device_table(table).predict(subject.network, interpolate=interpolate).ms


SYSTEM_ENERGY_NJ = _objective("system_energy_nj")
LATENCY_MS = _latency
EDP = _objective("edp")
AREA_MM2 = _objective("area_mm2")
