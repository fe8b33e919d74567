"""The approximate separable 2-D convolution: a depthwise and a 1x1 layer, each emulated."""

from typing import Any, Self

import keras

from evoapproxnas.emulation.layers.base import OPTIONS, check_data_format
from evoapproxnas.emulation.layers.conv2d import ApproxConv2D
from evoapproxnas.emulation.layers.depthwise_conv2d import ApproxDepthwiseConv2D
from evoapproxnas.emulation.layers.grouped_filters import with_multiplier
from evoapproxnas.emulation.layers.identity import adopt_groups
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxSeparableConv2D(keras.layers.SeparableConv2D):
    """`keras.layers.SeparableConv2D` with an approximate multiplier.

    The sums between the two convolutions are quantized again, so each has a range of its own:
    calibration finds them as "NAME/depthwise" and "NAME/pointwise".

    Args:
        *args: as for the Keras layer.
        **kwargs: as for the Keras layer, and the options of `EmulatedLayer`, which both
            convolutions get; `multiplier` is required.

    Raises:
        QuantizationError: for options that cannot be emulated, such as `channels_first`.
        UnknownNameError: for an unknown multiplier or kernel.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Set the options; see the class."""
        options = {name: kwargs.pop(name) for name in OPTIONS & kwargs.keys()}
        points = options.get("operating_points") or {}
        for given in [options, *points.values()]:
            if "multiplier" in given:
                check_one_multiplier(given["multiplier"], kwargs.get("name"))
        super().__init__(*args, **kwargs)
        check_data_format(self)
        self.autocast = False
        self.supports_jit = False
        options["dtype"] = self.dtype_policy
        self.depthwise = ApproxDepthwiseConv2D(
            self.kernel_size,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            depth_multiplier=self.depth_multiplier,
            use_bias=False,
            depthwise_initializer=self.depthwise_initializer,
            depthwise_regularizer=self.depthwise_regularizer,
            depthwise_constraint=self.depthwise_constraint,
            name="depthwise",
            **options,
        )
        self.pointwise = ApproxConv2D(
            self.filters,
            1,
            activation=self.activation,
            use_bias=self.use_bias,
            kernel_initializer=self.pointwise_initializer,
            bias_initializer=self.bias_initializer,
            kernel_regularizer=self.pointwise_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.pointwise_constraint,
            bias_constraint=self.bias_constraint,
            name="pointwise",
            **options,
        )

    def build(self, input_shape: Any) -> None:
        """Build both convolutions; their weights are this layer's."""
        self.depthwise.build(input_shape)
        self.pointwise.build(self.depthwise.compute_output_shape(input_shape))
        self.depthwise_kernel = self.depthwise.kernel
        self.pointwise_kernel = self.pointwise.kernel
        self.bias = self.pointwise.bias

    @property
    def multiplier(self) -> Multiplier:
        """The multiplier of both convolutions."""
        return self.depthwise.multiplier

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Apply both convolutions to (images, rows, columns, channels)."""
        between = self.depthwise(inputs, training=training)
        return self.pointwise(between, training=training)

    def get_config(self) -> dict[str, Any]:
        """Return the layer's options; the multiplier as name and digest."""
        return {**super().get_config(), **self.depthwise.emulation_config()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Rebuild the layer.

        Raises:
            MultiplierError: if the multiplier is missing or has a different table.
        """
        return super().from_config(with_multiplier(config))


def check_one_multiplier(given: Any, layer: str | None) -> None:
    """Refuse groups of channels, which the two convolutions have differently many of.

    Args:
        given: to the layer.
        layer: its name, for messages.

    Raises:
        QuantizationError: if it is several multipliers.
    """
    if len(adopt_groups(given)[0]) > 1:
        raise QuantizationError(
            f"layer {layer or 'SeparableConv2D'!r} takes one multiplier for both its "
            "convolutions; for groups of channels write it as a DepthwiseConv2D and a Conv2D of "
            "1x1"
        )
