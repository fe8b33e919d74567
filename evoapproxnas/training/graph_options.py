"""How TensorFlow prepares the graph of the training steps, and runs it."""

import contextlib
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from evoapproxnas.private_apis import Functional, function_executor_type

_OFF = "disable_meta_optimizer"
_SMALL_STEP = 12_000_000
"""Multiplications of a forward pass up to which oneDNN's convolutions do not pay their cost."""

_L = keras.layers
_WITHOUT_CONTROL_FLOW = {
    _L.Add, _L.BatchNormalization, _L.Conv2D, _L.Dense, _L.DepthwiseConv2D, _L.Dropout, _L.ELU,
    _L.GlobalAveragePooling2D, _L.InputLayer, _L.LeakyReLU, _L.MaxPooling2D, _L.Normalization,
    _L.PReLU, _L.ReLU, _L.ZeroPadding2D,
}  # fmt: skip


class Execution(NamedTuple):
    """How the training steps of a model are run.

    Attributes:
        optimized: TensorFlow's graph optimizer works on the graph first.
        in_sequence: one operation after the other, by TensorFlow's executor for a single thread.
    """

    optimized: bool
    in_sequence: bool


def quickest_execution(model: Any, batch: int) -> Execution:
    """Return what takes the least processor time; all do the same but for the order of sums.

    For small networks of well-known layers, the graph optimizer takes a tenth of a second or two,
    as long as some hundred steps do, and makes these no faster. The executor for a single thread
    does in 0.5 ms what takes 0.8 ms for a network of 20 kMACs (batch 32). But it leaves out
    oneDNN, which larger networks need: a step of ResNet-8 takes three times as long. And a branch
    or loop in a layer would wait for ever for a second thread; so only layers that are known to
    have none qualify, and only where operations may not run side by side anyway.

    Args:
        model: a built Keras model.
        batch: images in a step.
    """
    small = _is_plain(model) and is_small_step(model, batch)
    single = tf.config.threading.get_inter_op_parallelism_threads() == 1
    return Execution(optimized=not small, in_sequence=small and single)


def is_small_step(model: Any, batch: int) -> bool:
    """Whether a step has so few multiplications that how they are done hardly matters."""
    return batch * sum(map(multiplications, model.layers)) <= _SMALL_STEP


@contextlib.contextmanager
def executed(execution: Execution) -> Iterator[None]:
    """Trace and run graphs in this way; a graph is prepared anew for another one."""
    with contextlib.ExitStack() as stack:
        if not execution.optimized:
            stack.enter_context(_unoptimized())
        if execution.in_sequence:
            stack.enter_context(function_executor_type("SINGLE_THREADED_EXECUTOR"))
        yield


def _is_plain(model: Any) -> bool:
    """Whether it consists of layers without branches and loops; subclasses may do anything."""
    return type(model) is Functional and all(
        type(operation) in _WITHOUT_CONTROL_FLOW for operation in model.operations
    )


def multiplications(layer: Any) -> int:
    """Count those of one image, padding included, in a convolution or dense layer; 0 in others."""
    if getattr(layer, "kernel", None) is None:
        return 0
    pixels = math.prod(size or 1 for size in layer.output.shape[1:-1])
    return math.prod(layer.kernel.shape) * pixels


@contextlib.contextmanager
def _unoptimized() -> Iterator[None]:
    before = tf.config.optimizer.get_experimental_options().get(_OFF, False)
    tf.config.optimizer.set_experimental_options({_OFF: True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({_OFF: before})
