"""The fast level of a search in two levels: a front of assignments for every trained network.

    spread_choices(wanted, ...)   what layers choose from: few multipliers, spread over all powers
    quick_front(model, ...)       a front of some ten assignments, seconds after training

`assign` measures every layer with every multiplier and keeps a study in a folder. Here each layer
is measured with one multiplier, `emulation.conversion.kept_errors` predicts the others, an exact
search over their sums (`sums`) gives a front of predictions, and what promises most (`promise`) is
emulated, in two rounds.
"""

from typing import TYPE_CHECKING

from evoapproxnas.first_use import on_first_use

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

__getattr__ = on_first_use(__name__, _HOMES)
