"""A Keras model as one TensorFlow function for one image, and as an int8 file for LiteRT."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.hardware.latency.runtimes.quiet import quietly
from evoapproxnas.networks.ops import Shape
from evoapproxnas.private_apis import convert_variables_to_constants_v2

Calibration = Callable[[], Iterator[list[npt.NDArray[np.float32]]]]
"""Gives the maps of one call after the other, each with a batch axis of one."""


def frozen(model: keras.Model, shapes: Sequence[Shape]) -> Any:
    """Return a concrete function of maps with a batch of one, its weights constants.

    With a batch of any size, the converter keeps operators that only compute shapes.

    Args:
        model: the model.
        shapes: of its inputs, without the batch axis.
    """

    @tf.function(autograph=False)
    def run(*maps: Any) -> Any:
        return model(list(maps) if len(maps) > 1 else maps[0], training=False)

    batches = [tf.TensorSpec((1, *shape), tf.float32) for shape in shapes]
    return convert_variables_to_constants_v2(run.get_concrete_function(*batches))


def int8_file(
    model: keras.Model, shapes: Sequence[Shape], calibration: Calibration, *, float_ends: bool
) -> bytes:
    """Convert a float model to int8 by TensorFlow's post-training quantization.

    Args:
        model: the model.
        shapes: of its inputs, without the batch axis.
        calibration: what activation ranges are measured on.
        float_ends: inputs and outputs stay float32; else they are int8, too.

    Returns:
        A `.tflite` file.

    Raises:
        private_apis.ConverterError: if the converter cannot convert it.
    """
    with quietly():  # It asks for what the frozen graph no longer has: its variables.
        converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen(model, shapes)])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = calibration
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if not float_ends:
        converter.inference_input_type = converter.inference_output_type = tf.int8
    with quietly():
        return bytes(converter.convert())
