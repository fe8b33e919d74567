"""From a parent's weights to those that its child begins with: arrays only, no TensorFlow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks import Network
from evoapproxnas.networks.checked_ops import INPUT_NAME
from evoapproxnas.training.inheritance.channels import NO_ROOT, Channels, Values, through
from evoapproxnas.training.inheritance.importance import chosen, importance
from evoapproxnas.training.inheritance.kernels import Size
from evoapproxnas.training.inheritance.layers import Place, Settled, Spot, inherited
from evoapproxnas.training.inheritance.lost_norms import fold_lost_norms
from evoapproxnas.training.inheritance.newcomers import started
from evoapproxnas.training.inheritance.starts import Match, Start, starts
from evoapproxnas.training.inheritance.weights import Weights

Change = Literal["kept", "widened", "narrowed", "new"]

_ONE_CHANNEL_EACH = ("batch_norm", "depthwise_conv2d", "activation")


@dataclass(frozen=True)
class Transfer:
    """What a child begins with.

    Attributes:
        layers: every layer with weights by name, in the child's order.
        changes: what became of each.
        preserved: whether the child computes what its parent does, but for rounding.
    """

    layers: Mapping[str, Settled]
    changes: Mapping[str, Change]
    preserved: bool


def transfer(
    child: Network, parent: Network, match: Match, *, weights: Weights, fresh: Weights
) -> Transfer:
    """Settle every layer of a child.

    Args:
        child: the network to begin with.
        parent: the network whose weights there are.
        match: the parent's layer by the child's; None or nothing for a new layer.
        weights: the parent's.
        fresh: the child's initial ones.

    Raises:
        ConfigError: a layer is matched with one that does not exist or of another kind, or
            weights are missing or not as many as the networks say.
    """
    _check_match(child, parent, match)
    _check_weights(parent, weights)
    _check_weights(child, fresh)
    values = Values()
    old = _traced(parent, values)
    how = starts(child, parent, match)
    scales = importance(parent, old, weights)
    old, weights = fold_lost_norms(parent, old, weights, match)
    maps = {INPUT_NAME: old[INPUT_NAME].gives}
    sizes = _sizes(child)
    layers: dict[str, Settled] = {}
    for op in child.ops:
        inputs = [maps[name] for name in op.inputs]
        if not op.parameters:
            maps[op.name] = through(op, inputs, values)
            continue
        spot = Spot(op, sizes[op.inputs[0]], inputs[0])
        own, other = fresh[op.name], match.get(op.name)
        if other is None:
            how_it_starts = how.get(op.name, Start.IDENTITY)
            layers[op.name] = started(spot, own, how_it_starts, values)
        else:
            kept = chosen(old[other], op.shape[-1], scales)
            layers[op.name] = inherited(
                spot, old[other], weights[other], own, kept=kept, values=values
            )
        maps[op.name] = layers[op.name].gives
    ends = maps[child.ops[-1].name], old[parent.ops[-1].name].gives
    changes = {name: _change(x, weights, match.get(name)) for name, x in layers.items()}
    return Transfer(layers, changes, np.array_equal(ends[0].values, ends[1].values))


def _traced(parent: Network, values: Values) -> dict[str, Place]:
    """Number the channels of the parent; the image is there as what "input" gives."""
    sizes = _sizes(parent)
    numbers = values.of_layer(INPUT_NAME, range(parent.input_shape[-1]))
    image = Channels(numbers, numbers)
    places: dict[str, Place] = {}
    maps = {INPUT_NAME: image}
    for op in parent.ops:
        inputs = [maps[name] for name in op.inputs]
        if op.parameters:
            numbers = values.of_layer(op.name, range(op.shape[-1]))
            roots = numbers
            if op.kind in _ONE_CHANNEL_EACH:
                roots = np.where(inputs[0].roots == NO_ROOT, numbers, inputs[0].roots)
            maps[op.name] = Channels(numbers, roots)
        else:
            maps[op.name] = through(op, inputs, values)
        places[op.name] = Place(op, sizes[op.inputs[0]], inputs[0], maps[op.name])
    places[INPUT_NAME] = Place(parent.ops[0], sizes[INPUT_NAME], image, image)
    return places


def _sizes(network: Network) -> dict[str, Size]:
    """Return (height, width) of every map; of a vector, as if it were a single pixel."""
    shapes = {INPUT_NAME: network.input_shape} | {op.name: op.shape for op in network.ops}
    return {
        name: (shape[0], shape[1]) if len(shape) == 3 else (1, 1) for name, shape in shapes.items()
    }


def _change(settled: Settled, weights: Weights, other: str | None) -> Change:
    if other is None or not any(taken.any() for taken in settled.taken):
        return "new"
    given = weights[other]
    sizes = list(zip(settled.variables[0].shape, given[0].shape, strict=True))
    if any(ours < theirs for ours, theirs in sizes) or len(given) > len(settled.variables):
        return "narrowed"
    if all(taken.all() for taken in settled.taken):
        return "kept"
    return "widened"


def _check_match(child: Network, parent: Network, match: Match) -> None:
    ours, theirs = ({x.name: x.kind for x in net.ops if x.parameters} for net in (child, parent))
    for name, other in match.items():
        if other is not None and (name not in ours or ours[name] != theirs.get(other)):
            raise ConfigError(
                f"match of layer {name!r} ({ours.get(name, 'no layer of the child')}): expected "
                f"a layer of the parent of the same kind, or None, got {other!r} "
                f"({theirs.get(other, 'no layer of the parent')}); match these two networks anew"
            )


def _check_weights(network: Network, weights: Weights) -> None:
    for op in network.ops:
        count = sum(array.size for array in weights.get(op.name, ()))
        if count != op.parameters:
            raise ConfigError(
                f"weights of layer {op.name!r}: expected {op.parameters:,} numbers, got "
                f"{count:,}; give the weights of a model that was built from this network"
            )
