"""What a search optimizes: every objective is a figure of a trained, approximated network.

To add an objective, write one file that builds an `Objective` (name, direction, unit, cost, a
function of `Subject`) and list it in `OBJECTIVES` below:

    LATENCY = Objective("latency_ms", "min", "ms", "cheap", lambda s: ... s.network ...)

Its figure is then computed for every candidate, stored, printed and exported; `--set
search.objectives='["error", "latency_ms"]'` makes a search optimize it. `cheap` figures need no
training, `trained` ones do.
"""

from evoapproxnas.errors import unknown_name
from evoapproxnas.objectives.accuracy import ERROR
from evoapproxnas.objectives.base import Objective, Subject
from evoapproxnas.objectives.energy import ENERGY_NJ, RELATIVE_ENERGY
from evoapproxnas.objectives.size import MACS, PARAMETERS

__all__ = [
    "OBJECTIVES",
    "Objective",
    "Subject",
    "get_objective",
]

OBJECTIVES = {o.name: o for o in (ERROR, ENERGY_NJ, RELATIVE_ENERGY, PARAMETERS, MACS)}


def get_objective(name: str) -> Objective:
    """Look an objective up.

    Raises:
        UnknownNameError: with the nearest known names.
    """
    if name not in OBJECTIVES:
        raise unknown_name("objective", name, OBJECTIVES)
    return OBJECTIVES[name]
