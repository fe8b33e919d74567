"""`Network` -> Keras functional model, of standard Keras layers only: it loads anywhere."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import keras

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks.checked_ops import INPUT_NAME
from evoapproxnas.networks.network import Network
from evoapproxnas.networks.ops import Op

_BATCH_NORM_MOMENTUM = 0.9
"""Keras' 0.99 needs hundreds of steps to forget its start; candidates train for few epochs."""

_LEAKY_SLOPE = 0.3

Factory = Callable[[Op, int], Callable[[Any], Any]]


def build_model(
    network: Network,
    *,
    mean: Sequence[float] | None = None,
    variance: Sequence[float] | None = None,
    seed: int = 0,
    name: str = "network",
) -> keras.Model:
    """Build the model of a network; its layers are named as the network's operations.

    Args:
        network: what to build.
        mean: per channel, on the 0..255 scale; given together with `variance`, the first layer
            normalizes by them.
        variance: per channel, on the 0..255 scale.
        seed: every layer's initializer and dropout derive their seed from this and its name.
        name: of the model.

    Returns:
        A functional model from raw pixels (batch, height, width, channels) to logits
        (batch, classes).

    Raises:
        ConfigError: only one of `mean` and `variance` is given, or not one value per channel.
    """
    _check_statistics(network, mean, variance)
    image = keras.Input(network.input_shape, name=INPUT_NAME)
    tensors = {INPUT_NAME: image}
    if mean is not None and variance is not None:
        normalize = keras.layers.Normalization(
            mean=list(mean), variance=list(variance), name="normalization"
        )
        tensors[INPUT_NAME] = normalize(image)
    for op in network.ops:
        inputs = [tensors[name] for name in op.inputs]
        layer = layer_of(op, seed=zlib.crc32(f"{seed}/{op.name}".encode()))
        tensors[op.name] = layer(inputs if len(inputs) > 1 else inputs[0])
    return keras.Model(image, tensors[network.ops[-1].name], name=name)


def layer_of(op: Op, *, seed: int, name: str | None = None) -> Callable[[Any], Any]:
    """Make the Keras layer of an operation, or layers as a function.

    Args:
        op: the operation.
        seed: of initial weights and dropout.
        name: in place of the operation's own.
    """
    return _LAYERS[op.kind](op if name is None else replace(op, name=name), seed)


def _check_statistics(
    network: Network, mean: Sequence[float] | None, variance: Sequence[float] | None
) -> None:
    sizes = [None if values is None else len(values) for values in (mean, variance)]
    if sizes not in ([None, None], [network.input_shape[2]] * 2):
        raise ConfigError(
            f"normalization: expected mean and variance of {network.input_shape[2]} channels, "
            f"or neither, got {mean} and {variance}"
        )


def _conv2d(op: Op, seed: int) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        op["channels"],
        op["kernel"],
        strides=op["stride"],
        padding="same",
        use_bias=op["bias"],
        kernel_initializer=keras.initializers.HeNormal(seed),
        name=op.name,
    )


def _depthwise_conv2d(op: Op, seed: int) -> keras.layers.Layer:
    return keras.layers.DepthwiseConv2D(
        op["kernel"],
        strides=op["stride"],
        padding="same",
        use_bias=op["bias"],
        # Keras counts a depthwise kernel's fan-in as kernel^2 x channels, though one output
        # sees a single channel; the scale undoes that.
        depthwise_initializer=keras.initializers.VarianceScaling(
            2.0 * op.shape[2], mode="fan_in", distribution="truncated_normal", seed=seed
        ),
        name=op.name,
    )


def _batch_norm(op: Op, seed: int) -> keras.layers.Layer:
    return keras.layers.BatchNormalization(momentum=_BATCH_NORM_MOMENTUM, name=op.name)


def _activation(op: Op, seed: int) -> keras.layers.Layer:
    make: dict[str, Callable[[], keras.layers.Layer]] = {
        "relu": lambda: keras.layers.ReLU(name=op.name),
        "relu6": lambda: keras.layers.ReLU(max_value=6.0, name=op.name),
        "elu": lambda: keras.layers.ELU(name=op.name),
        "leakyrelu": lambda: keras.layers.LeakyReLU(negative_slope=_LEAKY_SLOPE, name=op.name),
        "prelu": lambda: keras.layers.PReLU(shared_axes=[1, 2], name=op.name),
    }
    return make[op["function"]]()


def _max_pool(op: Op, seed: int) -> keras.layers.Layer:
    return keras.layers.MaxPooling2D(
        op["pool"], strides=op["strides"], padding=op["padding"], name=op.name
    )


def _average_pool(op: Op, seed: int) -> keras.layers.Layer:
    return keras.layers.AveragePooling2D(
        op["pool"], strides=op["strides"], padding=op["padding"], name=op.name
    )


def _crop_channels(op: Op, seed: int) -> keras.layers.Layer:
    # In "channels_first" mode, cropping cuts the last two axes: see `_pad_channels`.
    return keras.layers.Cropping2D(
        ((0, 0), (op["before"], op["after"])), data_format="channels_first", name=op.name
    )


def _shuffle_channels(op: Op, seed: int) -> Callable[[Any], Any]:
    """No one standard layer does it: three do, of which the last one has the name."""
    height, width, channels = op.shape
    grouped = (height, width, op["groups"], channels // op["groups"])
    layers = (
        keras.layers.Reshape(grouped, name=f"{op.name}_groups"),
        keras.layers.Permute((1, 2, 4, 3), name=f"{op.name}_turns"),
        keras.layers.Reshape(op.shape, name=op.name),
    )
    return lambda x: reduce(lambda y, layer: layer(y), layers, x)


def _pad_channels(op: Op, seed: int) -> keras.layers.Layer:
    # In "channels_first" mode, zero padding pads the last two axes, whatever they mean: here
    # they are width and channels, so a standard layer does it.
    return keras.layers.ZeroPadding2D(
        ((0, 0), (0, op["added"])), data_format="channels_first", name=op.name
    )


def _dense(op: Op, seed: int) -> keras.layers.Layer:
    return keras.layers.Dense(
        op["units"], kernel_initializer=keras.initializers.GlorotUniform(seed), name=op.name
    )


_LAYERS: dict[str, Factory] = {
    "conv2d": _conv2d,
    "depthwise_conv2d": _depthwise_conv2d,
    "batch_norm": _batch_norm,
    "activation": _activation,
    "add": lambda op, seed: keras.layers.Add(name=op.name),
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "concat": lambda op, seed: keras.layers.Concatenate(name=op.name),
    "crop_channels": _crop_channels,
    "shuffle_channels": _shuffle_channels,
    "dropout": lambda op, seed: keras.layers.Dropout(op["rate"], seed=seed, name=op.name),
    "pad_channels": _pad_channels,
    "global_average_pool": lambda op, seed: keras.layers.GlobalAveragePooling2D(name=op.name),
    "dense": _dense,
}
"""Layer of each primitive, or layers as a function, from the operation and their seed."""
