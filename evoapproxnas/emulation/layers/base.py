"""What the approximate layers share: options, saving, and the way through the emulation."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.calibration.range_methods import RangeMethod
from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.grouped_filters import with_multiplier
from evoapproxnas.emulation.layers.switchable import SwitchableLayer
from evoapproxnas.emulation.operation.accumulator import check_sum_fits
from evoapproxnas.emulation.operation.channel_groups import Part, grouped_convolution
from evoapproxnas.emulation.operation.convolution_types import Emulation, Filters, Source
from evoapproxnas.emulation.operation.exported import evaluated
from evoapproxnas.emulation.operation.traced_once import corrected_once, weights_once
from evoapproxnas.emulation.operation.weight_tuning import tuned_codes
from evoapproxnas.errors import QuantizationError
from evoapproxnas.hardware.keras_workload import layer_work
from evoapproxnas.multipliers import FilterGroups, Multiplier
from evoapproxnas.quantization import ActivationRange, Gradient, Quantization, WeightScheme


def _option(name: str) -> Any:
    """Return the property of a layer that reads and replaces one option of its quantization."""

    def read(layer: Any) -> Any:
        return getattr(layer.quantization, name)

    def change(layer: Any, value: Any) -> None:
        layer.quantization = replace(layer.quantization, **{name: value})

    return property(read, change)


class EmulatedLayer(SwitchableLayer):
    """Mixin in front of a Keras layer whose products then come from a multiplier's table.

    The forward pass is bit-exact (see `quantization`). The backward pass takes rounding for the
    identity and passes nothing to activations outside the range.

    Args:
        *args: as for the Keras layer.
        multiplier: name in the library, or a `Multiplier`; or several, one for each group of
            output channels: a list, or text such as "A+B", for groups of equal size in the order
            of the channels, or "A:0-3,7+B:4-6", which says whose the channels are.
        weight_scheme: "sign_magnitude", "affine" or "symmetric"; None is sign_magnitude for
            unsigned and symmetric for signed multipliers.
        error_correction: subtract each output channel's expected product error from the bias.
        control_variate: subtract what the sum of a window's activations lets expect as well, at
            one multiplication for each output (see `control_variate`).
        per_channel: quantize the weights of each output channel with its own scale.
        activation_bits: width of the activations' codes, 2 to 8, for the same table.
        weight_bits: width of the weights' codes, 2 to 8.
        activation_range: "calibrated" (see `calibrate`; before that, training takes each batch's
            range and inference is an error) or "batch" (always each batch's range).
        tune_weights: feed the multiplier, for each weight code, the one whose products come
            closest over the calibrated activations (see `weight_tuning`); calibration decides.
        gradient: "ste", the gradient of the exact layer at the fake-quantized operands, or
            "table", that of the multiplier's smoothed table (see `table_gradient`).
        kernel: "auto" or the name of an emulation kernel.
        channel_groups: the output channels of each of several multipliers, as lists, where their
            text does not say them.
        operating_points: what multiplies at each of several points, by name: mappings with
            `multiplier`, `channel_groups`, `activation_bits` and `weight_bits`; see
            `with_operating_points`.
        operating_point: the name of the active one, whose options go before the layer's own.
        **kwargs: as for the Keras layer.

    Raises:
        QuantizationError: for options that cannot be emulated, such as `channels_first`.
        UnknownNameError: for an unknown multiplier or kernel.
    """

    weight_scheme = _option("weight_scheme")
    error_correction = _option("error_correction")
    control_variate = _option("control_variate")
    per_channel = _option("per_channel")
    activation_bits = _option("activation_bits")
    weight_bits = _option("weight_bits")
    activation_range = _option("activation_range")
    tune_weights = _option("tune_weights")
    gradient = _option("gradient")

    def __init__(
        self,
        *args: Any,
        multiplier: str | Multiplier | FilterGroups | Sequence[str | Multiplier],
        weight_scheme: WeightScheme | None = None,
        error_correction: bool = True,
        control_variate: bool = False,
        per_channel: bool = False,
        activation_bits: int = 8,
        weight_bits: int = 8,
        activation_range: ActivationRange = "calibrated",
        tune_weights: bool = False,
        gradient: Gradient = "ste",
        kernel: str = "auto",
        channel_groups: Sequence[Sequence[int]] | None = None,
        operating_points: Mapping[str, Mapping[str, Any]] | None = None,
        operating_point: str = "",
        **kwargs: Any,
    ) -> None:
        """Set the options; see the class."""
        super().__init__(*args, **kwargs)
        check_data_format(self)
        self.set_multipliers(multiplier, channel_groups)
        self.quantization = Quantization(
            weight_scheme=weight_scheme,
            error_correction=error_correction,
            control_variate=control_variate,
            per_channel=per_channel,
            activation_bits=activation_bits,
            weight_bits=weight_bits,
            activation_range=activation_range,
            tune_weights=tune_weights,
            gradient=gradient,
            kernel=kernel,
        ).resolved(signed=self.signed)
        self.set_points(operating_points, operating_point)
        self.supports_jit = False
        self.autocast = False  # codes are computed from float32, whatever the dtype policy
        self._observer: Callable[[EmulatedLayer, Any], None] | None = None
        self._stand_in: Callable[[EmulatedLayer, Any], Any] | None = None

    def build(self, input_shape: Any) -> None:
        """Create the weights.

        Raises:
            QuantizationError: if the sums could leave the int32 accumulator, and the layer
                cannot be split.
        """
        super().build(input_shape)
        self.divide_channels()
        if self.tune_weights:
            groups = (self.most_groups,) * bool(self.most_groups)
            self.tuned_codes = self.add_weight(
                name="tuned_codes", shape=(*groups, 256), dtype="int32", trainable=False,
                initializer=_untuned,
            )  # fmt: skip
        self._groups = self._geometry(input_shape[-1]).groups
        self.build_points()
        for multiplier in self.all_multipliers:
            self.check_sums(multiplier)

    def check_sums(self, multiplier: Multiplier) -> None:
        """Check that the layer, once built, can add up the products of a multiplier.

        Args:
            multiplier: whose products are summed.

        Raises:
            QuantizationError: if the sums could leave the int32 accumulator, and the layer
                cannot be split.
        """
        shape = tuple(self._grouped(self.kernel).shape)
        try:
            check_sum_fits(
                shape, self._groups, multiplier.table, self.weight_scheme,
                control_variate=self.control_variate,
            )  # fmt: skip
        except QuantizationError as error:
            raise QuantizationError(f"layer {self.name!r}: {error}") from error

    def set_statistics(self, statistics: InputStatistics, method: RangeMethod) -> None:
        """See `RangedInput.set_statistics`; the weights are tuned to the histogram."""
        super().set_statistics(statistics, method)
        if self.tune_weights:
            histogram = keras.ops.convert_to_numpy(self.input_histogram)
            tuned = [
                tuned_codes(each, histogram, scheme=self.weight_scheme, bits=self.weight_bits)
                for each in self.multipliers
            ]
            rows = max(self.most_groups, 1)
            tuned += [np.arange(256, dtype=np.int32)] * (rows - len(tuned))
            self.tuned_codes.assign(np.reshape(tuned, self.tuned_codes.shape))

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        """Create a weight that is read in its own precision, whatever the dtype policy."""
        return super().add_weight(*args, **{**kwargs, "autocast": False})

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Apply the layer to inputs as of the Keras layer."""
        x = tf.cast(inputs, tf.float32)
        if self._observer is not None:
            self._observer(self, x)
            return tf.cast(super().call(tf.cast(inputs, self.variable_dtype)), self.compute_dtype)
        if self._stand_in is not None:
            outputs = self._stand_in(self, x)
        else:
            # A graph would quantize the weights of all layers first: more than activations take.
            with tf.control_dependencies([x]):
                filters, source = self._filters(), self._source(x, training=bool(training))
                if training:  # the weights change with every step
                    filters = filters._replace(plain=False)
                outputs = self._emulate(x, filters, source)
        outputs = tf.cast(outputs, self.compute_dtype)
        return outputs if self.activation is None else self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        """Return the layer's options; the multiplier as name and digest."""
        return {**super().get_config(), **self.emulation_config()}

    def emulation_config(self) -> dict[str, Any]:
        """Return the options that the Keras layer does not have."""
        options = {**self.multiplier_config(), **self.quantization.layer_options}
        return options | self.points_config()

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Rebuild the layer.

        Raises:
            MultiplierError: if the multiplier is missing or has a different table.
        """
        return super().from_config(with_multiplier(config))

    def save_own_variables(self, store: Any) -> None:
        """Save all variables, in order; the Keras layers would save kernel and bias only."""
        keras.layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store: Any) -> None:
        """Load what `save_own_variables` saved, at whichever operating point; this one stays."""
        keras.layers.Layer.load_own_variables(self, store)
        if self.points:
            self.switch(self.point)

    def padded_share(self, input_shape: Any) -> float:
        """Return the share of multiplications that meet padding; 0 for unknown sizes.

        Args:
            input_shape: (images, rows, columns, channels), None where it is not known.
        """
        shape = tuple(input_shape)
        if None in shape[1:]:
            return 0.0
        (work,) = layer_work(self, shape)
        return 1.0 - work.multiplications_inside / max(work.multiplications, 1)

    # What the layers differ in.

    output_axes: ClassVar[tuple[int, ...]] = (-1,)
    """The axes of the kernel that make up its output channels, counted from the last."""

    def _grouped(self, kernel: Any) -> Any:
        """Return the kernel as (kh, kw, channels_in / groups, channels_out)."""
        return kernel

    def _images(self, x: Any) -> Any:
        """Return the input as (images, rows, columns, channels)."""
        return x

    def _outputs(self, y: Any, x: Any) -> Any:
        """Return what the layer gives for the convolution `y` of `_images(x)`."""
        return y

    def _geometry(self, channels: int) -> Geometry:
        raise NotImplementedError

    def _emulate(self, x: tf.Tensor, filters: Filters, source: Source) -> tf.Tensor:
        """Return the layer's outputs before the activation."""
        images = self._images(x)
        geometry = self._geometry(images.shape[-1])
        self._check_windows(images.shape, filters.kernel.shape, geometry)
        y = grouped_convolution(images, filters, source, parts=self._parts, geometry=geometry)
        return self._outputs(y, x)

    # What they share.

    def _check_windows(self, shape: Any, kernel_shape: Any, geometry: Geometry) -> None:
        """Refuse images that no window fits into, as the Keras layer does."""
        taps = zip(kernel_shape[:2], geometry.dilation, strict=True)
        windows = [(k - 1) * d + 1 for k, d in taps]
        sizes = list(shape[1:3])
        known = (each for each in zip(sizes, windows, strict=True) if each[0] is not None)
        if geometry.padding == "valid" and any(size < window for size, window in known):
            raise QuantizationError(
                f"layer {self.name!r} has windows of {windows[0]} x {windows[1]} pixels, which do "
                f"not fit into an input of {sizes[0]} x {sizes[1]}; give larger images, or use "
                "padding='same'"
            )

    @property
    def output_channels(self) -> int:
        """See `GroupedFilters`."""
        return int(self._grouped(self.kernel).shape[-1])

    @property
    def _parts(self) -> list[Part]:
        """Return how each group of output channels multiplies."""
        return [Part(self._how_with(multiplier), channels) for multiplier, channels in self.parts]

    @property
    def _how(self) -> Emulation:
        return self._how_with(self.multiplier)

    def _how_with(self, multiplier: Multiplier) -> Emulation:
        return Emulation(
            multiplier=multiplier,
            weight_scheme=self.weight_scheme,
            error_correction=self.error_correction,
            control_variate=self.control_variate,
            per_channel=self.per_channel,
            activation_bits=self.activation_bits,
            weight_bits=self.weight_bits,
            gradient=self.gradient,
            kernel=self.quantization.kernel,
        )

    def _filters(self) -> Filters:
        """Return the weights, quantized."""
        with evaluated():
            kernel = self._grouped(tf.cast(tf.convert_to_tensor(self.kernel), tf.float32))
            bias = tf.zeros(kernel.shape[-1:])
            if self.bias is not None:
                bias = tf.cast(tf.convert_to_tensor(self.bias), tf.float32)
            weights = weights_once(
                kernel, scheme=self.weight_scheme, signed=self.signed,
                per_channel=self.per_channel, bits=self.weight_bits,
            )  # fmt: skip
            if self.tune_weights:
                weights = weights._replace(fed=self._fed(weights.codes))
            if self.points:
                factor = tf.convert_to_tensor(self.output_factor)
                shift = tf.convert_to_tensor(self.output_shift)
                scale, bias = corrected_once(weights.scale, bias, factor, shift)
                weights = weights._replace(scale=scale)
                kernel = kernel * factor
        return Filters(kernel, weights, bias, plain=not self.tune_weights and not self.points)

    def _fed(self, codes: tf.Tensor) -> tf.Tensor:
        """Return the tuned codes for codes of weights, by the group of the output channel."""
        tuned = tf.reshape(tf.convert_to_tensor(self.tuned_codes), [-1])
        places = tf.cast(codes, tf.int32)
        if self.channel_groups is not None:
            first = np.empty(self.output_channels, np.int32)
            for number, channels in enumerate(self.channel_groups):
                first[list(channels)] = 256 * number
            places += first
        return tf.cast(tf.gather(tuned, places), tf.uint8)


OPTIONS = frozenset(
    name
    for name, parameter in inspect.signature(EmulatedLayer.__init__).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
)
"""Names of the options that an approximate layer adds to those of the Keras layer."""


def check_data_format(layer: Any) -> None:
    """Refuse `channels_first`.

    Raises:
        QuantizationError: if the layer has it.
    """
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise QuantizationError(
            f"{type(layer).__name__} supports data_format='channels_last' only, got "
            "'channels_first'; transpose the input, or set "
            "keras.config.set_image_data_format('channels_last')"
        )


def _untuned(shape: Any, dtype: Any = None) -> Any:
    """Return codes that stand for themselves; an initializer."""
    return keras.ops.broadcast_to(keras.ops.arange(256, dtype=dtype), shape)
