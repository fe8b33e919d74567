"""A convolution whose output channels have several multipliers: one convolution for each group.

Each group is an ordinary convolution with some of the filters, so every kernel computes it; what
depends on the multiplier (expected errors, control variates, gradients) is that of the group's.
The weights are quantized together, before they are divided.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.operation.convolution import emulated_convolution
from evoapproxnas.emulation.operation.convolution_types import (
    Emulation,
    Filters,
    GroupGeometry,
    Source,
    group_geometries,
)

Indices = npt.NDArray[np.int32]


class Part(NamedTuple):
    """A group of output channels.

    Attributes:
        how: its multiplier, and the options of the layer.
        channels: rising; None is all of them.
    """

    how: Emulation
    channels: tuple[int, ...] | None


def grouped_convolution(
    x: tf.Tensor, filters: Filters, source: Source, *, parts: Sequence[Part], geometry: Geometry
) -> tf.Tensor:
    """Convolve with a multiplier for each group of output channels.

    Args:
        x: float32 (images, rows, columns, channels_in).
        filters: of all channels.
        source: coding and histogram of `x`.
        parts: the groups; one that has all channels, or several that have each channel once.
        geometry: strides, dilation, padding, groups of the convolution.

    Returns:
        float32 (images, rows, columns, channels_out).
    """
    if parts[0].channels is None:
        return emulated_convolution(x, filters, source, how=parts[0].how, geometry=geometry)
    found = []
    for part in parts:
        for each in group_geometries(part.channels or (), tuple(filters.kernel.shape), geometry):
            outputs = emulated_convolution(
                of_channels(x, each.inputs), filters.channels(each.outputs), source,
                how=part.how, geometry=each.geometry,
            )  # fmt: skip
            found.append((each, outputs))
    return joined_channels([y for _, y in found], [each for each, _ in found])


def of_channels(x: tf.Tensor, channels: Indices | None) -> tf.Tensor:
    """Return some channels of images, all for None."""
    return x if channels is None else tf.gather(x, channels, axis=-1)


def joined_channels(outputs: Sequence[tf.Tensor], groups: Sequence[GroupGeometry]) -> tf.Tensor:
    """Return the outputs of groups as those of one layer, in the order of its channels."""
    order = np.argsort(np.concatenate([each.outputs for each in groups])).astype(np.int32)
    together = tf.concat(outputs, axis=-1)
    if np.array_equal(order, np.arange(len(order))):
        return together
    return tf.gather(together, order, axis=-1)
