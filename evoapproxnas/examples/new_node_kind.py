"""A kind of node of one's own: squeeze and expand, two 1x1 convolutions.

A kind is one decorated function that writes primitive operations; shapes, multiplications, keys,
Keras layers, energy and drawings follow from these. Workers need not know it: they are handed
operations. A package of yours makes it known wherever it is installed, by an entry point:

    [project.entry-points."evoapproxnas.nodes"]
    squeeze = "my_package.squeeze:squeeze"
"""

from typing import Any

import evoapproxnas as ea
from evoapproxnas.networks import node_kind
from evoapproxnas.networks.builder import GraphBuilder, Tensor


@node_kind(share=(0.25, 0.5), activation="conv_activations", multiplier="multipliers")
def squeeze(
    graph: GraphBuilder, x: Tensor, *, share: float, activation: str, multiplier: str
) -> Tensor:
    """Mix all channels in fewer ones, and widen these again."""
    channels = x.shape[-1]
    few = max(1, int(share * channels))
    y = graph.conv2d(x, kernel=1, channels=few, multiplier=multiplier)
    y = graph.activation(y, activation)
    return graph.conv2d(y, kernel=1, channels=channels, multiplier=multiplier)


def main(**sections: Any) -> ea.Run:
    """Search networks of convolutions and this kind, and say where it was used.

    Args:
        **sections: more of the configuration, as `ea.search` takes it.
    """
    space = {"nodes": ["conv2d", "squeeze", "max_pooling", "summation"]}
    run = ea.search(**({"space": space | sections.pop("space", {})} | sections))
    for name in run.front()["id"]:
        kinds = [op.node_kind for op in run.network(name).ops if op.kind == "conv2d"]
        print(f"{name}: {kinds.count('squeeze')} of {len(kinds)} convolutions squeeze or expand")
    return run


if __name__ == "__main__":
    main()
