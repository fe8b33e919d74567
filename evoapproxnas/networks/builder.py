"""What a node kind writes to while it expands: primitive operations, grouped by node."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evoapproxnas.networks.ops import PRIMITIVES, Attributes, Shape, Value

INPUT = -1
"""Identifier of the tensor that holds the image."""


@dataclass(frozen=True)
class Tensor:
    """The output of one operation: its identifier and (height, width, channels)."""

    id: int
    shape: Shape

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.shape[-1]


@dataclass(frozen=True)
class DraftOp:
    """An operation before it has a name; `output.id` counts them through the network."""

    kind: str
    inputs: tuple[Tensor, ...]
    output: Tensor
    attributes: Attributes
    role: str


@dataclass(frozen=True)
class Group:
    """The operations of one node; none where a repair made the node do nothing."""

    kind: str
    ops: list[DraftOp]


class GraphBuilder:
    """Collects the operations of a network, node after node in topological order.

    Every method takes and returns `Tensor`s. `role` names an operation within its node where
    the primitive's own label would not tell ("shortcut").
    """

    def __init__(self, input_shape: Shape, *, min_spatial: int) -> None:
        """Start from the image; no map gets a side below `min_spatial` pixels."""
        self.input = Tensor(INPUT, input_shape)
        self.groups: list[Group] = []
        self._min_spatial = min_spatial
        self._count = 0

    def start_node(self, kind: str) -> None:
        """Open the group that the operations which follow belong to."""
        self.groups.append(Group(kind, []))

    def allowed_stride(self, x: Tensor, stride: int) -> int:
        """Repair: return `stride`, or 1 where it would make the map smaller than allowed."""
        smallest = math.ceil(min(x.shape[:2]) / stride)
        return stride if smallest >= self._min_spatial else 1

    def conv2d(
        self,
        x: Tensor,
        *,
        kernel: int,
        channels: int,
        multiplier: str,
        stride: int = 1,
        bias: bool = False,
        role: str = "",
    ) -> Tensor:
        """Convolve with `kernel` x `kernel` weights, padding "same"."""
        return self._append(
            "conv2d",
            (x,),
            role,
            kernel=kernel,
            channels=channels,
            stride=stride,
            bias=bias,
            multiplier=multiplier,
        )

    def depthwise_conv2d(
        self,
        x: Tensor,
        *,
        kernel: int,
        multiplier: str,
        stride: int = 1,
        bias: bool = False,
        role: str = "",
    ) -> Tensor:
        """Convolve each channel on its own, padding "same"."""
        return self._append(
            "depthwise_conv2d",
            (x,),
            role,
            kernel=kernel,
            stride=stride,
            bias=bias,
            multiplier=multiplier,
        )

    def batch_norm(self, x: Tensor, *, role: str = "") -> Tensor:
        """Normalize each channel."""
        return self._append("batch_norm", (x,), role)

    def activation(self, x: Tensor, function: str, *, role: str = "") -> Tensor:
        """Apply one of `ops.ACTIVATIONS`; "linear" adds nothing."""
        if function == "linear":
            return x
        return self._append("activation", (x,), role, function=function)

    def add(self, a: Tensor, b: Tensor) -> Tensor:
        """Add two maps of equal shape, which may be one and the same."""
        return self._append("add", (a, b))

    def max_pool(
        self, x: Tensor, *, pool: Sequence[int], strides: Sequence[int], padding: str
    ) -> Tensor:
        """Take the maximum over windows of (height, width) `pool`; padding "same" or "valid"."""
        return self._append(
            "max_pool", (x,), pool=tuple(pool), strides=tuple(strides), padding=padding
        )

    def average_pool(
        self, x: Tensor, *, pool: Sequence[int], strides: Sequence[int], padding: str
    ) -> Tensor:
        """Take the mean over windows of (height, width) `pool`; padding "same" or "valid"."""
        return self._append(
            "average_pool", (x,), pool=tuple(pool), strides=tuple(strides), padding=padding
        )

    def concat(self, a: Tensor, b: Tensor) -> Tensor:
        """Put the channels of `b` behind those of `a`; both are maps of one height and width."""
        return self._append("concat", (a, b))

    def crop_channels(
        self, x: Tensor, *, before: int = 0, after: int = 0, role: str = ""
    ) -> Tensor:
        """Leave out the first `before` and the last `after` channels."""
        return self._append("crop_channels", (x,), role, before=before, after=after)

    def shuffle_channels(self, x: Tensor, *, groups: int) -> Tensor:
        """Take one channel of each of `groups` equal groups in turn."""
        return self._append("shuffle_channels", (x,), groups=groups)

    def dropout(self, x: Tensor, *, low: float, high: float) -> Tensor:
        """Drop activations at a rate between `low` and `high`, set once the depth is known."""
        return self._append("dropout", (x,), low=low, high=high)

    def pad_channels(self, x: Tensor, channels: int) -> Tensor:
        """Append channels of zeros until there are `channels`."""
        return self._append("pad_channels", (x,), added=channels - x.channels)

    def _append(
        self, kind: str, inputs: tuple[Tensor, ...], role: str = "", /, **attributes: Value
    ) -> Tensor:
        primitive = PRIMITIVES[kind]
        shape = primitive.shape(tuple(x.shape for x in inputs), attributes)
        output = Tensor(self._count, shape)
        self._count += 1
        op = DraftOp(kind, inputs, output, attributes, role or primitive.label)
        self.groups[-1].ops.append(op)
        return output
