"""Average pooling that halves the map."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind()
def average_pooling(graph: GraphBuilder, x: Tensor) -> Tensor:
    """Average 2x2 windows with stride 2; do nothing where the map would get too small."""
    if graph.allowed_stride(x, 2) == 1:
        return x
    return graph.average_pool(x, pool=(2, 2), strides=(2, 2), padding="same")
