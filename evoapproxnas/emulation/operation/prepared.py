"""Operands that kernels on the host prepare themselves, once for as long as nothing changes.

In a graph, weights are quantized and errors expected by some sixty small operations at each call:
half a millisecond for a small layer, several for a dense one with 131,072 weights. What they are
made of rarely changes outside training, so it is compared instead, bit for bit.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry, Operands
from evoapproxnas.emulation.operation.convolution_types import Emulation, Filters, Source
from evoapproxnas.emulation.operation.host_operands import HostSource, host_operands, host_weights
from evoapproxnas.emulation.operation.quantization import QuantizedWeights
from evoapproxnas.emulation.operation.running import convolve_prepared

Arrays = tuple[npt.NDArray[Any], ...]


class Preparation:
    """Makes operands of what a graph gives, for one layer in it; see the module."""

    def __init__(self, how: Emulation) -> None:
        """Prepare nothing yet.

        Args:
            how: the multiplier, and the options of the layer.
        """
        self._how = how
        # Each is replaced as a whole, so that several threads may ask at once.
        self._weights: tuple[Arrays, QuantizedWeights] | None = None
        self._operands: tuple[Arrays, Operands] | None = None

    def __call__(self, *given: npt.NDArray[Any]) -> Operands:
        """Return the operands.

        Args:
            *given: kernel (grouped), bias, scale, zero point and histogram of the activations,
                which may lie where TensorFlow will write other values.
        """
        kept = self._operands
        if kept is not None and _same(kept[0], given):
            return kept[1]
        kernel, bias, scale, zero_point, histogram = copies = tuple(map(np.array, given))
        source = HostSource(scale, zero_point, histogram)
        operands = host_operands(self._quantized(kernel), bias, source, self._how)
        self._operands = copies, operands
        return operands

    def _quantized(self, kernel: npt.NDArray[np.float32]) -> QuantizedWeights:
        kept, how = self._weights, self._how
        if kept is not None and _same(kept[0], (kernel,)):
            return kept[1]
        weights = host_weights(
            kernel,
            scheme=how.weight_scheme,
            signed=how.multiplier.signed,
            per_channel=how.per_channel,
            bits=how.weight_bits,
        )
        self._weights = (kernel,), weights
        return weights


def prepared_convolution(
    x: tf.Tensor, filters: Filters, source: Source, *, how: Emulation, geometry: Geometry
) -> tf.Tensor | None:
    """Convolve by a kernel on the host that prepares its operands; None where there is none.

    Args:
        x: float32 (images, rows, columns, channels_in).
        filters: plain ones.
        source: coding and histogram of `x`.
        how: multiplier and options.
        geometry: strides, dilation, padding, groups.
    """
    shape = tuple(filters.kernel.shape)
    if tf.executing_eagerly() or math.prod(shape[:3]) > how.largest_safe_terms:
        return None
    given = (filters.kernel, filters.bias, *source.coding, source.histogram)
    return convolve_prepared(
        how.kernel, x, given, Preparation(how), weight_shape=shape, table=how.table,
        geometry=geometry, window_sums=how.weight_scheme == "affine" or how.control_variate,
    )  # fmt: skip


def _same(
    kept: tuple[npt.NDArray[np.generic], ...], given: tuple[npt.NDArray[np.generic], ...]
) -> bool:
    """Compare bits: NaN is the same as NaN."""
    return all(
        a.shape == b.shape and np.array_equal(a.view(np.int32), b.view(np.int32))
        for a, b in zip(kept, given, strict=True)
    )
