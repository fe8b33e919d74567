"""Parts of a .tflite file: what the converter made of a model, and models of a part alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

_FLOAT = 0
_VERSION = 3
_IDENTIFIER = b"TFL3"


def _names(codes: type) -> dict[int, str]:
    return {code: name for name, code in vars(codes).items() if isinstance(code, int)}


_OPERATORS = _names(schema.BuiltinOperator)
_ACTIVATIONS = _names(schema.ActivationFunctionType)


@dataclass(frozen=True, eq=False)
class LiteModel:
    """A converted model of one graph.

    Attributes:
        content: of the file.
    """

    content: bytes

    @cached_property
    def _model(self) -> Any:
        return schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(self.content, 0))

    @property
    def _graph(self) -> Any:
        return self._model.subgraphs[0]

    @property
    def inputs(self) -> list[int]:
        """Tensors that are given."""
        return [int(tensor) for tensor in self._graph.inputs]

    def executed(self) -> list[str]:
        """Describe the operators in their order: what, activation, shapes, "float" if not int8."""
        return [self._described(operator) for operator in self._graph.operators]

    def reached_from(self, inputs: Iterable[int]) -> list[int]:
        """Return the operators that depend on any of the tensors."""
        known = set(inputs)
        found = []
        for place, operator in enumerate(self._graph.operators):
            if known.intersection(map(int, operator.inputs)):
                known.update(map(int, operator.outputs))
                found.append(place)
        return found

    def described(self, operators: Iterable[int]) -> list[str]:
        """Describe some operators, by number."""
        return [self._described(self._graph.operators[place]) for place in operators]

    def part(self, operators: Sequence[int], *, copies: int = 1) -> bytes:
        """Make a model of some operators alone, side by side with copies of themselves.

        All copies read the same inputs; every copy has its own results and its own weights to
        prepare, though they are equal.
        """
        return _Part(self._model, operators).repeated(copies)

    def _described(self, operator: Any) -> str:
        code = self._model.operatorCodes[operator.opcodeIndex]
        name = _OPERATORS[max(code.builtinCode, code.deprecatedBuiltinCode)]
        fused = getattr(operator.builtinOptions, "fusedActivationFunction", 0)
        tensors = self._graph.tensors
        reads = [tensors[place] for place in operator.inputs if place >= 0]
        written = [tensors[place] for place in operator.outputs]
        activation = f" {_ACTIVATIONS[fused]}" if fused else ""
        is_float = any(tensor.type == _FLOAT for tensor in written)
        return (
            f"{'float ' if is_float else ''}{name}{activation} "
            f"{', '.join(map(_size, reads))} -> {', '.join(map(_size, written))}"
        )


def _size(tensor: Any) -> str:
    return "x".join(str(int(side)) for side in ([] if tensor.shape is None else tensor.shape))


class _Part:
    """Some operators of a model, to be written as a model."""

    def __init__(self, model: Any, operators: Sequence[int]) -> None:
        graph = model.subgraphs[0]
        self._codes = model.operatorCodes
        self._tensors, self._source_buffers = graph.tensors, model.buffers
        self._operators = [graph.operators[place] for place in operators]
        self._made = [int(t) for operator in self._operators for t in operator.outputs]
        read = [int(t) for operator in self._operators for t in operator.inputs if t >= 0]
        others = [t for t in dict.fromkeys(read) if t not in self._made]
        self._constants = [t for t in others if self._is_constant(t)]
        self._inputs = [t for t in others if not self._is_constant(t)]
        self._outputs = [t for t in self._made if t not in read]

    def _is_constant(self, tensor: int) -> bool:
        data = self._source_buffers[self._tensors[tensor].buffer].data
        return data is not None and len(data) > 0

    def repeated(self, copies: int) -> bytes:
        graph = schema.SubGraphT()
        graph.tensors, graph.operators, graph.outputs = [], [], []
        self._buffers = [schema.BufferT()]
        place = self._adder(graph.tensors)
        shared = {tensor: place(tensor) for tensor in self._inputs}
        graph.inputs = list(shared.values())
        for _ in range(copies):
            own = {tensor: place(tensor) for tensor in (*self._constants, *self._made)}
            where = {-1: -1, **shared, **own}
            graph.operators += [_moved(operator, where) for operator in self._operators]
            graph.outputs += [own[tensor] for tensor in self._outputs]
        return self._written(graph)

    def _adder(self, tensors: list[Any]) -> Callable[[int], int]:
        def place(number: int) -> int:
            source = self._tensors[number]
            tensor = schema.TensorT()
            tensor.shape, tensor.type = source.shape, source.type
            tensor.name, tensor.quantization = source.name, source.quantization
            tensor.buffer = 0
            if self._is_constant(number):
                self._buffers.append(self._source_buffers[source.buffer])
                tensor.buffer = len(self._buffers) - 1
            tensors.append(tensor)
            return len(tensors) - 1

        return place

    def _written(self, graph: Any) -> bytes:
        model = schema.ModelT()
        model.version, model.operatorCodes = _VERSION, self._codes
        model.subgraphs, model.buffers = [graph], self._buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), _IDENTIFIER)
        return bytes(builder.Output())


def _moved(operator: Any, where: dict[int, int]) -> Any:
    moved = schema.OperatorT()
    moved.opcodeIndex = operator.opcodeIndex
    moved.builtinOptions = operator.builtinOptions
    moved.builtinOptionsType = operator.builtinOptionsType
    moved.inputs = [where[int(tensor)] for tensor in operator.inputs]
    moved.outputs = [where[int(tensor)] for tensor in operator.outputs]
    return moved
