"""A multiplier that takes a little less or a little more energy."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.networks.operators._registry import Draft, Parent, operator
from evoapproxnas.networks.operators.scope import Scope


@operator(weight=1.0)
def multiplier(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Give one node a neighbour of its multiplier in the order of their energies."""
    sketch = parents[0].sketch

    def order(name: str) -> tuple[float, str] | None:
        energy = scope.energy_pj.get(name)
        return None if energy is None else (energy, name)

    options = []
    for number, step in sketch.steps.items():
        slot = scope.slot(step.function, "multiplier")
        if slot is not None:
            genes = scope.neighbours(step.function, slot, step.parameters[slot], order)
            options += [(number, slot, gene) for gene in genes]
    if not options:
        return None
    number, slot, gene = options[int(rng.integers(len(options)))]
    step = sketch.steps[number]
    old, new = (scope.value(step.function, slot, g) for g in (step.parameters[slot], gene))
    words = f"multiplier of {scope.kind(step.function)}: {old} -> {new}"
    return Draft(sketch.with_parameter(number, slot, gene), words)
