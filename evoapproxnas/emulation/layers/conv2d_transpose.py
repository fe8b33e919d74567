"""The approximate transposed 2-D convolution, as one ordinary convolution per output phase."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.base import EmulatedLayer
from evoapproxnas.emulation.operation.channel_groups import grouped_convolution
from evoapproxnas.emulation.operation.convolution_types import Filters, Source


class _Phase(NamedTuple):
    """Every s-th output along an axis of stride s: a stride-1 convolution with some of the taps.

    Attributes:
        taps: which taps, from last to first.
        reach: pixels from the first to the last that they meet for one output.
        before: pixels of padding in front of the input; negative where pixels are left out.
        after: the same behind it.
    """

    taps: slice
    reach: int
    before: int
    after: int


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxConv2DTranspose(EmulatedLayer, keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose` with an approximate multiplier; see `EmulatedLayer`.

    A transposed convolution of stride s is a convolution over the input with s - 1 zeros inserted
    between pixels. Hardware does not multiply these zeros: it computes s*s phases of the output,
    each an ordinary convolution of the input with every s-th tap, and so does this layer. Only
    the border around the input is padding as of any convolution, where the zero-point code goes
    through the multiplier: an output near the border adds up as many products as any of its phase.

    The error correction subtracts, from every output of a phase, the expected errors of the taps
    of that phase. To subtract those of all taps of the kernel would correct outputs for products
    that they do not have. Where a window reaches over the border, the errors of its products with
    padding are those of one code, not of the average one; as in any convolution, the average
    counts them by their share, and the correction is right for the mean over the outputs.
    """

    output_axes = (-2,)

    def _grouped(self, kernel: Any) -> Any:
        return tf.transpose(kernel, (0, 1, 3, 2))

    def _geometry(self, channels: int) -> Geometry:
        """Return the geometry of a phase, whose input is padded already."""
        return Geometry((1, 1), self.dilation_rate, "valid")

    def _emulate(self, x: tf.Tensor, filters: Filters, source: Source) -> tf.Tensor:
        row_phases, column_phases = self._phases(0), self._phases(1)
        rows = []
        for row in row_phases:
            columns = [self._phase(x, filters, source, row, c) for c in column_phases]
            rows.append(_interleaved(columns, axis=2))
        outputs = _interleaved(rows, axis=1)
        height, width = (
            (tf.shape(x)[1 + axis] - 1) * self.strides[axis] + self._span(axis) for axis in (0, 1)
        )
        outputs = outputs[:, :height, :width]
        outputs.set_shape((x.shape[0], *self.compute_output_shape(x.shape)[1:]))
        return outputs

    def _phase(
        self, x: tf.Tensor, filters: Filters, source: Source, rows: _Phase, columns: _Phase
    ) -> tf.Tensor:
        padded = _padded(_padded(x, rows, axis=1), columns, axis=2)
        chosen = filters.taps(rows.taps, columns.taps)
        if 0 in chosen.kernel.shape[:2]:  # a stride beyond the kernel leaves outputs empty
            images, height, width = tf.unstack(tf.shape(padded)[:3])
            size = height - rows.reach, width - columns.reach
            return tf.zeros((images, *size, self.filters)) + filters.bias
        geometry = self._geometry(x.shape[-1])
        return grouped_convolution(padded, chosen, source, parts=self._parts, geometry=geometry)

    def _span(self, axis: int) -> int:
        """Return the size of the output of a single pixel."""
        return int(self.compute_output_shape((1, 1, 1, 1))[1 + axis])

    def _crop(self, axis: int) -> int:
        """Return how many outputs are left out in front."""
        reach = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1
        return max(reach - self._span(axis), 0) // 2

    def _phases(self, axis: int) -> list[_Phase]:
        """Return the phases of an axis.

        Output o sums the taps k with o + crop = i*stride + k*dilation over the pixels i. All
        phases get as many outputs as the first, the surplus is cut off afterwards.
        """
        size, stride, crop = self.kernel_size[axis], self.strides[axis], self._crop(axis)
        outputs = -(-self._span(axis) // stride)
        phases = []
        for phase in range(stride):
            first = (phase + crop) % stride
            pixel = (phase + crop) // stride
            taps = range(first, size, stride)
            reach = max(len(taps) - 1, 0) * self.dilation_rate[axis]
            reversed_taps = slice(taps[-1], None, -stride) if taps else slice(0, 0)
            phases.append(_Phase(reversed_taps, reach, reach - pixel, outputs - 1 + pixel))
        return phases


def _padded(x: tf.Tensor, phase: _Phase, *, axis: int) -> tf.Tensor:
    """Pad an axis with real zeros, or leave pixels out."""
    kept: list[slice] = [slice(None)] * 4
    kept[axis] = slice(max(-phase.before, 0), min(phase.after, 0) or None)
    pads = np.zeros((4, 2), np.int32)
    pads[axis] = max(phase.before, 0), max(phase.after, 0)
    return tf.pad(x[tuple(kept)], pads)


def _interleaved(parts: list[tf.Tensor], *, axis: int) -> tf.Tensor:
    """Return the parts with their entries along `axis` taken in turn."""
    shape = tf.shape(parts[0])
    size = shape[axis] * len(parts)
    stacked = tf.stack(parts, axis=axis + 1)
    return tf.reshape(stacked, tf.concat([shape[:axis], [size], shape[axis + 1 :]], axis=0))
