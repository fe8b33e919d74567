"""The approximate depthwise 2-D convolution."""

from typing import Any

import keras
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.base import EmulatedLayer


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxDepthwiseConv2D(EmulatedLayer, keras.layers.DepthwiseConv2D):
    """`keras.layers.DepthwiseConv2D` with an approximate multiplier; see `EmulatedLayer`."""

    def _grouped(self, kernel: Any) -> Any:
        rows, columns, channels, multiplier = kernel.shape
        return tf.reshape(kernel, (rows, columns, 1, channels * multiplier))

    def _geometry(self, channels: int) -> Geometry:
        return Geometry(self.strides, self.dilation_rate, self.padding, channels)

    def _exact(self, x: Any, kernel: Any) -> Any:
        return keras.ops.depthwise_conv(
            x, kernel, strides=self.strides, padding=self.padding,
            dilation_rate=self.dilation_rate, data_format=self.data_format,
        )  # fmt: skip
