"""The approximate depthwise 2-D convolution."""

from typing import Any

import keras
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.base import EmulatedLayer


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxDepthwiseConv2D(EmulatedLayer, keras.layers.DepthwiseConv2D):
    """`keras.layers.DepthwiseConv2D` with an approximate multiplier; see `EmulatedLayer`."""

    output_axes = (-2, -1)

    def _grouped(self, kernel: Any) -> Any:
        rows, columns, channels, multiplier = kernel.shape
        return tf.reshape(kernel, (rows, columns, 1, channels * multiplier))

    def _geometry(self, channels: int) -> Geometry:
        return Geometry(self.strides, self.dilation_rate, self.padding, channels)
