"""Channels by a step: of one node, or of all that are as wide."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.networks.operators._registry import Draft, Parent, operator
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import Sketch


@operator(weight=2.0)
def channels(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Give one node the next smaller or larger number of channels."""
    sketch = parents[0].sketch
    options = _steps(scope, sketch)
    if not options:
        return None
    number, slot, gene = options[int(rng.integers(len(options)))]
    step = sketch.steps[number]
    old, new = (scope.value(step.function, slot, g) for g in (step.parameters[slot], gene))
    words = f"channels of {scope.kind(step.function)}: {old} -> {new}"
    return Draft(sketch.with_parameter(number, slot, gene), words)


@operator(weight=1.0)
def width(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Take a step with all nodes of one number of channels, such as a stage of blocks."""
    sketch = parents[0].sketch
    options = _steps(scope, sketch)
    changes: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for number, slot, gene in options:
        step = sketch.steps[number]
        old, new = (scope.value(step.function, slot, g) for g in (step.parameters[slot], gene))
        changes.setdefault((old, new), []).append((number, slot, gene))
    if not changes:
        return None
    old, new = sorted(changes)[int(rng.integers(len(changes)))]
    for number, slot, gene in changes[old, new]:
        sketch = sketch.with_parameter(number, slot, gene)
    return Draft(sketch, f"channels of {len(changes[old, new])} nodes: {old} -> {new}")


def _steps(scope: Scope, sketch: Sketch) -> list[tuple[int, int, int]]:
    """Return all changes by a step: the node, the parameter's slot, the new gene."""
    found = []
    for number, step in sketch.steps.items():
        slot = scope.slot(step.function, "channels")
        if slot is not None:
            gene = step.parameters[slot]
            genes = scope.neighbours(step.function, slot, gene, order=int)
            found += [(number, slot, gene) for gene in genes]
    return found
