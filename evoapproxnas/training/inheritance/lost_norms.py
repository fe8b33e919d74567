"""Batch normalizations that a child no longer has: what they did goes into the kernel before."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from evoapproxnas.networks import Network
from evoapproxnas.training.inheritance.layers import Place
from evoapproxnas.training.inheritance.starts import Match
from evoapproxnas.training.inheritance.weights import Weights

Arrays = tuple[npt.NDArray[np.float32], ...]

_EPSILON = 1e-3
"""Of the batch normalizations that `build_model` makes: Keras' default."""


def fold_lost_norms(
    parent: Network, places: Mapping[str, Place], weights: Weights, match: Match
) -> tuple[dict[str, Place], Weights]:
    """Return the layers and weights of a parent without the batch norms that nothing inherits.

    Each is folded into the convolution that it alone reads, if that one is inherited: the scale
    into its kernel, the shift into its bias, for heirs that have one.

    Args:
        parent: the network.
        places: its layers by name.
        weights: its weights.
        match: the parent's layer by the child's.
    """
    inherited = set(match.values())
    readers = Counter(name for op in parent.ops for name in op.inputs)
    folded, changed = dict(places), dict(weights)
    for op in parent.ops:
        source = op.inputs[0]
        lost = op.kind == "batch_norm" and op.name not in inherited
        if not lost or source not in inherited or readers[source] > 1:
            continue
        place = places[source]
        if place.op.kind in ("conv2d", "depthwise_conv2d"):
            attributes = tuple(sorted({**dict(place.op.attributes), "bias": True}.items()))
            biased = replace(place.op, attributes=attributes)
            folded[source] = replace(place, op=biased, gives=places[op.name].gives)
            changed[source] = _folded(place.op.kind, weights[source], weights[op.name])
    return folded, changed


def _folded(kind: str, convolution: Arrays, norm: Arrays) -> Arrays:
    """Return a kernel and a bias that do what kernel and batch norm did."""
    gamma, beta, mean, variance = norm
    kernel, *bias = convolution
    scale = gamma / np.sqrt(variance + np.float32(_EPSILON))
    shape = (-1, 1) if kind == "depthwise_conv2d" else (-1,)
    shift = bias[0] if bias else np.zeros_like(beta)
    return kernel * scale.reshape(shape), (shift - mean) * scale + beta
