"""From a design to the search space that can express it, and to its `Network`."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from evoapproxnas.config import GridConfig, SpaceConfig
from evoapproxnas.errors import unknown_name
from evoapproxnas.networks.encoding import Node, encode
from evoapproxnas.networks.kinds import KINDS
from evoapproxnas.networks.network import Network
from evoapproxnas.networks.ops import Shape
from evoapproxnas.networks.space import SearchSpace
from evoapproxnas.networks.zoo.designs import ZOO

_NO_LIMIT = 10**12


def space_with(space: SpaceConfig, *designs: Sequence[Node]) -> SpaceConfig:
    """Return the configuration with what designs need added to its lists.

    New values go to the end of a list, so genes of the old values keep their meaning. Limits
    and grid stay: those of a search are its own, and `encode` and `decode` say which one a
    design breaks.

    Args:
        space: the configuration to start from.
        designs: as in `ZOO`.
    """
    lists: dict[str, tuple[Any, ...]] = {"nodes": space.nodes}
    for node in chain.from_iterable(designs):
        lists["nodes"] = _with(lists["nodes"], node.kind)
        for parameter in KINDS[node.kind].parameters:
            name = parameter.choices
            if isinstance(name, str) and parameter.name in node.values:
                known = lists.get(name, getattr(space, name))
                lists[name] = _with(known, node.values[parameter.name])
    return space.model_copy(update=lists)


def zoo_network(name: str, input_shape: Shape, classes: int) -> Network:
    """Return a network of the zoo, with the multiplier "exact8" in every layer.

    Args:
        name: one of `ZOO`.
        input_shape: (height, width, channels).
        classes: number of logits.

    Raises:
        UnknownNameError: for a name that is not in the zoo.
    """
    if name not in ZOO:
        raise unknown_name("network of the zoo", name, ZOO)
    design = ZOO[name]
    limits = {
        "max_depth": len(design),
        "min_spatial": 1,
        "max_macs": _NO_LIMIT,
        "max_parameters": _NO_LIMIT,
    }
    size = len(design)
    space = SearchSpace.from_config(
        GridConfig(rows=1, columns=size, levels_back=size),
        space_with(SpaceConfig.model_validate(limits), design),
        input_shape=input_shape,
        classes=classes,
        multipliers=("exact8",),
    )
    return space.decode(encode(space, design, np.random.default_rng(0)))


def _with(values: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    return values if value in values else (*values, value)
