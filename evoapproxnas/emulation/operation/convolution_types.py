"""What the forward and the backward pass of an emulated convolution are given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry, LookupTable
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.accumulator import largest_safe_terms
from evoapproxnas.emulation.operation.exported import evaluated
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.quantization import Gradient, WeightScheme


@dataclass(frozen=True)
class Emulation:
    """How a layer's products are computed; the options of `EmulatedLayer` of the same names."""

    multiplier: Multiplier
    weight_scheme: WeightScheme
    error_correction: bool
    control_variate: bool
    per_channel: bool
    activation_bits: int
    weight_bits: int
    gradient: Gradient
    kernel: str

    @property
    def table(self) -> LookupTable:
        """The products, as kernels take them."""
        return LookupTable(self.multiplier.table, self.multiplier.signed, self.multiplier.digest)

    @property
    def largest_safe_terms(self) -> int:
        """How many products an int32 accumulator is certain to hold, see `accumulator`."""
        return largest_safe_terms(
            self.multiplier.table, self.weight_scheme, control_variate=self.control_variate
        )


class Source(NamedTuple):
    """What is known of a layer's input.

    Attributes:
        coding: how activations map to codes.
        histogram: float32 (256,), how often each bit pattern meets the multiplier, or zeros.
    """

    coding: q.ActivationCoding
    histogram: tf.Tensor


class Filters(NamedTuple):
    """The weights of a convolution, before and after quantization.

    Attributes:
        kernel: float32 (kh, kw, channels_in / groups, channels_out).
        weights: the same, quantized.
        bias: float32 (channels_out,).
        plain: whether the options of the layer alone make the weights of the kernel, and it need
            not be fast while they change: a kernel on the host may then quantize them itself.
    """

    kernel: tf.Tensor
    weights: q.QuantizedWeights
    bias: tf.Tensor
    plain: bool = False

    def taps(self, rows: slice, columns: slice) -> "Filters":
        """Return the filters that consist of some of the taps, in the order of the slices."""
        names = ("codes", "signs", "fed")
        with evaluated(self.kernel, *self.weights):
            chosen = {name: getattr(self.weights, name)[rows, columns] for name in names}
            kernel = self.kernel[rows, columns]
        return Filters(kernel, self.weights._replace(**chosen), self.bias)

    def channels(self, channels: npt.NDArray[np.int32]) -> "Filters":
        """Return the filters of some output channels."""
        weights = self.weights
        with evaluated(self.kernel, *weights, self.bias):
            kernel = tf.gather(self.kernel, channels, axis=-1)
            bias = tf.gather(self.bias, channels, axis=-1)
            chosen = q.QuantizedWeights(*(tf.gather(each, channels, axis=-1) for each in weights))
            if weights.fed is weights.codes:
                chosen = chosen._replace(fed=chosen.codes)
        return Filters(kernel, chosen, bias)


class GroupGeometry(NamedTuple):
    """An ordinary convolution that computes some output channels of another.

    Attributes:
        inputs: the channels that it reads, int32; None is all of them.
        outputs: the channels that it computes, int32, rising.
        geometry: with as many groups as it has.
    """

    inputs: npt.NDArray[np.int32] | None
    outputs: npt.NDArray[np.int32]
    geometry: Geometry


def group_geometries(
    channels: Sequence[int], weight_shape: tuple[int, ...], geometry: Geometry
) -> list[GroupGeometry]:
    """Return the convolutions that compute some output channels: one, but for uneven groups.

    Those groups of a grouped convolution that give equally many of the channels stay together; a
    depthwise convolution becomes one of fewer channels.

    Args:
        channels: output channels, rising.
        weight_shape: (kh, kw, channels_in / groups, channels_out) of the whole convolution.
        geometry: likewise.
    """
    outputs = np.array(channels, np.int32)
    if geometry.groups == 1:
        return [GroupGeometry(None, outputs, geometry)]
    _, _, inner, whole = weight_shape
    group_of = outputs // (whole // geometry.groups)
    counts = np.bincount(group_of, minlength=geometry.groups)
    found = []
    for count in np.unique(counts[counts > 0]):
        groups = np.flatnonzero(counts == count)
        inputs = (groups[:, None] * inner + np.arange(inner)).ravel().astype(np.int32)
        read = None if len(groups) == geometry.groups else inputs
        chosen = outputs[np.isin(group_of, groups)]
        found.append(GroupGeometry(read, chosen, replace(geometry, groups=len(groups))))
    return found
