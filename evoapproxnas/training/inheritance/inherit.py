"""A child takes over what its parent has learned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks import Network
from evoapproxnas.training.inheritance.layers import Settled
from evoapproxnas.training.inheritance.starts import Match
from evoapproxnas.training.inheritance.statistics import settle_batch_norm
from evoapproxnas.training.inheritance.transfer import Change, transfer
from evoapproxnas.training.inheritance.weights import Weights, load_weights, weights_of


@dataclass(frozen=True)
class Inherited:
    """Where a child's first weights came from.

    Attributes:
        changes: by layer, in the child's order: "kept" is whole, "widened" has more, "narrowed"
            less than the parent's in some respect; "new" has no counterpart, or one that read
            other things.
        share: of the child's numbers, those that are its parent's, 0..1.
        preserved: whether the child computes at first what its parent does, but for rounding.
    """

    changes: Mapping[str, Change]
    share: float
    preserved: bool


def inherit(
    model: Any,
    child: Network,
    parent: Network,
    weights: Weights,
    match: Match,
    *,
    images: npt.NDArray[np.uint8],
    shrink: float = 1.0,
    perturb: float = 0.0,
) -> Inherited:
    """Write into a freshly built model what its parent knows.

    Channels correspond by what they compute, wherever they stand; a wider layer begins with its
    parent's, a narrower one has those of the largest scales. New channels keep their random
    weights and count for nothing at first where they are read; kernels grow and shrink around
    their centre. New layers pass on what they get, a new branch of a sum begins with zeros;
    batch normalizations that are lost are folded into the convolution before them.
    Kernels k that are inherited become `shrink * k + perturb * fresh`, as warm-started networks
    else generalize worse (J. Ash, R. Adams, "On Warm-Starting Neural Network Training", 2020).

    Statistics of inherited normalizations are the parent's; measure them anew before the child is
    measured (`reestimate_batch_norm`).

    Args:
        model: of `child`, as `build_model` made it: what is not inherited keeps its weights.
        child: its network.
        parent: the network that the weights belong to.
        weights: the parent's.
        match: the parent's layer by the child's, None or nothing for a new one.
        images: shape (n, height, width, channels), as training sees them
            (`statistics_images`); new batch normalizations take their
            statistics, to begin as the identity.
        shrink: factor of inherited kernels, 0..1.
        perturb: factor of the child's own initial kernels, not negative.

    Returns:
        What was taken over.

    Raises:
        ConfigError: factors out of range, or match or weights do not belong to these networks.
        DatasetError: if there is no image.
    """
    if not (0.0 <= shrink <= 1.0 and 0.0 <= perturb <= 1.0):
        raise ConfigError(
            f"inherit: expected shrink and perturb from 0 to 1, got {shrink} and {perturb}"
        )
    fresh = weights_of(model)
    result = transfer(child, parent, match, weights=weights, fresh=fresh)
    kernels = {op.name for op in child.ops if op.kind in _WITH_KERNEL}
    written = {
        name: _shaken(layer, fresh[name], shrink, perturb) if name in kernels else layer.variables
        for name, layer in result.layers.items()
    }
    load_weights(model, {**fresh, **written})
    carried = {name: x.carried for name, x in result.layers.items() if x.carried is not None}
    if carried:
        settle_batch_norm(model, carried, images)
    taken = sum(int(mask.sum()) for layer in result.layers.values() for mask in layer.taken)
    return Inherited(
        changes=result.changes,
        share=taken / child.parameters,
        preserved=result.preserved and (shrink, perturb) == (1.0, 0.0),
    )


_WITH_KERNEL = ("conv2d", "depthwise_conv2d", "dense")


def _shaken(
    layer: Settled, fresh: tuple[npt.NDArray[np.float32], ...], shrink: float, perturb: float
) -> tuple[npt.NDArray[np.float32], ...]:
    """Shrink and perturb what is inherited of a kernel."""
    kernel, *others = layer.variables
    mixed = np.float32(shrink) * kernel + np.float32(perturb) * fresh[0]
    return (np.where(layer.taken[0], mixed, kernel), *others)
