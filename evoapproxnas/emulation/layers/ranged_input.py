"""The range of a layer's input: calibrated and frozen, or taken from each batch."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.calibration.range_methods import RangeMethod
from evoapproxnas.emulation.layers.grouped_filters import GroupedFilters
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.convolution_types import Source
from evoapproxnas.emulation.operation.exported import evaluated
from evoapproxnas.emulation.operation.traced_once import traced_once
from evoapproxnas.errors import QuantizationError
from evoapproxnas.private_apis import in_symbolic_scope
from evoapproxnas.quantization import ActivationRange


class RangedInput(GroupedFilters):
    """Mixin: two weights that are not trained, and the coding of the input that they imply.

    The layer sets the options below.
    """

    activation_bits: int
    activation_range: ActivationRange
    error_correction: bool
    control_variate: bool

    def build(self, input_shape: Any) -> None:
        """Create the weights of the layer, and the range and histogram of its input."""
        super().build(input_shape)
        unknown = keras.initializers.Constant(float("nan"))
        options = {"trainable": False, "dtype": "float32"}
        self.input_range = self.add_weight(
            name="input_range", shape=(2,), initializer=unknown, **options
        )
        self.input_histogram = self.add_weight(
            name="input_histogram", shape=(256,), initializer="zeros", **options
        )

    @property
    def calibrated(self) -> bool:
        """Whether the range of the input is known."""
        with tf.init_scope():
            return bool(np.isfinite(keras.ops.convert_to_numpy(self.input_range)).all())

    def set_statistics(self, statistics: InputStatistics, method: RangeMethod) -> None:
        """Freeze the input's range and histogram.

        Of an input that was always 0 the range is 0 to 0: zero is coded exactly, and what else
        comes later in steps of 1.

        Args:
            statistics: what calibration saw.
            method: which range follows from it.

        Raises:
            QuantizationError: for a range without width, as if all activations were zero.
        """
        low, high = method(statistics)
        width = max(high, 0.0) - min(low, 0.0)
        if not (np.isfinite(width) and (width > 0 or statistics.always_zero)):
            raise QuantizationError(
                f"layer {self.name!r} has an input range of zero width, [{low}, {high}]: all that "
                "the range method looks at in the calibration data are 0; calibrate with other "
                "data, with range_method='minmax', or leave the layer exact"
            )
        coding = self._coding(low, high)
        patterns = self._patterns(tf.constant(statistics.values), coding)
        histogram = np.bincount(patterns.numpy(), statistics.weights, 256)
        histogram[int(coding.zero_point) & 255] += statistics.padding
        self.input_range.assign([low, high])
        self.input_histogram.assign(histogram / histogram.sum())

    def padded_share(self, input_shape: Any) -> float:
        """Return the share of multiplications that meet padding; 0 for unknown sizes."""
        raise NotImplementedError

    def _source(self, x: tf.Tensor, *, training: bool) -> Source:
        """Return the coding of the input `x` and the histogram of its codes."""
        if self.activation_range == "batch" or in_symbolic_scope():
            return self._of_batch(x)  # in a symbolic scope Keras asks for shapes only
        if self.calibrated:
            return self._frozen()
        if training:  # this trace may be used after calibration, too
            known = tf.reduce_all(tf.math.is_finite(tf.convert_to_tensor(self.input_range)))
            return tf.cond(known, self._frozen, lambda: self._of_batch(x))
        raise QuantizationError(
            f"layer {self.name!r} is not calibrated, so the range of its input is unknown; "
            "call evoapproxnas.emulation.calibrate(model, data) before inference, or use "
            "activation_range='batch'"
        )

    def _frozen(self) -> Source:
        with evaluated():
            ends = tf.convert_to_tensor(self.input_range)
            coding = traced_once(
                q.coding_between, ends, signed=self.signed, bits=self.activation_bits
            )
            return Source(coding, tf.convert_to_tensor(self.input_histogram))

    def _coding(self, low: Any, high: Any) -> q.ActivationCoding:
        signed = self.signed
        return q.activation_coding(low, high, signed=signed, bits=self.activation_bits)

    def _patterns(self, x: tf.Tensor, coding: q.ActivationCoding) -> tf.Tensor:
        signed = self.signed
        return q.bit_patterns(q.quantize(x, coding, signed=signed, bits=self.activation_bits))

    def _of_batch(self, x: tf.Tensor) -> Source:
        coding = self._coding(tf.reduce_min(x), tf.reduce_max(x))
        return Source(coding, self._batch_histogram(x, coding))

    def _batch_histogram(self, x: tf.Tensor, coding: q.ActivationCoding) -> tf.Tensor:
        if not (self.error_correction or self.control_variate):
            return tf.zeros(256)
        patterns = tf.reshape(tf.cast(self._patterns(x, coding), tf.int32), [-1])
        counts = tf.math.bincount(patterns, minlength=256, maxlength=256)
        share = self.padded_share(x.shape)
        padding = tf.one_hot(tf.bitwise.bitwise_and(coding.zero_point, 255), 256)
        counts = tf.cast(counts, tf.float32)
        return tf.math.divide_no_nan(counts, tf.reduce_sum(counts)) * (1 - share) + share * padding
