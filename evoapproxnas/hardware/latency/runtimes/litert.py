"""LiteRT (formerly TensorFlow Lite): int8 models that TensorFlow's own converter makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from evoapproxnas.hardware.latency.fusion import FUSIONS
from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.hardware.latency.runtimes.base import Call, Prepared, RuntimeRefuses
from evoapproxnas.hardware.latency.runtimes.converting import int8_file
from evoapproxnas.hardware.latency.runtimes.flatbuffer import LiteModel
from evoapproxnas.hardware.latency.runtimes.quiet import quietly
from evoapproxnas.hardware.latency.runtimes.samples import (
    calibration,
    sample_model,
    trained_looks,
)
from evoapproxnas.networks import Network
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.networks.ops import Shape
from evoapproxnas.private_apis import ConverterError

_CALIBRATION_IMAGES = 8
_PACKAGES = ("ai-edge-litert", "tensorflow", "keras", "numpy")


def to_int8(model: keras.Model, shapes: Sequence[Shape], rng: np.random.Generator) -> LiteModel:
    """Convert a model by post-training int8 quantization, with int8 inputs and outputs.

    Args:
        model: the model.
        shapes: of its inputs.
        rng: draws what it is calibrated on.

    Raises:
        RuntimeRefuses: if the converter cannot convert it.
    """
    images = partial(calibration, shapes, rng, count=_CALIBRATION_IMAGES)
    try:
        return LiteModel(int8_file(model, shapes, images, float_ends=False))
    except ConverterError as error:
        raise RuntimeRefuses(f"TensorFlow's converter cannot convert it: {error}") from None


class LiteRT:
    """LiteRT's interpreter on the CPU, with XNNPACK as it comes.

    Attributes:
        fusion: the converter folds batch normalization.
        threads: of the interpreter.
    """

    fusion = FUSIONS["litert"]

    def __init__(self, threads: int) -> None:
        """Say how many threads run an operation."""
        self.threads = threads

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of the runtime and the converter."""
        return {name: metadata.version(name) for name in _PACKAGES}

    def operations(self, operations: Sequence[Operation]) -> Sequence[Prepared]:
        """Convert all of them at once, then cut them apart."""
        rng = np.random.default_rng(0)
        shapes = [shape for operation in operations for shape in operation.inputs]
        model = to_int8(sample_model(operations, rng), shapes, rng)
        keras.utils.clear_session(free_memory=False)
        inputs, prepared, first = model.inputs, [], 0
        for operation in operations:
            own = inputs[first : first + len(operation.inputs)]
            first += len(own)
            parts = tuple(model.reached_from(own))
            executed = tuple(model.described(parts))
            prepared.append(_Converted(model, parts, executed, self.threads))
        return prepared

    def network(self, network: Network) -> Prepared:
        """Convert it, with weights that are drawn."""
        model = self.converted(network)
        return _Converted(model, None, tuple(model.executed()), self.threads)

    def converted(self, network: Network) -> LiteModel:
        """Return the model of a network, with weights that are drawn.

        Raises:
            RuntimeRefuses: if the converter cannot convert it.
        """
        rng = np.random.default_rng(0)
        built = build_model(network)
        trained_looks(built, rng)
        model = to_int8(built, [network.input_shape], rng)
        keras.utils.clear_session(free_memory=False)
        return model


@dataclass(frozen=True)
class _Converted:
    """A converted model, or some of its operators."""

    model: LiteModel
    operators: tuple[int, ...] | None
    executed: tuple[str, ...]
    threads: int

    def start(self, copies: int = 1) -> Call:
        return self._start(copies, OpResolverType.AUTO)

    def start_plainly(self, copies: int = 1) -> Call:
        return self._start(copies, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)

    def _start(self, copies: int, resolver: OpResolverType) -> Call:
        content = self.model.content
        if self.operators is not None:
            content = self.model.part(self.operators, copies=copies)
        try:
            with quietly():
                interpreter = Interpreter(
                    model_content=content,
                    num_threads=self.threads,
                    experimental_op_resolver_type=resolver,
                )
                interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise RuntimeRefuses(
                f"LiteRT cannot run {', '.join(self.executed)}: {error}"
            ) from None
        invoke: Call = interpreter.invoke
        return invoke
