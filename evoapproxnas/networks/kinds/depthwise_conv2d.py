"""A depthwise convolution followed by its activation."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(
    kernel="conv_kernels",
    stride="strides",
    activation="conv_activations",
    bias=(False, True),
    multiplier="multipliers",
)
def depthwise_conv2d(
    graph: GraphBuilder,
    x: Tensor,
    *,
    kernel: int,
    stride: int,
    activation: str,
    bias: bool,
    multiplier: str,
) -> Tensor:
    """Convolve each channel on its own, then activate."""
    y = graph.depthwise_conv2d(
        x,
        kernel=kernel,
        stride=graph.allowed_stride(x, stride),
        bias=bias,
        multiplier=multiplier,
    )
    return graph.activation(y, activation)
