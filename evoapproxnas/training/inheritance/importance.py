"""Which channels a narrower layer keeps: those that its parent's normalizations scale up most."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from evoapproxnas.networks import Network
from evoapproxnas.training.inheritance.channels import NO_ROOT, Index
from evoapproxnas.training.inheritance.layers import Place
from evoapproxnas.training.inheritance.weights import Weights

Importance = Mapping[int, float]
"""By root; channels that a sum joins have one importance, so that they stay together."""


def importance(parent: Network, places: Mapping[str, Place], weights: Weights) -> Importance:
    """Return the sum of the scales of all batch normalizations that read a channel.

    Source: Z. Liu et al., "Learning Efficient Convolutional Networks through Network Slimming",
    ICCV 2017.
    """
    joined: dict[int, int] = {}
    for op in parent.ops:
        if op.kind == "add":
            pairs = zip(*(places[name].gives.roots.tolist() for name in op.inputs), strict=True)
            for a, b in pairs:
                if NO_ROOT not in (a, b) and _first(joined, a) != _first(joined, b):
                    joined[_first(joined, a)] = _first(joined, b)
    found: dict[int, float] = defaultdict(float)
    for op in parent.ops:
        if op.kind == "batch_norm":
            roots = places[op.name].reads.roots.tolist()
            for root, scale in zip(roots, np.abs(weights[op.name][0]).tolist(), strict=True):
                found[_first(joined, root)] += scale
    roots = {root for place in places.values() for root in place.gives.roots.tolist()}
    return {root: found[_first(joined, root)] for root in roots if root != NO_ROOT}


def chosen(old: Place, count: int, importance: Importance) -> Index:
    """Return the channels of a layer's output that `count` channels of its heir stand for."""
    available = len(old.gives.roots)
    if count >= available:
        return np.arange(available)
    scores = [-importance.get(root, 0.0) for root in old.gives.roots.tolist()]
    return np.sort(np.argsort(scores, kind="stable")[:count])


def _first(joined: Mapping[int, int], root: int) -> int:
    while root in joined:
        root = joined[root]
    return root
