"""The sum of two maps of any shapes, without parameters."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._fitting import fitted
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(arity=2)
def summation(graph: GraphBuilder, a: Tensor, b: Tensor) -> Tensor:
    """Add `a` and `b` at the smaller height, the smaller width and the larger channel count.

    The larger map is max-pooled down and the narrower one gets channels of zeros. The order of
    the inputs does not matter; a map added to itself is doubled.
    """
    # By falling shape, so that swapped inputs give the same operations.
    first, second = sorted((a, b), key=lambda x: x.shape, reverse=True)
    height = min(first.shape[0], second.shape[0])
    width = min(first.shape[1], second.shape[1])
    channels = max(first.channels, second.channels)
    return graph.add(
        _padded(graph, fitted(graph, first, height, width), channels),
        _padded(graph, fitted(graph, second, height, width), channels),
    )


def _padded(graph: GraphBuilder, x: Tensor, channels: int) -> Tensor:
    return x if x.channels == channels else graph.pad_channels(x, channels)
