"""TensorFlow itself: float32 graphs with constant weights, as its optimizer rewrites them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.fusion import FUSIONS
from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.hardware.latency.runtimes.base import Call, Prepared
from evoapproxnas.hardware.latency.runtimes.converting import frozen
from evoapproxnas.hardware.latency.runtimes.quiet import quietly
from evoapproxnas.hardware.latency.runtimes.samples import (
    random_maps,
    sample_model,
    trained_looks,
)
from evoapproxnas.networks import Network
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.networks.ops import Shape

_PACKAGES = ("tensorflow", "keras", "numpy")


class TensorFlow:
    """TensorFlow's own runtime on the CPU.

    Attributes:
        fusion: batch normalization is fused where the optimizer does it, else a step of its own.
        threads: that compute an operation; operations run one after another.
    """

    fusion = FUSIONS["tensorflow"]

    def __init__(self, threads: int) -> None:
        """Set the threads.

        Raises:
            MeasurementError: if TensorFlow has run with others in this process.
        """
        self.threads = threads
        try:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError as error:
            raise MeasurementError(
                f"TensorFlow has already started with other threads in this process: {error}; "
                "measure in a process of its own"
            ) from None

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of TensorFlow and Keras."""
        return {name: metadata.version(name) for name in _PACKAGES}

    def operations(self, operations: Sequence[Operation]) -> Sequence[Prepared]:
        """Nothing to prepare before the number of copies is known."""
        return [_Traced(operation) for operation in operations]

    def network(self, network: Network) -> Prepared:
        """Build it, with weights that are drawn."""
        return _TracedNetwork(network)


@dataclass(frozen=True)
class _Traced:
    operation: Operation
    executed: tuple[str, ...] = ()

    def start(self, copies: int = 1) -> Call:
        """Give each copy its own inputs: TensorFlow computes what is equal only once."""
        rng = np.random.default_rng(0)
        model = sample_model([self.operation] * copies, rng)
        return _call(model, self.operation.inputs * copies, rng)

    def start_plainly(self, copies: int = 1) -> Call:
        return self.start(copies)


@dataclass(frozen=True)
class _TracedNetwork:
    whole: Network
    executed: tuple[str, ...] = ()

    def start(self, copies: int = 1) -> Call:
        rng = np.random.default_rng(0)
        model = build_model(self.whole)
        trained_looks(model, rng)
        return _call(model, (self.whole.input_shape,), rng)

    def start_plainly(self, copies: int = 1) -> Call:
        return self.start(copies)


def _call(model: keras.Model, shapes: Sequence[Shape], rng: np.random.Generator) -> Call:
    with quietly():
        function = frozen(model, shapes)
    maps = [tf.constant(batch) for batch in random_maps(shapes, rng)]
    keras.utils.clear_session(free_memory=False)

    def run() -> Any:
        return function(*maps)

    return run
