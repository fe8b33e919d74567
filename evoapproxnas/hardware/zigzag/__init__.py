"""ZigZag as the reference of the analytic accelerator model: another program's figures.

    cost = zigzag_layer_cost(Shape.of(layer), load_accelerator("eyeriss"))
    system_cost(work, assignment, accelerator, price=zigzag_layer_cost)    # a whole network

ZigZag (L. Mei et al., IEEE Trans. Computers 2021; `zigzag-dse` on PyPI, extra `zigzag`) takes 0.1
to several seconds for a shape, so it is no part of any search; what it found is kept on the disk.
It gets the same layer, memories and spread over the array as the analytic model, and both try the
same orders of loops; how much moves, what that takes and how long it lasts ZigZag finds by itself.

- `inputs`: a shape and an accelerator as ZigZag reads them; `evaluation`: ZigZag, without the
  files, prints and logging of its own interface; imports it, and is imported on first use.
- `cache`: results on the disk; `reference`: both together, behind `layer_cost`'s interface.
- `recorded`: 34 shapes that ZigZag evaluated once, for machines without it.
"""

from evoapproxnas.hardware.zigzag.cache import ZigzagCache
from evoapproxnas.hardware.zigzag.recorded import RecordedLayer, recorded_layers
from evoapproxnas.hardware.zigzag.reference import (
    evaluate_layer,
    missing_zigzag,
    require_zigzag,
    zigzag_layer_cost,
)

__all__ = [
    "RecordedLayer",
    "ZigzagCache",
    "evaluate_layer",
    "missing_zigzag",
    "recorded_layers",
    "require_zigzag",
    "zigzag_layer_cost",
]
