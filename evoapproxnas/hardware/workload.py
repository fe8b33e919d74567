"""The work of a network, layer by layer: ONE description that counts and energies follow from.

A layer multiplies windows of its input with its weights. Multiplications that meet padding are
counted apart: hardware feeds them through the multiplier, too (DESIGN section 3), but nothing is
loaded for them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, get_args

import numpy as np

from evoapproxnas.errors import ConfigError

WorkKind = Literal["conv1d", "conv2d", "depthwise_conv2d", "conv2d_transpose", "dense"]
Size = tuple[int, int]
"""Rows and columns; one row for what has one dimension."""
MapShape = tuple[int, int, int]
"""Rows, columns and channels."""


@dataclass(frozen=True, kw_only=True)
class LayerWork:
    """What a layer multiplies in one inference.

    Attributes:
        path: the layer's name for `approximate`, "block/conv" inside nested models; the two halves
            of a separable layer are "NAME/depthwise" and "NAME/pointwise".
        kind: of the layer.
        input_shape: (rows, columns, channels), padding not included.
        output_shape: likewise.
        kernel: of the weights, (1, 1) for a dense layer.
        strides: of the windows; of a transposed convolution, of its outputs.
        dilation: steps between the taps of a window.
        before: rows and columns of padding in front of the input; of a transposed convolution,
            of outputs that are cut off there.
        groups: of channels that are not mixed; as many as channels in a depthwise convolution.
        times: how often all this is done, as by a layer that is applied to every time step.

    Raises:
        ConfigError: for sizes that are not positive, or groups that do not divide the channels.
    """

    path: str
    kind: WorkKind
    input_shape: MapShape
    output_shape: MapShape
    kernel: Size = (1, 1)
    strides: Size = (1, 1)
    dilation: Size = (1, 1)
    before: Size = (0, 0)
    groups: int = 1
    times: int = 1

    def __post_init__(self) -> None:
        """Check the sizes."""
        if self.kind not in get_args(WorkKind):
            raise ConfigError(
                f"work of {self.path!r}: kind must be one of {get_args(WorkKind)}, got "
                f"{self.kind!r}"
            )
        sizes = (*self.input_shape, *self.output_shape, *self.kernel, *self.strides)
        counts = (*sizes, *self.dilation, self.groups, self.times)
        if not all(isinstance(n, int) and n > 0 for n in counts) or min(self.before) < 0:
            raise ConfigError(f"work of {self.path!r}: expected sizes of at least 1, got {self}")
        channels = self.input_shape[2], self.output_shape[2]
        if any(n % self.groups for n in channels):
            raise ConfigError(
                f"work of {self.path!r}: {self.groups} groups do not divide {channels} channels"
            )

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(rows, columns, input channels of a group, output channels)."""
        return (*self.kernel, self.input_shape[2] // self.groups, self.output_shape[2])

    @property
    def weights(self) -> int:
        """How many there are, the bias not counted."""
        return math.prod(self.weight_shape)

    @property
    def multiplications(self) -> int:
        """How many there are in one inference, those with padding included."""
        return self._channel_pairs * math.prod(all_ for all_, _ in self._axes)

    @property
    def multiplications_inside(self) -> int:
        """How many of them meet an input, not padding."""
        return self._channel_pairs * math.prod(inside for _, inside in self._axes)

    @property
    def _channel_pairs(self) -> int:
        return self.times * self.input_shape[2] // self.groups * self.output_shape[2]

    @property
    def _axes(self) -> list[tuple[int, int]]:
        transposed = self.kind == "conv2d_transpose"
        return [
            _meetings(
                self.input_shape[i],
                self.output_shape[i],
                self.kernel[i],
                self.strides[i],
                self.dilation[i],
                self.before[i],
                transposed=transposed,
            )
            for i in (0, 1)
        ]


@lru_cache(maxsize=1024)
def _meetings(
    inputs: int,
    outputs: int,
    taps: int,
    stride: int,
    dilation: int,
    before: int,
    *,
    transposed: bool,
) -> tuple[int, int]:
    """Count pairs of an output and a tap along an axis: all, and those that meet an input.

    Output o of a convolution takes the inputs o*stride - before + tap*dilation. Of a transposed
    one it takes the inputs i for which i*stride + tap*dilation is o + before; between these, no
    hardware multiplies.
    """
    positions = np.arange(outputs)[:, None]
    steps = np.arange(taps) * dilation
    if transposed:
        met, between = np.divmod(positions + before - steps, stride)
        met = met[between == 0]
    else:
        met = positions * stride - before + steps
    return met.size, int(np.count_nonzero((met >= 0) & (met < inputs)))


@dataclass(frozen=True)
class Workload:
    """The layers of a network that multiply.

    Attributes:
        layers: one for each use of a layer, in the order of computation: a layer that is used
            twice is there twice, with the same path.
        not_covered: what multiplies and no `LayerWork` describes, as "path: type": other layers
            with weights, and products of activations.
    """

    layers: tuple[LayerWork, ...]
    not_covered: tuple[str, ...] = ()

    @cached_property
    def multiplications(self) -> Mapping[str, int]:
        """By path, padding included."""
        counts: dict[str, int] = {}
        for layer in self.layers:
            counts[layer.path] = counts.get(layer.path, 0) + layer.multiplications
        return counts

    @property
    def total(self) -> int:
        """Multiplications of one inference, padding included."""
        return sum(layer.multiplications for layer in self.layers)

    def parts(self, path: str) -> dict[str, int]:
        """Return the multiplications of a layer's parts by path: its own, or of both halves.

        Args:
            path: of the layer, or of both halves of a separable one.
        """
        counts = self.multiplications
        if path in counts:
            return {path: counts[path]}
        return {part: n for part, n in counts.items() if part.startswith(f"{path}/")}


def same_padding(inputs: int, outputs: int, taps: int, stride: int, dilation: int) -> int:
    """Return how much padding "same" puts in front of an axis."""
    return max((outputs - 1) * stride + (taps - 1) * dilation + 1 - inputs, 0) // 2
