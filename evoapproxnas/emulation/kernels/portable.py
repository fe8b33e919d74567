"""Graphs that leave this process, and the kernels that can go with them.

A kernel that works on NumPy arrays is called back from TensorFlow's graph. A SavedModel, a
TensorFlow Lite file or a program compiled by XLA cannot call back, so graphs traced for these get
a kernel of ordinary operations with the same sums.
"""

import sys

import tensorflow as tf

from evoapproxnas.emulation.kernels.factorized import FactorizedKernel, factors_of
from evoapproxnas.emulation.kernels.protocol import Kernel, LookupTable
from evoapproxnas.emulation.kernels.tensorflow_ops import TensorFlowKernel
from evoapproxnas.errors import QuantizationError
from evoapproxnas.private_apis import GraphOrParentsInXlaContext

_EXPORTERS = ("keras.src.export", "tensorflow.python.saved_model", "tensorflow.lite")
"""Modules that trace a model to write it down: one of them is then among the callers."""


def leaves_process() -> bool:
    """Return whether the graph under construction is to be exported or compiled by XLA."""
    if tf.executing_eagerly():
        return False
    return bool(GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph())) or is_exporting()


def portable_kernel(table: LookupTable) -> Kernel:
    """Return the faster kernel of ordinary operations that can take the table.

    Args:
        table: of the layer's multiplier.
    """
    try:
        factors_of(table)
    except QuantizationError:
        return TensorFlowKernel()
    return FactorizedKernel()


def is_exporting() -> bool:
    """Return whether a graph is under construction that a model is written down with."""
    if tf.executing_eagerly():
        return False
    frame = sys._getframe()
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(_EXPORTERS):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
