"""A convolution followed by its activation."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(
    kernel="conv_kernels",
    channels="channels",
    stride="strides",
    activation="conv_activations",
    bias=(False, True),
    multiplier="multipliers",
)
def conv2d(
    graph: GraphBuilder,
    x: Tensor,
    *,
    kernel: int,
    channels: int,
    stride: int,
    activation: str,
    bias: bool,
    multiplier: str,
) -> Tensor:
    """Convolve, then activate."""
    y = graph.conv2d(
        x,
        kernel=kernel,
        channels=channels,
        stride=graph.allowed_stride(x, stride),
        bias=bias,
        multiplier=multiplier,
    )
    return graph.activation(y, activation)
