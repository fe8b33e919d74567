"""Keras models of single operations, and weights that no converter can leave out."""

import math
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np

from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.networks.keras_model import layer_of
from evoapproxnas.networks.ops import Shape

_RANGE = (-1.0, 3.0)


def sample_model(operations: Sequence[Operation], rng: np.random.Generator) -> keras.Model:
    """Put operations side by side in a model: each has inputs of its own and an output.

    Inputs come in the order of the operations; an operation of two inputs has two in a row.
    """
    inputs: list[Any] = []
    outputs = []
    for place, operation in enumerate(operations):
        tensors = {
            f"in{number}": keras.Input(shape, name=f"in{place}_{number}")
            for number, shape in enumerate(operation.inputs)
        }
        inputs += tensors.values()
        for op in operation.ops:
            named = f"{op.name}_{place}"
            layer = layer_of(op, seed=zlib.crc32(named.encode()), name=named)
            read = [tensors[name] for name in op.inputs]
            tensors[op.name] = layer(read if len(read) > 1 else read[0])
        outputs.append(tensors[operation.ops[-1].name])
    model = keras.Model(inputs, outputs)
    trained_looks(model, rng)
    return model


def trained_looks(model: keras.Model, rng: np.random.Generator) -> None:
    """Draw weights with which every map lives and keeps its size, as in a trained network.

    Kernels average what they read and normalizations do something: converters drop what does
    nothing, and leave in float whatever comes after a map that is always zero.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            size = layer.gamma.shape
            drawn = [rng.uniform(0.5, 1.5, size) for _ in range(4)]
            layer.set_weights(drawn)
        elif isinstance(layer, keras.layers.PReLU):
            layer.set_weights([rng.uniform(0.1, 0.3, layer.alpha.shape)])
        elif layer.weights:
            depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
            kernel, *bias = layer.weights
            read = math.prod(kernel.shape[:2] if depthwise else kernel.shape[:-1])
            kernel.assign(rng.uniform(0, 2 / read, kernel.shape))
            for each in bias:
                each.assign(rng.uniform(0.5, 1.5, each.shape))


def random_maps(shapes: Sequence[Shape], rng: np.random.Generator) -> list[Any]:
    """Draw a batch of one for each input: values as a normalized image or a layer has them.

    Not pixels: kernels for int8 refuse sums of numbers of very different sizes, and no network of
    this package reads an image that is not normalized.
    """
    return [rng.uniform(*_RANGE, (1, *shape)).astype(np.float32) for shape in shapes]


def calibration(
    shapes: Sequence[Shape], rng: np.random.Generator, *, count: int
) -> Iterator[list[Any]]:
    """Yield batches that ranges of int8 codes are found on."""
    for _ in range(count):
        yield random_maps(shapes, rng)
