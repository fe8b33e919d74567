"""A block is taken out."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.networks.operators._registry import Draft, Parent, operator
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import Sketch

_FOLLOWERS = ("batch_norm", "activation")
"""Kinds that belong to the convolution before them, and go with it."""


@operator(weight=1.0)
def removal(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Let what reads a node read the node's input instead, or one of its two inputs.

    Batch norm and activation behind a convolution go with it, if nothing else reads between.
    """
    sketch = parents[0].sketch
    steps = sketch.steps
    options = [n for n, step in steps.items() if scope.kind(step.function) not in _FOLLOWERS]
    if not options:
        return None
    number = options[int(rng.integers(len(options)))]
    kind = scope.kind(steps[number].function)
    inputs = steps[number].inputs
    source = inputs[int(rng.integers(len(inputs)))]
    last = number
    if kind in ("conv2d", "depthwise_conv2d"):
        last = _last_follower(scope, sketch, number)
    return Draft(sketch.redirected(last, source), f"{kind} removed")


def _last_follower(scope: Scope, sketch: Sketch, number: int) -> int:
    """Return the last node of the chain of followers behind a node, itself if there is none."""
    readers = sketch.readers(number)
    if number == sketch.output or len(readers) != 1:
        return number
    if scope.kind(sketch.steps[readers[0]].function) not in _FOLLOWERS:
        return number
    return _last_follower(scope, sketch, readers[0])
