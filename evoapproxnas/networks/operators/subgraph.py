"""Subgraph crossover."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.networks.operators._registry import Draft, Parent, operator
from evoapproxnas.networks.operators.maps import feature_maps
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import IMAGE, Sketch


@operator(weight=1.0, parents=2)
def subgraph(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Let the end of the second parent go on where a part of the first one ends.

    The cut of the second parent is at a map through which everything passes, so that its end is
    a connected subgraph. It goes on from a map of the first parent of the same height and width
    and, if there are such, the same channels.
    """
    head, tail = (parent.sketch for parent in parents)
    cuts = [n for n in tail.steps if n != tail.output and _separates(tail, n)]
    if not cuts or head.output == IMAGE:
        return None
    cut = cuts[int(rng.integers(len(cuts)))]
    wanted = feature_maps(scope, tail)[cut].shape
    maps = feature_maps(scope, head)
    fitting = [n for n in head.steps if maps[n].shape[:2] == wanted[:2]]
    fitting = [n for n in fitting if maps[n].shape == wanted] or fitting
    if not fitting:
        return None
    source = fitting[int(rng.integers(len(fitting)))]
    joined = Sketch({**head.steps, **tail.steps}, tail.output)
    depth = len(tail.needed(tail.output)) - len(tail.needed(cut))
    return Draft(joined.redirected(cut, source), f"last {depth} nodes from the second parent")


def _separates(sketch: Sketch, cut: int) -> bool:
    """Whether the output depends on the image and on what is before `cut` through `cut` alone."""
    before = set(sketch.needed(cut)) - {cut}
    behind = set(sketch.needed(sketch.output)) - before - {cut}
    return not any(
        source in before or source == IMAGE
        for number in behind
        for source in sketch.steps[number].inputs
    )
