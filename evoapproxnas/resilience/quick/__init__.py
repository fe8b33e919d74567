"""The fast level of a search in two levels: a front of assignments for every trained network.

    spread_choices(wanted, ...)   what layers choose from: few multipliers, spread over all powers
    quick_front(model, ...)       a front of some ten assignments, seconds after training

`assign` measures every layer with every multiplier and keeps a study in a folder. Here each layer
is measured with one multiplier, `emulation.conversion.kept_errors` predicts the others, an exact
search over their sums (`sums`) gives a front of predictions, and what promises most (`promise`) is
emulated, in two rounds.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evoapproxnas.resilience.quick.front import quick_front
    from evoapproxnas.resilience.quick.records import QuickFront, QuickOptions, QuickPoint
    from evoapproxnas.resilience.quick.spread import spread_choices

__all__ = ["QuickFront", "QuickOptions", "QuickPoint", "quick_front", "spread_choices"]

_HOMES = {
    "QuickFront": "records",
    "QuickOptions": "records",
    "QuickPoint": "records",
    "quick_front": "front",
    "spread_choices": "spread",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
