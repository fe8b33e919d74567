"""The approximate 1-D convolution: a 2-D convolution of images one row high."""

from typing import Any, Literal

import keras
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.base import EmulatedLayer


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxConv1D(EmulatedLayer, keras.layers.Conv1D):
    """`keras.layers.Conv1D` with an approximate multiplier; options as in `EmulatedLayer`.

    Causal padding, like any other, feeds the zero-point code through the multiplier.
    """

    def _grouped(self, kernel: Any) -> Any:
        return tf.expand_dims(kernel, 0)

    def _images(self, x: Any) -> Any:
        x = tf.expand_dims(x, 1)
        return tf.pad(x, [[0, 0], [0, 0], [self._causal_steps, 0], [0, 0]])

    def _outputs(self, y: Any, x: Any) -> Any:
        return tf.squeeze(y, 1)

    def _geometry(self, channels: int) -> Geometry:
        padding: Literal["same", "valid"] = "same" if self.padding == "same" else "valid"
        return Geometry((1, *self.strides), (1, *self.dilation_rate), padding, self.groups)

    @property
    def _causal_steps(self) -> int:
        """Number of steps of padding in front."""
        steps = (self.kernel_size[0] - 1) * self.dilation_rate[0]
        return steps if self.padding == "causal" else 0
