"""The shortcut of a residual block."""

from evoapproxnas.networks.builder import GraphBuilder, Tensor


def shortcut(
    graph: GraphBuilder,
    x: Tensor,
    *,
    channels: int,
    stride: int,
    multiplier: str,
    norm: bool = True,
) -> Tensor:
    """Return `x`, or its 1x1 projection where the block changes the shape.

    This is option B of He et al., Deep Residual Learning, CVPR 2016. `norm` adds the batch
    norm that follows the projection in blocks with post-activation.
    """
    if stride == 1 and channels == x.channels:
        return x
    y = graph.conv2d(
        x, kernel=1, channels=channels, stride=stride, multiplier=multiplier, role="shortcut"
    )
    return graph.batch_norm(y, role="shortcut_bn") if norm else y
