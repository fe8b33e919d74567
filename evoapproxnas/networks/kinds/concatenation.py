"""Two maps of any sizes, one behind the other."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._fitting import fitted
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(arity=2)
def concatenation(graph: GraphBuilder, a: Tensor, b: Tensor) -> Tensor:
    """Put the channels of `b` behind those of `a`, at the smaller height and width.

    The larger map is max-pooled down, as in `summation`.
    """
    height, width = (min(a.shape[axis], b.shape[axis]) for axis in (0, 1))
    return graph.concat(fitted(graph, a, height, width), fitted(graph, b, height, width))
