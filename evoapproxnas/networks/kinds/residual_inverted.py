"""The inverted residual block."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind
from evoapproxnas.networks.kinds._shortcut import shortcut


@node_kind(kernel="residual_kernels", factor="factors", stride="strides", multiplier="multipliers")
def residual_inverted(
    graph: GraphBuilder, x: Tensor, *, kernel: int, factor: float, stride: int, multiplier: str
) -> Tensor:
    """Widen by `factor` (1x1), convolve depthwise (k x k), return to the input's channels (1x1).

    Batch norm after each convolution, ReLU6 after the first two, a linear last one
    (Sandler et al., MobileNetV2, CVPR 2018). With stride 2, where MobileNetV2 has no shortcut,
    the shortcut is projected as in the other residual kinds.
    """
    stride = graph.allowed_stride(x, stride)
    wide = max(1, round(x.channels * factor))
    y = graph.conv2d(x, kernel=1, channels=wide, multiplier=multiplier)
    y = graph.activation(graph.batch_norm(y), "relu6")
    y = graph.depthwise_conv2d(y, kernel=kernel, stride=stride, multiplier=multiplier)
    y = graph.activation(graph.batch_norm(y), "relu6")
    y = graph.conv2d(y, kernel=1, channels=x.channels, multiplier=multiplier)
    y = graph.batch_norm(y)
    return graph.add(
        y, shortcut(graph, x, channels=x.channels, stride=stride, multiplier=multiplier)
    )
