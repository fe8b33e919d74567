"""The approximate dense layer: a 1x1 convolution of one pixel."""

from typing import Any

import keras
import tensorflow as tf

from evoapproxnas.emulation.kernels import Geometry
from evoapproxnas.emulation.layers.base import EmulatedLayer


@keras.saving.register_keras_serializable(package="evoapproxnas")
class ApproxDense(EmulatedLayer, keras.layers.Dense):
    """`keras.layers.Dense` with an approximate multiplier; options as in `EmulatedLayer`."""

    def _grouped(self, kernel: Any) -> Any:
        return tf.reshape(kernel, (1, 1, *kernel.shape))

    def _images(self, x: Any) -> Any:
        return tf.reshape(x, (-1, 1, 1, self.kernel.shape[0]))

    def _outputs(self, y: Any, x: Any) -> Any:
        shape = tf.concat([tf.shape(x)[:-1], [self.units]], axis=0)
        outputs = tf.reshape(y, shape)
        outputs.set_shape((*x.shape[:-1], self.units))
        return outputs

    def _geometry(self, channels: int) -> Geometry:
        return Geometry(padding="valid")
