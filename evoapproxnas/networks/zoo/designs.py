"""The networks of the zoo, written down as nodes of the search space."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks.encoding import IMAGE, Node

Design = tuple[Node, ...]

_WIDTHS = (16, 32, 64)


def cifar_resnet(depth: int, *, widths: Sequence[int] = _WIDTHS) -> Design:
    """Return the CIFAR residual network of `depth` = 6n + 2 weighted layers.

    A 3x3 convolution, then for each width n basic blocks, the first of which halves the map
    (but for the first width). Where a block changes the shape, its shortcut is a 1x1 convolution
    with batch norm: option B of the paper. (Option A pads with zeros: 0.26 of 12.5 million
    multiplications less in ResNet-8.)

    Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2.

    Args:
        depth: 8, 14, 20, 26, ...
        widths: channels of the stages.

    Raises:
        ConfigError: for a depth that is not 6n + 2 with n of at least 1.
    """
    blocks, rest = divmod(depth - 2, 2 * len(widths))
    if blocks < 1 or rest:
        raise ConfigError(
            f"cifar_resnet: expected a depth of {2 * len(widths)}n + 2 with n >= 1, got {depth}"
        )
    nodes = [*_stem(widths[0], bias=False)]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            values = {"kernel": 3, "channels": width, "stride": stride, "preactivation": False}
            nodes.append(Node("basic_residual", (len(nodes) - 1,), values))
    return tuple(nodes)


def mlperf_tiny_resnet(*, widths: Sequence[int] = _WIDTHS) -> Design:
    """Return the ResNet-8 of the MLPerf Tiny benchmark.

    It differs from `cifar_resnet(8)` in that its convolutions have biases and its shortcuts no
    batch norm: 78,666 parameters for CIFAR-10.

    Source: Banbury et al., "MLPerf Tiny Benchmark", NeurIPS 2021, and its reference code.

    Args:
        widths: channels of the stages.
    """
    nodes = [*_stem(widths[0], bias=True)]
    for stage, width in enumerate(widths):
        x, stride = len(nodes) - 1, 1 if stage == 0 else 2
        nodes += [
            _convolution(x, 3, width, stride, bias=True),
            Node("batch_norm", (x + 1,)),
            _relu(x + 2),
            _convolution(x + 3, 3, width, 1, bias=True),
            Node("batch_norm", (x + 4,)),
        ]
        bypass = x
        if stage > 0:
            bypass = len(nodes)
            nodes.append(_convolution(x, 1, width, stride, bias=True))
        nodes += [Node("summation", (x + 5, bypass)), _relu(len(nodes))]
    return tuple(nodes)


def mobilenet(*, widths: Sequence[int], strides: Sequence[int]) -> Design:
    """Return a chain of depthwise-separable blocks behind a 3x3 convolution.

    Source: Howard et al., "MobileNets", 2017, for small images: the first map is not halved.

    Args:
        widths: channels of the convolution, then those of the blocks.
        strides: of the blocks.

    Raises:
        ConfigError: unless there is one stride for every block.
    """
    if len(strides) != len(widths) - 1:
        raise ConfigError(
            f"mobilenet: expected one stride for each of {len(widths) - 1} blocks, got {strides}"
        )
    nodes = [*_stem(widths[0], bias=False)]
    for width, stride in zip(widths[1:], strides, strict=True):
        values = {
            "kernel": 3,
            "channels": width,
            "stride": stride,
            "inner_activation": True,
            "activation": "relu",
        }
        nodes.append(Node("separable", (len(nodes) - 1,), values))
    return tuple(nodes)


def shufflenet(*, widths: Sequence[int], repeats: Sequence[int], last: int) -> Design:
    """Return the ShuffleNetV2 for small images: neither the first map nor a pooled one is halved.

    A 3x3 convolution, stages of units of which the first halves the map, a 1x1 convolution.

    Source: Ma et al., "ShuffleNet V2", ECCV 2018, table 5.

    Args:
        widths: channels of the convolution, then those of the stages.
        repeats: units of each stage.
        last: channels of the 1x1 convolution.

    Raises:
        ConfigError: unless there is one number of units for every stage.
    """
    if len(repeats) != len(widths) - 1:
        raise ConfigError(
            f"shufflenet: expected units for each of {len(widths) - 1} stages, got {repeats}"
        )
    nodes = [*_stem(widths[0], bias=False)]
    for width, units in zip(widths[1:], repeats, strict=True):
        for unit in range(units):
            values = {"kernel": 3, "channels": width, "stride": 1 if unit else 2}
            nodes.append(Node("shuffle_unit", (len(nodes) - 1,), values))
    x = len(nodes) - 1
    nodes += [_convolution(x, 1, last, 1, bias=False), Node("batch_norm", (x + 1,)), _relu(x + 2)]
    return tuple(nodes)


def _stem(channels: int, *, bias: bool) -> Design:
    return (
        _convolution(IMAGE, 3, channels, 1, bias=bias),
        Node("batch_norm", (0,)),
        _relu(1),
    )


def _convolution(source: int, kernel: int, channels: int, stride: int, *, bias: bool) -> Node:
    values = {
        "kernel": kernel,
        "channels": channels,
        "stride": stride,
        "activation": "linear",
        "bias": bias,
    }
    return Node("conv2d", (source,), values)


def _relu(source: int) -> Node:
    return Node("activation", (source,), {"function": "relu"})


ZOO: Mapping[str, Design] = MappingProxyType(
    {
        "resnet8": cifar_resnet(8),
        "resnet14": cifar_resnet(14),
        "resnet20": cifar_resnet(20),
        "resnet26": cifar_resnet(26),
        "mlperf_resnet8": mlperf_tiny_resnet(),
        "mobilenet_10m": mobilenet(widths=(24, 48, 96, 96, 192, 192), strides=(1, 2, 1, 2, 1)),
        "mobilenet_25m": mobilenet(
            widths=(32, 64, 128, 128, 128, 256, 256, 256), strides=(1, 2, 1, 1, 2, 1, 1)
        ),
        "shufflenet_10m": shufflenet(widths=(24, 48, 96, 192), repeats=(4, 8, 4), last=512),
    }
)
"""Every design by name; the number of some is that of their MACs for 32x32 pixels."""
