"""Batch normalization while a model is trained: quick to forget, and in one operation."""

import contextlib
import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import keras
import tensorflow as tf

_WINDOWS = 10
"""Training lasts so many times the memory of the moving averages: e^-10 of their start is left."""


@contextlib.contextmanager
def short_memory(model: Any, total_steps: int) -> Iterator[None]:
    """Let the moving averages of batch normalizations forget their initial values in time.

    With Keras' momentum of 0.99 and 180 steps, a sixth of a moving average is still its initial
    value, and a net that learned digits to 96 % is evaluated at 87 %. While this context lasts,
    momentum is at most 1 - 10 / `total_steps`; the layers' own values are put back afterwards.

    Args:
        model: a Keras model; what it traces inside the context keeps the lowered momentum.
        total_steps: training steps to come.
    """
    layers = list(batch_norms(model))
    own = [layer.momentum for layer in layers]
    limit = max(0.0, 1.0 - _WINDOWS / total_steps)
    try:
        for layer in layers:
            layer.momentum = min(layer.momentum, limit)
        yield
    finally:
        for layer, momentum in zip(layers, own, strict=True):
            layer.momentum = momentum


@contextlib.contextmanager
def fused(model: Any) -> Iterator[None]:
    """Let batch normalizations of feature maps run as TensorFlow's one fused operation.

    Keras 3 composes them of moments and elementwise operations, each of which reads and writes
    the whole feature map, forward and backward: a training step of ResNet-8 or ResNet-20 takes
    1.5 times as long. Results differ in the order of sums only. Layers that do more than the
    fused operation (other axes, masks, renormalization, frozen, without scale or center, of
    other numeric types) are left as they are.

    Args:
        model: a built Keras model; what it traces inside the context keeps the fused operation.
    """
    layers = [layer for layer in batch_norms(model) if fits_fused_operation(layer)]
    try:
        for layer in layers:
            layer.call = partial(
                _fused_call, layer, layer.call, layer.gamma.value, layer.beta.value
            )
        yield
    finally:
        for layer in layers:
            del layer.call


def fits_fused_operation(layer: Any) -> bool:
    """Whether `fused` takes a batch normalization: one that does what its operation does."""
    return (
        type(layer) is keras.layers.BatchNormalization
        and layer.trainable
        and layer.scale
        and layer.center
        and not layer.renorm
        and layer.compute_dtype in ("float32", "bfloat16")
        and layer.input_spec is not None
        and layer.input_spec.ndim == 4
        and layer.axis in (-1, 3)
    )


def _fused_call(
    layer: Any,
    composed: Callable[..., Any],
    gamma: Any,
    beta: Any,
    inputs: Any,
    training: bool | None = None,
    mask: Any = None,
) -> Any:
    if not training or mask is not None:
        return composed(inputs, training=training, mask=mask)
    outputs, mean, unbiased = tf.compat.v1.nn.fused_batch_norm(
        inputs, gamma, beta, epsilon=layer.epsilon, is_training=True
    )
    forget = 1.0 - layer.momentum
    biased = unbiased * _share_of_spread(inputs)
    for moving, now in ((layer.moving_mean.value, mean), (layer.moving_variance.value, biased)):
        moving.assign_sub(forget * (moving - now))
    return outputs


def _share_of_spread(inputs: Any) -> Any:
    """Return (n - 1) / n of n values per channel: the biased variance over the unbiased one."""
    if None not in inputs.shape[:3]:
        count = math.prod(inputs.shape[:3])
        return (count - 1) / count
    count = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), tf.float32)
    return (count - 1.0) / count


def batch_norms(layer: Any) -> Iterator[Any]:
    """Yield all batch normalizations of a model, those of models inside it included."""
    if isinstance(layer, keras.layers.BatchNormalization):
        yield layer
    for inner in getattr(layer, "layers", ()):
        yield from batch_norms(inner)
