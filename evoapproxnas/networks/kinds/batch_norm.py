"""Batch normalization on its own."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind()
def batch_norm(graph: GraphBuilder, x: Tensor) -> Tensor:
    """Normalize each channel (Ioffe and Szegedy 2015)."""
    return graph.batch_norm(x)
