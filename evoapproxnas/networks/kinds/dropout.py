"""Dropout whose rate depends on where in the network it sits."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(low="dropout_min", high="dropout_max")
def dropout(graph: GraphBuilder, x: Tensor, *, low: float, high: float) -> Tensor:
    """Drop activations during training.

    EvoApproxNAS gives a minimum and a maximum without saying more. We read them as a rate that
    grows linearly with depth, from `low` for the first node to `high` for the last.
    """
    return graph.dropout(x, low=low, high=high)
