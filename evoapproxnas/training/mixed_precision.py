"""Feature maps in bfloat16 while a model is trained, for CPUs that multiply it.

With AMX, convolutions take a third of the time, and everything between them moves half of the
bytes; AVX-512 BF16 makes whole steps 1.4 times as fast.
Weights, their gradients, the optimizer, statistics of batch normalizations, the head and the loss
stay float32, and so does the model: only the graph of its training steps differs.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from evoapproxnas.private_apis import Functional
from evoapproxnas.training.batch_norm import fits_fused_operation
from evoapproxnas.training.graph_options import is_small_step, multiplications

_L = keras.layers
_QUICK = {
    _L.Add, _L.AveragePooling2D, _L.BatchNormalization, _L.Conv2D, _L.MaxPooling2D, _L.ReLU,
    _L.ZeroPadding2D,
}  # fmt: skip
_OTHERS = {
    _L.Concatenate, _L.Dense, _L.DepthwiseConv2D, _L.Dropout, _L.ELU, _L.Flatten,
    _L.GlobalAveragePooling2D, _L.GlobalMaxPooling2D, _L.InputLayer, _L.LeakyReLU,
    _L.Normalization, _L.PReLU, _L.Permute, _L.Rescaling, _L.Reshape,
}  # fmt: skip
_CHANNELS = 16
_KERNEL = 3
_IMAGE_CHANNELS = 4
_SHARE = 0.8


def gains_from_bfloat16(model: Any, batch: int) -> bool:
    """Whether training steps of a model take less time with feature maps in bfloat16.

    They do where most multiplications are those of 3x3 convolutions whose channels are multiples
    of 16 (the image's aside). Candidates of preset `cifar10`, with 2x2 and 1x1 kernels,
    depthwise convolutions, ELU, dropout or 24 channels, took 0 to 40 % more time.

    Args:
        model: a built Keras model; its layers must all be known: what emulated ones compute must
            not depend on how the maps between them are rounded.
        batch: images in a step.
    """
    if type(model) is not Functional or is_small_step(model, batch):
        return False
    if not all(type(operation) in _QUICK | _OTHERS for operation in model.operations):
        return False
    quick = [layer for layer in model.layers if type(layer) is _L.Conv2D and _has_tiles(layer)]
    total = sum(map(multiplications, model.layers))
    return sum(map(multiplications, quick)) >= _SHARE * total


def _has_tiles(layer: Any) -> bool:
    """Whether a convolution fills the tiles of AMX."""
    height, width, channels, filters = layer.kernel.shape
    whole = filters % _CHANNELS == 0 and (channels % _CHANNELS == 0 or channels <= _IMAGE_CHANNELS)
    return min(height, width) >= _KERNEL and whole and layer.groups == 1


@contextlib.contextmanager
def bfloat16_maps(model: Any) -> Iterator[None]:
    """Let the layers of feature maps compute in bfloat16 inside the context.

    Args:
        model: a built Keras model; what it traces inside the context keeps bfloat16.
    """
    layers = [layer for layer in model.layers if type(layer) in _QUICK and _is_quick(layer)]
    with contextlib.ExitStack() as stack:
        for layer in layers:
            if getattr(layer, "use_bias", False):
                stack.enter_context(_own_bias(layer))
            stack.enter_context(_changed(layer, dtype_policy=keras.DTypePolicy("mixed_bfloat16")))
        yield


@contextlib.contextmanager
def _own_bias(layer: Any) -> Iterator[None]:
    """Let a convolution leave its bias and activation to `_add_bias`."""
    bias, activation, call = layer.bias.value, layer.activation, layer.call

    def biased(inputs: Any) -> Any:
        outputs = _add_bias(call(inputs), bias)
        return outputs if activation is None else activation(outputs)

    with _changed(layer, use_bias=False, activation=None):
        layer.call = biased
        try:
            yield
        finally:
            del layer.call


@contextlib.contextmanager
def _changed(layer: Any, **values: Any) -> Iterator[None]:
    own = {name: getattr(layer, name) for name in values}
    try:
        for name, value in values.items():
            setattr(layer, name, value)
        yield
    finally:
        for name, value in own.items():
            setattr(layer, name, value)


@tf.custom_gradient
def _add_bias(outputs: Any, bias: Any) -> Any:
    """Add the bias; its gradient is summed in float32, as TensorFlow would in bfloat16.

    Sums of thousands of terms stall there: that of 32 x 64 pixels came out four times too small.
    """

    def slope(upstream: Any) -> tuple[Any, Any]:
        return upstream, tf.reduce_sum(tf.cast(upstream, tf.float32), axis=(0, 1, 2))

    return outputs + tf.cast(bias, outputs.dtype), slope


def _is_quick(layer: Any) -> bool:
    """Whether a float32 layer has a quick operation for bfloat16; others convert what they get."""
    if layer.compute_dtype != "float32":
        return False
    if type(layer) is _L.BatchNormalization:  # Of other channels, it takes three times as long.
        return fits_fused_operation(layer) and layer.gamma.shape[0] % _CHANNELS == 0
    return getattr(layer, "groups", 1) == 1
