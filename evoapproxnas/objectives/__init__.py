"""What a search optimizes: every objective is a figure of a trained, approximated network.

To add an objective, write one file that builds an `Objective` (name, direction, unit, cost, a
function of `Subject`) and list it in `OBJECTIVES` below, as it is or, where it has parameters
(a device, an accelerator), as a function of the configuration that builds it:

    LATENCY = Objective("latency_ms", "min", "ms", "cheap", lambda s: ... s.network ...)

Another package registers one by an entry point of group `evoapproxnas.objectives`;
`examples.new_objective` is one. It is computed where `search.objectives` or `search.limits` names
it, or where it is one of the few that are always `REPORTED`. `cheap` figures need no training,
`trained` ones do.
"""

from collections.abc import Callable
from typing import Literal

from evoapproxnas.config import RunConfig
from evoapproxnas.extensions import look_up
from evoapproxnas.objectives.accuracy import ERROR
from evoapproxnas.objectives.base import Objective, Subject
from evoapproxnas.objectives.energy import ENERGY_NJ, RELATIVE_ENERGY
from evoapproxnas.objectives.size import MACS, PARAMETERS
from evoapproxnas.objectives.system import (
    AREA_MM2,
    EDP,
    LATENCY_MS,
    MEMORY_KB,
    SYSTEM_ENERGY_NJ,
)

__all__ = [
    "OBJECTIVES",
    "REPORTED",
    "Objective",
    "Subject",
    "get_objective",
    "measure",
]

GROUP = "evoapproxnas.objectives"
"""Entry points of other packages' objectives, and of functions that build them."""
REPORTED = {o.name: o for o in (ERROR, ENERGY_NJ, RELATIVE_ENERGY, PARAMETERS, MACS)}
OBJECTIVES: dict[str, Objective | Callable[[RunConfig], Objective]] = {
    **REPORTED,
    "system_energy_nj": SYSTEM_ENERGY_NJ,
    "latency_ms": LATENCY_MS,
    "edp": EDP,
    "area_mm2": AREA_MM2,
    "memory_kb": MEMORY_KB,
}


def get_objective(name: str, config: RunConfig) -> Objective:
    """Look an objective up, as a configuration builds it.

    Args:
        name: of this package's objectives, or another one's.
        config: what is handed to an objective that depends on it.

    Raises:
        UnknownNameError: with the nearest known names.
        ConfigError: if another package registers it and it cannot be imported.
    """
    known = look_up(name, OBJECTIVES, kind="objective", group=GROUP)
    return known if isinstance(known, Objective) else known(config)


def measure(
    subject: Subject, config: RunConfig, *, cost: Literal["cheap", "trained"]
) -> dict[str, float]:
    """Return the figures of one cost that a run asks for, or that are always reported.

    Args:
        subject: the network with its multipliers.
        config: of the run.
        cost: whether figures follow from the network, or from its training.
    """
    asked = [*REPORTED, *config.search.objectives, *config.search.limits]
    objectives = [get_objective(name, config) for name in dict.fromkeys(asked)]
    return {o.name: o.measure(subject) for o in objectives if o.cost == cost}
