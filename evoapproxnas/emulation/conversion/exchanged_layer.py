"""A layer under one multiplier after another: what its products need, prepared once for each."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.calibration.range_methods import RangeMethod
from evoapproxnas.emulation.kernels import Geometry, Operands
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.emulation.operation.channel_groups import (
    Part,
    joined_channels,
    of_channels,
)
from evoapproxnas.emulation.operation.convolution_types import Emulation, group_geometries
from evoapproxnas.emulation.operation.host_operands import (
    HostSource,
    host_limits,
    host_operands,
    host_source,
    host_weights,
)
from evoapproxnas.emulation.operation.quantization import QuantizedWeights
from evoapproxnas.emulation.operation.running import convolve
from evoapproxnas.emulation.operation.weight_tuning import tuned_codes
from evoapproxnas.multipliers import Multiplier


class ExchangedLayer:
    """Computes what a layer gives, whichever multiplier and widths it has.

    Codes of weights and histograms of activations depend on the widths alone, and are shared by
    all multipliers of the same. The range and histogram that the layer holds itself are those of
    the widths that it had when `settle` was called.
    """

    def __init__(
        self, layer: EmulatedLayer, statistics: InputStatistics, method: RangeMethod
    ) -> None:
        """Take the layer as it is.

        Args:
            layer: built and calibrated.
            statistics: what calibration saw of its input.
            method: which range follows from it.
        """
        self.layer = layer
        self._statistics, self._method = statistics, method
        self._range = method(statistics)
        self._sources: dict[int, HostSource] = {}
        self._weights: dict[int, QuantizedWeights] = {}
        self._prepared: dict[tuple[str, int, int], Operands] = {}
        self._settled = key_of(layer)
        kernel = layer._grouped(tf.convert_to_tensor(layer.kernel)).numpy()
        self._kernel = kernel.astype(np.float32, copy=False)
        self._bias = np.zeros(kernel.shape[-1:], np.float32)
        if layer.bias is not None:
            self._bias = keras.ops.convert_to_numpy(layer.bias).astype(np.float32)

    def outputs(self, x: tf.Tensor) -> tf.Tensor:
        """Return what the layer gives before its activation."""
        layer = self.layer
        if self._is_special():
            self.settle()
            return layer._emulate(x, layer._filters(), layer._frozen())
        images = layer._images(x)
        geometry = layer._geometry(images.shape[-1])
        if layer.activation_bits < 8:  # as in `convolution`
            source = self.source(layer.activation_bits)
            low, high = host_limits(source, signed=layer.signed, bits=layer.activation_bits)
            images = tf.minimum(tf.where(images >= low, images, low), high)
        parts = layer._parts
        if parts[0].channels is None:
            y = self._convolved(images, parts[0].how, geometry)
        else:
            y = self._in_groups(images, parts, geometry)
        return layer._outputs(y, x)

    def _convolved(self, images: tf.Tensor, how: Emulation, geometry: Geometry) -> tf.Tensor:
        operands = self._operands(how)
        return convolve(how.kernel, images, operands, table=how.table, geometry=geometry)

    def _in_groups(
        self, images: tf.Tensor, parts: Sequence[Part], geometry: Geometry
    ) -> tf.Tensor:
        """Return what a layer of several multipliers gives; see `channel_groups`."""
        found = []
        for part in parts:
            operands = self._operands(part.how)
            shape = operands.weight_codes.shape
            for each in group_geometries(part.channels or (), shape, geometry):
                y = convolve(
                    part.how.kernel, of_channels(images, each.inputs),
                    _of_outputs(operands, each.outputs),
                    table=part.how.table, geometry=each.geometry,
                )  # fmt: skip
                found.append((each, y))
        return joined_channels([y for _, y in found], [each for each, _ in found])

    def source(self, bits: int) -> HostSource:
        """Return the coding and the histogram of the activations, by the width of their codes."""
        if bits not in self._sources:
            signed = self.layer.signed
            self._sources[bits] = host_source(
                self._statistics, *self._range, signed=signed, bits=bits
            )
        return self._sources[bits]

    def weights(self, bits: int) -> QuantizedWeights:
        """Return the quantized weights as arrays, not tuned, by the width of their codes."""
        layer = self.layer
        if bits not in self._weights:
            self._weights[bits] = host_weights(
                self._kernel,
                scheme=layer.weight_scheme,
                signed=layer.signed,
                per_channel=layer.per_channel,
                bits=bits,
            )
        return self._weights[bits]

    def settle(self) -> None:
        """Bring range, histogram and tuned codes in the layer up to its multiplier and widths."""
        if self._settled != key_of(self.layer):
            self.layer.set_statistics(self._statistics, self._method)
            self._settled = key_of(self.layer)

    def _is_special(self) -> bool:
        """Return whether the layer is more than one convolution with sums of 32 bits.

        Scales of operating points are the layer's own.
        """
        layer = self.layer
        if type(layer)._emulate is not EmulatedLayer._emulate or layer.points:
            return True
        terms = math.prod(self._kernel.shape[:3])
        return any(terms > part.how.largest_safe_terms for part in layer._parts)

    def _operands(self, how: Emulation) -> Operands:
        """Return what a multiplier is given besides the input, for all channels."""
        key = (how.multiplier.digest, how.activation_bits, how.weight_bits)
        if key not in self._prepared:
            source = self.source(how.activation_bits)
            weights = self._fed(source, how.multiplier)
            self._prepared[key] = host_operands(weights, self._bias, source, how)
        return self._prepared[key]

    def _fed(self, source: HostSource, multiplier: Multiplier) -> QuantizedWeights:
        """Return the weights that the multiplier is given, tuned where they are."""
        layer, weights = self.layer, self.weights(self.layer.weight_bits)
        if not layer.tune_weights:
            return weights
        tuned: npt.NDArray[np.int32] = tuned_codes(
            multiplier, source.histogram, scheme=layer.weight_scheme, bits=layer.weight_bits
        )
        return weights._replace(fed=tuned.astype(np.uint8)[weights.codes])


def _of_outputs(operands: Operands, channels: npt.NDArray[np.int32]) -> Operands:
    """Return what some output channels need."""
    return Operands(
        *(each if np.ndim(each) == 0 else each[..., channels].copy("C") for each in operands)
    )


def key_of(layer: EmulatedLayer) -> tuple[Any, int, int]:
    """Return tables, their channels, and widths: what a layer's products depend on."""
    return layer.products_key
