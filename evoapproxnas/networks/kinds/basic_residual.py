"""The basic residual block."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind
from evoapproxnas.networks.kinds._shortcut import shortcut


@node_kind(
    kernel="residual_kernels",
    channels="channels",
    stride="strides",
    preactivation=(False, True),
    multiplier="multipliers",
)
def basic_residual(
    graph: GraphBuilder,
    x: Tensor,
    *,
    kernel: int,
    channels: int,
    stride: int,
    preactivation: bool,
    multiplier: str,
) -> Tensor:
    """Two convolutions around a shortcut; the first one carries the stride.

    Post-activation: conv, BN, ReLU, conv, BN, add, ReLU (He et al., Deep Residual Learning,
    CVPR 2016). Pre-activation: BN, ReLU, conv, BN, ReLU, conv, add; a projected shortcut reads
    the activated map (He et al., Identity Mappings, ECCV 2016).
    """
    stride = graph.allowed_stride(x, stride)
    build = _preactivated if preactivation else _postactivated
    return build(graph, x, kernel, channels, stride, multiplier)


def _postactivated(
    graph: GraphBuilder, x: Tensor, kernel: int, channels: int, stride: int, multiplier: str
) -> Tensor:
    y = graph.conv2d(x, kernel=kernel, channels=channels, stride=stride, multiplier=multiplier)
    y = graph.activation(graph.batch_norm(y), "relu")
    y = graph.conv2d(y, kernel=kernel, channels=channels, multiplier=multiplier)
    y = graph.batch_norm(y)
    bypass = shortcut(graph, x, channels=channels, stride=stride, multiplier=multiplier)
    return graph.activation(graph.add(y, bypass), "relu")


def _preactivated(
    graph: GraphBuilder, x: Tensor, kernel: int, channels: int, stride: int, multiplier: str
) -> Tensor:
    activated = graph.activation(graph.batch_norm(x), "relu")
    y = graph.conv2d(
        activated, kernel=kernel, channels=channels, stride=stride, multiplier=multiplier
    )
    y = graph.activation(graph.batch_norm(y), "relu")
    y = graph.conv2d(y, kernel=kernel, channels=channels, multiplier=multiplier)
    same_shape = stride == 1 and channels == x.channels
    bypass = (
        x
        if same_shape
        else shortcut(
            graph, activated, channels=channels, stride=stride, multiplier=multiplier, norm=False
        )
    )
    return graph.add(y, bypass)
