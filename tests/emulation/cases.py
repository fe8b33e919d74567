"""One-layer models of every approximate layer, and the exact Keras layers they answer to."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.emulation import (
    ApproxConv1D,
    ApproxConv2D,
    ApproxConv2DTranspose,
    ApproxDense,
    ApproxDepthwiseConv2D,
    ApproxSeparableConv2D,
    calibrate,
)
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.multipliers import Multiplier

IMAGE = (9, 8, 4)
SERIES = (11, 4)
Case = tuple[Any, tuple[Any, ...], dict[str, Any], tuple[int, ...]]

SIMPLE: dict[str, Case] = {
    "conv": (ApproxConv2D, (6, 3), {"padding": "same", "activation": "relu"}, IMAGE),
    "conv_strided": (ApproxConv2D, (6, 3), {"strides": 2, "use_bias": False}, IMAGE),
    "conv_dilated": (ApproxConv2D, (6, 3), {"dilation_rate": 2, "padding": "same"}, IMAGE),
    "conv_groups": (ApproxConv2D, (6, 3), {"groups": 2, "padding": "same"}, IMAGE),
    "conv_pixel": (ApproxConv2D, (1, 3), {"padding": "same"}, (1, 1, 1)),
    "depthwise": (ApproxDepthwiseConv2D, (3,), {"padding": "same"}, IMAGE),
    "depthwise_two": (ApproxDepthwiseConv2D, (3,), {"depth_multiplier": 2, "strides": 2}, IMAGE),
    "dense": (ApproxDense, (7,), {"activation": "relu"}, (11,)),
    "dense_3d": (ApproxDense, (7,), {}, (5, 11)),
    "series": (ApproxConv1D, (6, 3), {"padding": "same", "strides": 2}, SERIES),
    "series_causal": (ApproxConv1D, (6, 3), {"padding": "causal", "dilation_rate": 2}, SERIES),
    "series_groups": (ApproxConv1D, (6, 4), {"groups": 2, "activation": "relu"}, SERIES),
    "transpose": (ApproxConv2DTranspose, (6, 3), {"padding": "same", "strides": 2}, IMAGE),
    "transpose_valid": (ApproxConv2DTranspose, (6, (4, 3)), {"strides": (3, 2)}, IMAGE),
    "transpose_dilated": (ApproxConv2DTranspose, (6, 3), {"dilation_rate": 2}, IMAGE),
    "transpose_sparse": (ApproxConv2DTranspose, (6, 2), {"strides": 3}, IMAGE),
    "transpose_flat": (ApproxConv2DTranspose, (6, (1, 4)), {"strides": (2, 3)}, IMAGE),
    "transpose_extra": (
        ApproxConv2DTranspose,
        (6, 3),
        {"padding": "same", "strides": 2, "output_padding": 0},
        IMAGE,
    ),
}
"""Layers of a single convolution."""

LAYERS: dict[str, Case] = {
    **SIMPLE,
    "separable": (ApproxSeparableConv2D, (6, 3), {"padding": "same", "strides": 2}, IMAGE),
    "separable_two": (
        ApproxSeparableConv2D,
        (6, 3),
        {"depth_multiplier": 2, "activation": "relu", "use_bias": False},
        IMAGE,
    ),
}


def build(
    name: str, multiplier: Multiplier, *, calibrated: bool = True, **options: Any
) -> tuple[keras.Model, Any, np.ndarray]:
    """A model of one layer with weights away from their initial values, and data for it."""
    kind, arguments, keywords, shape = LAYERS[name]
    layer = kind(*arguments, **keywords, multiplier=multiplier, **options)
    model = keras.Sequential([keras.Input(shape), layer])
    rng = np.random.default_rng(0)
    for variable in layer.trainable_weights:
        variable.assign(rng.normal(0, 0.3, variable.shape))
    x = rng.normal(0.3, 1, (8, *shape)).astype(np.float32)
    if calibrated:
        calibrate(model, x)
    return model, layer, x


def network() -> tuple[keras.Model, np.ndarray, np.ndarray]:
    """A small exact network, inputs, and its outputs for them."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(6, 3, activation="relu"),
            keras.layers.DepthwiseConv2D(3, strides=2),
            keras.layers.Flatten(),
            keras.layers.Dense(4),
        ]
    )
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
    x = rng.normal(0, 1, (64, 8, 8, 3)).astype(np.float32)
    return model, x, model.predict(x, verbose=0)


def namesake(name: str, layer: Any) -> Any:
    """The exact Keras layer with the weights of an approximate one."""
    kind, arguments, keywords, shape = LAYERS[name]
    exact_kind = next(k for k in kind.__mro__ if k.__module__.startswith("keras."))
    exact = exact_kind(*arguments, **keywords)
    exact.build((None, *shape))
    exact.set_weights([np.asarray(w) for w in layer.trainable_weights])
    return exact


def fake_quantized(name: str, layer: Any, x: np.ndarray) -> tuple[Any, np.ndarray]:
    """The exact layer with the values that the weights' codes stand for, and such inputs."""
    signed = layer.multiplier.signed
    coding = layer._source(tf.constant(x), training=False).coding
    kernel = q.dequantize_weights(layer._filters().weights, signed=signed)
    exact = namesake(name, layer)
    if isinstance(layer, ApproxConv2DTranspose):
        kernel = tf.transpose(kernel, (0, 1, 3, 2))
    exact.kernel.assign(tf.reshape(kernel, exact.kernel.shape))
    bits = layer.activation_bits
    return exact, np.asarray(q.fake_quantize(tf.constant(x), coding, signed=signed, bits=bits))
