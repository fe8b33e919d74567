"""Another kernel."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.networks.operators._registry import Draft, Parent, operator
from evoapproxnas.networks.operators.scope import Scope


@operator(weight=1.0)
def kernel(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Give one node another kernel size."""
    sketch = parents[0].sketch
    options = []
    for number, step in sketch.steps.items():
        slot = scope.slot(step.function, "kernel")
        if slot is not None:
            genes = scope.genes(step.function, slot)
            options += [(number, slot, g) for g in genes if g != step.parameters[slot]]
    if not options:
        return None
    number, slot, gene = options[int(rng.integers(len(options)))]
    step = sketch.steps[number]
    old, new = (scope.value(step.function, slot, g) for g in (step.parameters[slot], gene))
    words = f"kernel of {scope.kind(step.function)}: {old} -> {new}"
    return Draft(sketch.with_parameter(number, slot, gene), words)
