"""The approximate 2-D convolution."""

import keras

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.base import EmulatedLayer


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxConv2D(EmulatedLayer, keras.layers.Conv2D):
    """`keras.layers.Conv2D` with an approximate multiplier; options as in `EmulatedLayer`."""

    def _geometry(self, channels: int) -> Geometry:
        return Geometry(self.strides, self.dilation_rate, self.padding, self.groups)
