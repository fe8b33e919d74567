"""Resilience: what multipliers do to a trained network, and which layer can take which.

    sweep(model, data, ...)             every multiplier, used uniformly: accuracy against energy
    assign(model, data, ...)            a multiplier for each layer: a front of assignments
    retrain_front(model, dataset, ...)  what retraining wins back for members of the front
    finetune(model, data, epochs, ...)  the same for any approximate model
    save_operating_points(model, ...)   members of the front in one model, switched at run time

Models are Keras models or files, data are names, files, arrays or data sets (`given`). `choices`
are what layers can have, `units` what one of them is chosen for, a layer or a group of its
channels (`channel_groups`, `group_sensitivity`), `network` emulates one trained network under
many assignments, `scores` compares outputs, `energy` says what multiplications take, `quick` finds
a front of assignments in seconds for a search that trains many networks, and `journal` keeps what
was measured in a folder, a *study*, which goes on where it was interrupted.
"""

from typing import TYPE_CHECKING

from evoapproxnas.first_use import on_first_use

if TYPE_CHECKING:
    from evoapproxnas.resilience.assignment import assign
    from evoapproxnas.resilience.assignment_records import AssignOptions, AssignResult
    from evoapproxnas.resilience.front_retraining import retrain_front
    from evoapproxnas.resilience.given import PixelScaleWarning
    from evoapproxnas.resilience.operating_points import save_operating_points
    from evoapproxnas.resilience.retraining import FinetuneResult, finetune
    from evoapproxnas.resilience.sweep_records import SweepOptions, SweepResult
    from evoapproxnas.resilience.uniform import sweep

__all__ = [
    "AssignOptions",
    "AssignResult",
    "FinetuneResult",
    "PixelScaleWarning",
    "SweepOptions",
    "SweepResult",
    "assign",
    "finetune",
    "retrain_front",
    "save_operating_points",
    "sweep",
]

_HOMES = {
    "AssignOptions": "assignment_records",
    "AssignResult": "assignment_records",
    "FinetuneResult": "retraining",
    "PixelScaleWarning": "given",
    "SweepOptions": "sweep_records",
    "SweepResult": "sweep_records",
    "assign": "assignment",
    "finetune": "retraining",
    "retrain_front": "front_retraining",
    "save_operating_points": "operating_points",
    "sweep": "uniform",
}

__getattr__ = on_first_use(__name__, _HOMES)
