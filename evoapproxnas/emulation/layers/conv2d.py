"""The approximate 2-D convolution."""

from typing import Any

import keras

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.base import EmulatedLayer


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxConv2D(EmulatedLayer, keras.layers.Conv2D):
    """`keras.layers.Conv2D` with an approximate multiplier; options as in `EmulatedLayer`."""

    def _grouped(self, kernel: Any) -> Any:
        return kernel

    def _geometry(self, channels: int) -> Geometry:
        return Geometry(self.strides, self.dilation_rate, self.padding, self.groups)

    def _exact(self, x: Any, kernel: Any) -> Any:
        return self.convolution_op(x, kernel)
