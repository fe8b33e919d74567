"""Mutation of one gene that counts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evoapproxnas import cgp
from evoapproxnas.networks.operators._registry import Draft, Parent, operator
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import Sketch


@operator(weight=1.0)
def one_gene(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Redraw one gene of an active node, or the output: see `cgp.mutate_active`."""
    (parent,) = parents
    mutant = cgp.mutate_active(parent.genotype, rng)
    gene = int(np.flatnonzero(mutant.genes != parent.genotype.genes)[0])
    before = {step.place: step for step in parent.sketch.steps.values()}
    child = Sketch.of(mutant)
    for number, step in child.steps.items():
        old = before.get(step.place)
        origin = old.origin if old is not None and old.function == step.function else None
        child = child.with_step(number, replace(step, origin=origin))
    return Draft(child, f"{scope.space.grid.locate(gene)} redrawn", mutant)
