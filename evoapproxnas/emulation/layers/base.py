"""What the approximate layers share: options, ranges, and the forward and backward passes."""

from collections.abc import Callable
from typing import Any, Literal, Self, get_args

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.emulation import quantization as q
from evoapproxnas.emulation.input_statistics import InputStatistics
from evoapproxnas.emulation.kernels import (
    Geometry,
    LookupTable,
    Operands,
    check_kernel_name,
    choose_kernel,
)
from evoapproxnas.emulation.layers.identity import adopt, recall
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier

ActivationRange = Literal["calibrated", "batch"]


class EmulatedLayer(keras.layers.Layer):
    """Mixin in front of a Keras layer whose products then come from a multiplier's table.

    The forward pass is bit-exact (see `quantization`). The backward pass is the straight-through
    estimator: the gradient of the exact layer at the fake-quantized operands, and none for
    activations outside the range.

    Args:
        *args: as for the Keras layer.
        multiplier: name in the library, or a `Multiplier`.
        weight_scheme: "sign_magnitude", "affine" or "symmetric"; None is sign_magnitude for
            unsigned and symmetric for signed multipliers.
        error_correction: subtract each output channel's expected product error from the bias.
        per_channel: quantize the weights of each output channel with its own scale.
        activation_range: "calibrated" (see `calibrate`; before that, training takes each batch's
            range and inference is an error) or "batch" (always each batch's range).
        kernel: "auto" or the name of an emulation kernel.
        **kwargs: as for the Keras layer.

    Raises:
        QuantizationError: for options that cannot be emulated, such as `channels_first`.
        UnknownNameError: for an unknown multiplier or kernel.
    """

    def __init__(
        self,
        *args: Any,
        multiplier: str | Multiplier,
        weight_scheme: str | None = None,
        error_correction: bool = True,
        per_channel: bool = False,
        activation_range: ActivationRange = "calibrated",
        kernel: str = "auto",
        **kwargs: Any,
    ) -> None:
        """Set the options; see the class."""
        super().__init__(*args, **kwargs)
        if getattr(self, "data_format", "channels_last") != "channels_last":
            raise QuantizationError(
                f"{type(self).__name__} supports data_format='channels_last' only, got "
                "'channels_first'; transpose the input, or set "
                "keras.config.set_image_data_format('channels_last')"
            )
        if activation_range not in get_args(ActivationRange):
            raise QuantizationError(
                f"activation_range must be 'calibrated' or 'batch', got {activation_range!r}"
            )
        self.multiplier = adopt(multiplier)
        self.weight_scheme = q.resolve_scheme(weight_scheme, signed=self.multiplier.signed)
        self.error_correction = error_correction
        self.per_channel = per_channel
        self.activation_range = activation_range
        self.emulation_kernel = check_kernel_name(kernel)
        self.supports_jit = False
        self.autocast = False  # codes are computed from float32, whatever the dtype policy
        self._observer: Callable[[EmulatedLayer, Any], None] | None = None

    def build(self, input_shape: Any) -> None:
        """Create the weights, and the range and histogram of the input, which are not trained."""
        super().build(input_shape)
        unknown = keras.initializers.Constant(float("nan"))
        options = {"trainable": False, "dtype": "float32"}
        self.input_range = self.add_weight(
            name="input_range", shape=(2,), initializer=unknown, **options
        )
        self.input_histogram = self.add_weight(
            name="input_histogram", shape=(256,), initializer="zeros", **options
        )
        terms = int(np.prod(self._grouped(self.kernel).shape[:3]))
        q.check_sum_fits(terms, self.multiplier.table, self.weight_scheme)

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        """Create a weight that is read in its own precision, whatever the dtype policy."""
        return super().add_weight(*args, **{**kwargs, "autocast": False})

    @property
    def calibrated(self) -> bool:
        """Whether the range of the input is known."""
        with tf.init_scope():
            return bool(np.isfinite(keras.ops.convert_to_numpy(self.input_range)).all())

    def set_statistics(self, statistics: InputStatistics) -> None:
        """Freeze the input's range and histogram.

        Raises:
            QuantizationError: if all activations are zero: a range without width.
        """
        if min(statistics.low, 0.0) == max(statistics.high, 0.0):
            raise QuantizationError(
                f"layer {self.name!r} has an input range of zero width: all activations in the "
                "calibration data are 0; calibrate with other data, or leave the layer exact"
            )
        signed = self.multiplier.signed
        coding = q.activation_coding(statistics.low, statistics.high, signed=signed)
        codes = q.bit_patterns(q.quantize(tf.constant(statistics.values), coding, signed=signed))
        histogram = np.bincount(codes.numpy(), statistics.weights, 256)
        self.input_range.assign([statistics.low, statistics.high])
        self.input_histogram.assign(histogram / histogram.sum())

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Apply the layer to (images, rows, columns, channels), or (..., features)."""
        if self._observer is not None:
            self._observer(self, inputs)
            return super().call(inputs)
        x = tf.cast(inputs, tf.float32)
        coding, histogram = self._input_coding(x, training=bool(training))
        kernel = tf.convert_to_tensor(self.kernel)
        bias = tf.zeros(self._grouped(kernel).shape[-1:]) if self.bias is None else (
            tf.convert_to_tensor(self.bias)
        )  # fmt: skip
        outputs = tf.cast(
            self._emulate(x, tf.cast(kernel, tf.float32), tf.cast(bias, tf.float32), coding,
                          histogram), self.compute_dtype,
        )  # fmt: skip
        return outputs if self.activation is None else self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        """Return the layer's options; the multiplier as name and digest."""
        return {
            **super().get_config(),
            "multiplier": self.multiplier.name,
            "multiplier_digest": self.multiplier.digest,
            "weight_scheme": self.weight_scheme,
            "error_correction": self.error_correction,
            "per_channel": self.per_channel,
            "activation_range": self.activation_range,
            "kernel": self.emulation_kernel,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Rebuild the layer.

        Raises:
            MultiplierError: if the multiplier is missing or has a different table.
        """
        config = dict(config)
        digest = config.pop("multiplier_digest", None)
        if digest is not None:
            config["multiplier"] = recall(config["multiplier"], digest)
        return super().from_config(config)

    def save_own_variables(self, store: Any) -> None:
        """Save all variables, in order; the Keras layers would save kernel and bias only."""
        keras.layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store: Any) -> None:
        """Load what `save_own_variables` saved."""
        keras.layers.Layer.load_own_variables(self, store)

    # What the three layers differ in.

    def _grouped(self, kernel: Any) -> Any:
        """Return the kernel as (kh, kw, channels_in / groups, channels_out)."""
        raise NotImplementedError

    def _images(self, x: Any) -> Any:
        """Return the input as (images, rows, columns, channels)."""
        return x

    def _outputs(self, y: Any, x: Any) -> Any:
        """Return what the layer gives for the convolution `y` of `_images(x)`."""
        return y

    def _geometry(self, channels: int) -> Geometry:
        raise NotImplementedError

    def _exact(self, x: Any, kernel: Any) -> Any:
        """Return the exact layer's products, without bias."""
        raise NotImplementedError

    # The passes.

    def _input_coding(
        self, x: tf.Tensor, *, training: bool
    ) -> tuple[q.ActivationCoding, tf.Tensor]:
        """Return the coding of the input and the histogram of its codes."""
        signed = self.multiplier.signed

        def of_batch() -> tuple[tf.Tensor, ...]:
            coding = q.activation_coding(tf.reduce_min(x), tf.reduce_max(x), signed=signed)
            return (*coding, self._batch_histogram(x, coding))

        def frozen() -> tuple[tf.Tensor, ...]:
            low, high = tf.unstack(tf.convert_to_tensor(self.input_range))
            coding = q.activation_coding(low, high, signed=signed)
            return (*coding, tf.convert_to_tensor(self.input_histogram))

        if self.activation_range == "batch":
            result = of_batch()
        elif training:
            known = tf.reduce_all(tf.math.is_finite(tf.convert_to_tensor(self.input_range)))
            result = tf.cond(known, frozen, of_batch)
        elif self.calibrated:
            result = frozen()
        else:
            raise QuantizationError(
                f"layer {self.name!r} is not calibrated, so the range of its input is unknown; "
                "call evoapproxnas.emulation.calibrate(model, data) before inference, or use "
                "activation_range='batch'"
            )
        scale, zero_point, histogram = result
        return q.ActivationCoding(scale, zero_point), histogram

    def _batch_histogram(self, x: tf.Tensor, coding: q.ActivationCoding) -> tf.Tensor:
        if not self.error_correction:
            return tf.zeros(256)
        patterns = q.bit_patterns(q.quantize(x, coding, signed=self.multiplier.signed))
        counts = tf.math.bincount(
            tf.reshape(tf.cast(patterns, tf.int32), [-1]), minlength=256, maxlength=256
        )
        share = self.padded_share(x.shape)
        padding = tf.one_hot(tf.bitwise.bitwise_and(coding.zero_point, 255), 256)
        counts = tf.cast(counts, tf.float32)
        return tf.math.divide_no_nan(counts, tf.reduce_sum(counts)) * (1 - share) + share * padding

    def padded_share(self, input_shape: Any) -> float:
        """Return the share of multiplications that meet padding; 0 for unknown sizes."""
        if len(input_shape) != 4 or None in input_shape[1:3]:
            return 0.0
        kernel_size = tuple(self._grouped(self.kernel).shape[:2])
        geometry = self._geometry(input_shape[3])
        return geometry.padded_share(tuple(input_shape[1:3]), kernel_size)

    def _emulate(
        self,
        x: tf.Tensor,
        kernel: tf.Tensor,
        bias: tf.Tensor,
        coding: q.ActivationCoding,
        histogram: tf.Tensor,
    ) -> tf.Tensor:
        """Return the emulated outputs, with the straight-through gradient attached."""
        signed = self.multiplier.signed

        @tf.custom_gradient  # type: ignore[untyped-decorator, unused-ignore]
        def emulated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tuple[Any, Any]:
            weights = self._quantized(kernel)

            def gradient(upstream: tf.Tensor) -> list[tf.Tensor]:
                fake_kernel = tf.reshape(
                    q.dequantize_weights(weights, signed=signed), kernel.shape
                )
                low, high = (
                    tf.cast(code - coding.zero_point, tf.float32) * coding.scale
                    for code in q.code_limits(signed=signed)
                )
                with tf.GradientTape() as tape:
                    tape.watch([x, kernel])
                    inside = tf.clip_by_value(x, low, high)
                    fake_x = q.fake_quantize(x, coding, signed=signed)
                    exact = self._exact(
                        inside + tf.stop_gradient(fake_x - inside),
                        kernel + tf.stop_gradient(fake_kernel - kernel),
                    )
                to_x, to_kernel = tape.gradient(exact, [x, kernel], upstream)
                axes = list(range(len(x.shape) - 1))
                return [to_x, to_kernel, tf.reduce_sum(upstream, axis=axes)]

            return self._forward(x, weights, bias, coding, histogram), gradient

        return emulated(x, kernel, bias)

    def _quantized(self, kernel: tf.Tensor) -> q.QuantizedWeights:
        return q.quantize_weights(
            self._grouped(kernel), scheme=self.weight_scheme, signed=self.multiplier.signed,
            per_channel=self.per_channel,
        )  # fmt: skip

    def _forward(
        self,
        x: tf.Tensor,
        weights: q.QuantizedWeights,
        bias: tf.Tensor,
        coding: q.ActivationCoding,
        histogram: tf.Tensor,
    ) -> tf.Tensor:
        multiplier = self.multiplier
        scale = coding.scale * weights.scale
        if self.error_correction:
            errors = q.expected_errors(
                weights, multiplier.table, histogram, signed=multiplier.signed
            )
            bias = bias - scale * errors
        operands = Operands(
            weights.codes, weights.signs, weights.zero_point, coding.scale, coding.zero_point,
            q.integer_offsets(weights, coding.zero_point, signed=multiplier.signed), scale, bias,
        )  # fmt: skip
        images = self._images(x)
        table = LookupTable(multiplier.table, multiplier.signed, multiplier.digest)
        geometry = self._geometry(images.shape[-1])
        y = run_kernel(self.emulation_kernel, images, operands, table, geometry)
        return self._outputs(y, x)


def run_kernel(
    name: str, x: tf.Tensor, operands: Operands, table: LookupTable, geometry: Geometry
) -> tf.Tensor:
    """Run a kernel in the graph; one that works on NumPy arrays is called back from it."""
    kernel = choose_kernel(name)
    if kernel.in_graph:
        return kernel.convolve(x, operands, table=table, geometry=geometry)

    def on_host(x: Any, *arrays: Any) -> Any:
        return kernel.convolve(x, Operands(*arrays), table=table, geometry=geometry)

    y = tf.numpy_function(on_host, [x, *operands], tf.float32, stateful=False)
    rows, columns, _, outputs = operands.weight_codes.shape
    size: tuple[int | None, ...] = (None, None)
    if None not in x.shape[1:3]:
        size = geometry.output_size((x.shape[1], x.shape[2]), (rows, columns))
    y.set_shape((x.shape[0], *size, outputs))
    return y
