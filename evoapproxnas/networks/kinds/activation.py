"""An activation function on its own."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(function="activations")
def activation(graph: GraphBuilder, x: Tensor, *, function: str) -> Tensor:
    """Apply `function` to every element; "prelu" learns one slope per channel."""
    return graph.activation(x, function)
