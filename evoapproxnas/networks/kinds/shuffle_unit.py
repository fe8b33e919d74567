"""The unit of ShuffleNetV2."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(
    kernel="depthwise_kernels", channels="channels", stride="strides", multiplier="multipliers"
)
def shuffle_unit(
    graph: GraphBuilder, x: Tensor, *, kernel: int, channels: int, stride: int, multiplier: str
) -> Tensor:
    """Convolve half of the channels, keep the other half, and mix both by a shuffle.

    Ma et al., ShuffleNet V2, ECCV 2018, figure 3 (c); where the shape changes, (d): both halves
    are computed from all channels. There are at least two channels; an odd number of them is
    concatenated without a shuffle.
    """
    stride = graph.allowed_stride(x, stride)
    channels = max(channels, 2)
    kept = channels // 2
    if stride == 1 and channels == x.channels:
        bypass = graph.crop_channels(x, after=channels - kept, role="kept")
        y = graph.crop_channels(x, before=kept, role="split")
    else:
        bypass, y = _projected(graph, x, kernel, kept, stride, multiplier), x
    y = graph.conv2d(y, kernel=1, channels=channels - kept, multiplier=multiplier)
    y = graph.activation(graph.batch_norm(y), "relu")
    y = graph.depthwise_conv2d(y, kernel=kernel, stride=stride, multiplier=multiplier)
    y = graph.batch_norm(y)
    y = graph.conv2d(y, kernel=1, channels=channels - kept, multiplier=multiplier)
    y = graph.activation(graph.batch_norm(y), "relu")
    y = graph.concat(bypass, y)
    return y if channels % 2 else graph.shuffle_channels(y, groups=2)


def _projected(
    graph: GraphBuilder, x: Tensor, kernel: int, channels: int, stride: int, multiplier: str
) -> Tensor:
    y = graph.depthwise_conv2d(
        x, kernel=kernel, stride=stride, multiplier=multiplier, role="shortcut_dwconv"
    )
    y = graph.batch_norm(y, role="shortcut_dwbn")
    y = graph.conv2d(y, kernel=1, channels=channels, multiplier=multiplier, role="shortcut")
    y = graph.batch_norm(y, role="shortcut_bn")
    return graph.activation(y, "relu", role="shortcut_act")
