"""The depthwise-separable block."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(
    kernel="depthwise_kernels",
    channels="channels",
    stride="strides",
    inner_activation=(True, False),
    activation="conv_activations",
    multiplier="multipliers",
)
def separable(
    graph: GraphBuilder,
    x: Tensor,
    *,
    kernel: int,
    channels: int,
    stride: int,
    inner_activation: bool,
    activation: str,
    multiplier: str,
) -> Tensor:
    """Convolve depthwise (k x k), then pointwise (1x1), with batch norm after each.

    Howard et al., MobileNets, 2017, activate after both; Xception (Chollet, CVPR 2017) does not
    in between: `inner_activation` decides.
    """
    y = graph.depthwise_conv2d(
        x, kernel=kernel, stride=graph.allowed_stride(x, stride), multiplier=multiplier
    )
    y = graph.batch_norm(y)
    if inner_activation:
        y = graph.activation(y, activation, role="inner_act")
    y = graph.batch_norm(graph.conv2d(y, kernel=1, channels=channels, multiplier=multiplier))
    return graph.activation(y, activation)
