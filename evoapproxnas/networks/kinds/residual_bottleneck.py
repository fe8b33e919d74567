"""The bottleneck residual block."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind
from evoapproxnas.networks.kinds._shortcut import shortcut


@node_kind(kernel="residual_kernels", factor="factors", stride="strides", multiplier="multipliers")
def residual_bottleneck(
    graph: GraphBuilder, x: Tensor, *, kernel: int, factor: float, stride: int, multiplier: str
) -> Tensor:
    """Narrow by `factor` (1x1), convolve (k x k), widen to the input's channels (1x1).

    Post-activation, batch norm after each convolution (He et al., Deep Residual Learning, CVPR
    2016). The k x k convolution carries the stride, as in the revised ResNet ("v1.5"): a strided
    1x1 would ignore three quarters of its input.
    """
    stride = graph.allowed_stride(x, stride)
    narrow = max(1, round(x.channels / factor))
    y = graph.conv2d(x, kernel=1, channels=narrow, multiplier=multiplier)
    y = graph.activation(graph.batch_norm(y), "relu")
    y = graph.conv2d(y, kernel=kernel, channels=narrow, stride=stride, multiplier=multiplier)
    y = graph.activation(graph.batch_norm(y), "relu")
    y = graph.conv2d(y, kernel=1, channels=x.channels, multiplier=multiplier)
    y = graph.batch_norm(y)
    bypass = shortcut(graph, x, channels=x.channels, stride=stride, multiplier=multiplier)
    return graph.activation(graph.add(y, bypass), "relu")
