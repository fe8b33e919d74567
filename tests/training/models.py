"""Small models for the tests of training."""

import keras
import numpy as np
import tensorflow as tf

L = keras.layers


def conv_net(*, seed=0, shape=(8, 8, 1), classes=10, dropout=0.0, activation=None):
    def initializer(k):
        return keras.initializers.GlorotUniform(seed=seed + k)

    inputs = L.Input(shape)
    x = L.Rescaling(1 / 128, offset=-1)(inputs)
    x = L.Conv2D(12, 3, use_bias=False, kernel_initializer=initializer(1))(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    x = L.Conv2D(16, 3, strides=2, use_bias=False, kernel_initializer=initializer(2))(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    x = L.Flatten()(x)
    if dropout:
        x = L.Dropout(dropout)(x)
    x = L.Dense(classes, kernel_initializer=initializer(3), activation=activation)(x)
    return keras.Model(inputs, x)


class RoundTrip(keras.layers.Layer):
    """Doubles its input in NumPy, with a straight-through gradient, as an emulated layer does."""

    def call(self, inputs):
        @tf.custom_gradient
        def through(x):
            y = tf.numpy_function(lambda a: np.float32(2) * a, [x], tf.float32)
            return tf.ensure_shape(y, x.shape), lambda dy: 2.0 * dy

        return through(inputs)
