"""What a network costs on the accelerator of the configuration: energy, time, area, memory.

System energy counts memories, data movement and adders beside multipliers, which are a small
part of it. Multiplier energy, `energy_nj`, is always reported next to it.
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
from evoapproxnas.hardware.workload import network_workload
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


SYSTEM_ENERGY_NJ = _objective("system_energy_nj")
LATENCY_MS = _objective("latency_ms")
EDP = _objective("edp")
AREA_MM2 = _objective("area_mm2")
