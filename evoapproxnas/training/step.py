"""Training steps as a compiled TensorFlow function: many in one call."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.training.averaging import WeightAverage
from evoapproxnas.training.batch_norm import fused
from evoapproxnas.training.distillation import Distillation
from evoapproxnas.training.mixed_precision import bfloat16_maps
from evoapproxnas.training.optimizers import Update

TrainSteps = Callable[[Any, Any, Any], Any]
"""Images (steps, batch, ...), labels (steps, batch), learning rates (steps,) -> (steps, 2).

That is each step's loss and the number of images classified correctly.
"""


def make_train_steps(
    model: Any,
    update: Update,
    *,
    image_shape: tuple[int, ...],
    image_dtype: npt.DTypeLike = np.uint8,
    batch: int,
    classes: int,
    label_smoothing: float = 0.0,
    clip_norm: float = 0.0,
    average: WeightAverage | None = None,
    bfloat16: bool = False,
    distillation: Distillation | None = None,
) -> TrainSteps:
    """Build the steps: forward in training mode, loss, gradients, update, average; in a loop.

    The loss is the mean softmax cross entropy with label smoothing (Szegedy et al., 2016) plus
    the model's own regularization losses. A step is traced once, whatever the number of steps in
    a call; the loop is part of the graph, as calling a graph costs as much as half a step of a
    small network.

    Args:
        model: a Keras model from pixels 0..255 to logits (batch, classes).
        update: the update rule of the model's trainable variables.
        image_shape: (height, width, channels).
        image_dtype: of the images' numbers.
        batch: images per step.
        classes: number of classes.
        label_smoothing: part of the target that is spread over all classes.
        clip_norm: largest norm of all gradients together; 0: any.
        average: follows the weights, if given.
        bfloat16: whether feature maps are, see `mixed_precision`.
        distillation: what a teacher adds to the loss, if given.
    """
    tensors = [variable.value for variable in model.trainable_variables]
    off = label_smoothing / classes
    on = 1.0 - label_smoothing + off

    def step(images: Any, labels: Any, rate: Any) -> Any:
        pixels = tf.cast(images, tf.float32)
        with tf.GradientTape() as tape:
            with bfloat16_maps(model) if bfloat16 else nullcontext(), fused(model):
                logits = model(pixels, training=True)
            logits = tf.ensure_shape(tf.cast(logits, tf.float32), (batch, classes))
            targets = tf.one_hot(labels, classes, on_value=on, off_value=off)
            losses = tf.nn.softmax_cross_entropy_with_logits(targets, logits)
            if distillation is not None:
                losses = distillation.loss(pixels, logits, losses)
            loss = tf.reduce_mean(losses)
            if model.losses:
                loss += tf.cast(tf.add_n(model.losses), tf.float32)
        gradients = tape.gradient(loss, tensors)
        if clip_norm:
            gradients, _ = tf.clip_by_global_norm(gradients, clip_norm)
        update(gradients, rate)
        if average is not None:
            average.update()
        correct = tf.reduce_sum(tf.cast(tf.argmax(logits, axis=-1) == labels, tf.float32))
        return tf.stack([loss, correct])

    # autograph=False: the loop is written out, and errors keep their type.
    @tf.function(
        autograph=False,
        input_signature=[
            tf.TensorSpec((None, batch, *image_shape), tf.as_dtype(image_dtype)),
            tf.TensorSpec((None, batch), tf.int64),
            tf.TensorSpec((None,), tf.float32),
        ],
    )
    def steps(images: Any, labels: Any, rates: Any) -> Any:
        count = tf.shape(rates)[0]

        def body(done: Any, figures: Any) -> tuple[Any, Any]:
            figure = step(images[done], labels[done], rates[done])
            return done + 1, figures.write(done, figure)

        figures = tf.TensorArray(tf.float32, count, element_shape=(2,))
        # One iteration at a time: each starts from the weights that the last one left.
        _, figures = tf.while_loop(
            lambda done, _: done < count, body, (0, figures), parallel_iterations=1
        )
        return figures.stack()

    return steps
