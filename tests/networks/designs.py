"""Search spaces and designs that the tests of networks share."""

import numpy as np

from evoapproxnas.config import GridConfig, SpaceConfig
from evoapproxnas.networks import IMAGE, Node, SearchSpace, encode

MULTIPLIERS = ("mul8u_a", "mul8u_b")


def make_space(
    input_shape=(8, 8, 1),
    *,
    rows=4,
    columns=20,
    levels_back=20,
    multipliers=MULTIPLIERS,
    classes=10,
    **space,
):
    options = {"channels": (4, 6, 8), "min_depth": 1, **space}
    return SearchSpace.from_config(
        GridConfig(rows=rows, columns=columns, levels_back=levels_back),
        SpaceConfig(**options),
        input_shape=input_shape,
        classes=classes,
        multipliers=multipliers,
    )


def build(space, *nodes):
    """Decode a design; the placement of inactive genes is random but fixed."""
    return space.decode(encode(space, nodes, np.random.default_rng(0)))


def conv(inputs=(IMAGE,), **values):
    return Node("conv2d", inputs, values)


def reordered(nodes, rng):
    """Write the same design in another topological order, sums with swapped inputs."""
    place = {IMAGE: IMAGE}
    shuffled = []
    waiting = list(range(len(nodes) - 1))
    while waiting:
        ready = [i for i in waiting if all(source in place for source in nodes[i].inputs)]
        chosen = int(rng.choice(ready))
        waiting.remove(chosen)
        place[chosen] = len(shuffled)
        shuffled.append(nodes[chosen])
    old = {new: i for i, new in place.items()}
    order = [old[i] for i in range(len(shuffled))] + [len(nodes) - 1]
    return [
        Node(
            nodes[i].kind,
            tuple(place[s] for s in rng.permutation(nodes[i].inputs)),
            nodes[i].values,
        )
        for i in order
    ]
