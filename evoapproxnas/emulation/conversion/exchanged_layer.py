"""A layer under one multiplier after another: what its products need, prepared once for each."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.calibration.range_methods import RangeMethod
from evoapproxnas.emulation.kernels import Operands
from evoapproxnas.emulation.layers import EmulatedLayer
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


class _Prepared(NamedTuple):
    """What a kernel is given, and the limits of what codes of fewer than 8 bits stand for."""

    operands: Operands
    limits: tuple[Any, Any] | None


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
        self._prepared: dict[tuple[str, int, int], _Prepared] = {}
        self._settled = key_of(layer)
        kernel = layer._grouped(tf.convert_to_tensor(layer.kernel)).numpy()
        self._kernel = kernel.astype(np.float32, copy=False)
        self._bias = np.zeros(kernel.shape[-1:], np.float32)
        if layer.bias is not None:
            self._bias = keras.ops.convert_to_numpy(layer.bias).astype(np.float32)

    def outputs(self, x: tf.Tensor) -> tf.Tensor:
        """Return what the layer gives before its activation."""
        layer, how = self.layer, self.layer._how
        if self._is_special():
            self.settle()
            return layer._emulate(x, layer._filters(), layer._frozen())
        prepared = self._prepare()
        images = layer._images(x)
        geometry = layer._geometry(images.shape[-1])
        if prepared.limits is not None:  # as in `convolution`
            low, high = prepared.limits
            images = tf.minimum(tf.where(images >= low, images, low), high)
        y = convolve(how.kernel, images, prepared.operands, table=how.table, geometry=geometry)
        return layer._outputs(y, x)

    def source(self, bits: int) -> HostSource:
        """Return the coding and the histogram of the activations, by the width of their codes."""
        if bits not in self._sources:
            signed = self.layer.multiplier.signed
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
                signed=layer.multiplier.signed,
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
        """Return whether the layer is more than one convolution with sums of 32 bits."""
        layer = self.layer
        if type(layer)._emulate is not EmulatedLayer._emulate:
            return True
        terms = math.prod(self._kernel.shape[:3])
        return terms > layer._how.largest_safe_terms

    def _prepare(self) -> _Prepared:
        layer, key = self.layer, key_of(self.layer)
        if key not in self._prepared:
            signed, bits = layer.multiplier.signed, layer.activation_bits
            source = self.source(bits)
            operands = host_operands(self._fed(source), self._bias, source, layer._how)
            limits = host_limits(source, signed=signed, bits=bits) if bits < 8 else None
            self._prepared[key] = _Prepared(operands, limits)
        return self._prepared[key]

    def _fed(self, source: HostSource) -> QuantizedWeights:
        """Return the weights that the multiplier is given, tuned where they are."""
        layer, weights = self.layer, self.weights(self.layer.weight_bits)
        if not layer.tune_weights:
            return weights
        tuned: npt.NDArray[np.int32] = tuned_codes(
            layer.multiplier, source.histogram, scheme=layer.weight_scheme, bits=layer.weight_bits
        )
        return weights._replace(fed=tuned.astype(np.uint8)[weights.codes])


def key_of(layer: EmulatedLayer) -> tuple[str, int, int]:
    """Return table and widths: what a layer's products depend on."""
    return layer.multiplier.digest, *layer.quantization.widths
