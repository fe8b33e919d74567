"""A Keras model as one TensorFlow function for one image, its weights constants."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from evoapproxnas.networks.ops import Shape


def frozen(model: keras.Model, shapes: Sequence[Shape]) -> Any:
    """Return a concrete function of maps with a batch of one.

    With a batch of any size, the converter keeps operators that only compute shapes.

    Args:
        model: the model.
        shapes: of its inputs, without the batch axis.
    """

    @tf.function
    def run(*maps: Any) -> Any:
        return model(list(maps) if len(maps) > 1 else maps[0], training=False)

    batches = [tf.TensorSpec((1, *shape), tf.float32) for shape in shapes]
    return convert_variables_to_constants_v2(run.get_concrete_function(*batches))
