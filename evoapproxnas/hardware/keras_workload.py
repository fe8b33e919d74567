"""Reading the work of a Keras model off its graph, whatever is nested in it or used twice.

No layer is run: sizes come from the graph, and are computed anew only where a nested model was
defined for other ones.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from evoapproxnas.errors import QuantizationError
from evoapproxnas.hardware.workload import LayerWork, WorkKind, Workload, same_padding

if TYPE_CHECKING:
    import keras

Shape = tuple[int | None, ...]


def keras_workload(
    model: "keras.Model", *, input_shapes: Sequence[Shape] | None = None
) -> Workload:
    """Describe the layers of a model that multiply: those that `approximate` knows.

    Args:
        model: functional or Sequential, built; with approximate layers or without.
        input_shapes: of each of its inputs, without the batch; None: as the model declares.

    Raises:
        QuantizationError: if the model's graph is not known, or a size is not.
    """
    graph = _graph(model)
    if graph is None:
        raise QuantizationError(
            f"the graph of model {model.name!r} is not known, so its work is not; use a built "
            "Sequential or a functional model"
        )
    inputs = list(graph.inputs)
    if input_shapes is not None:
        given = zip(input_shapes, inputs, strict=True)
        inputs = [_spec((None, *shape), tensor) for shape, tensor in given]
    walk = _Walk(model)
    walk.through(graph, inputs, times=1)
    return Workload(tuple(walk.found), tuple(walk.not_covered.values()))


def layer_work(layer: Any, inputs: Shape, *, path: str = "", times: int = 1) -> list[LayerWork]:
    """Describe one use of a layer: one work, or two where it is separable; none if unknown.

    Args:
        layer: of Keras or approximate, built.
        inputs: shape of what it is given, with the batch.
        path: its name in the result; empty is the layer's own.
        times: how often it is used in this way.

    Raises:
        QuantizationError: if a size is unknown.
    """
    import keras

    path, kinds = path or layer.name, keras.layers
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        return []
    if isinstance(layer, kinds.SeparableConv2D):
        channels = math.prod(layer.depthwise_kernel.shape[2:])
        between = (*layer.compute_output_shape(inputs)[:-1], channels)
        return [
            _convolution(layer, inputs, between, f"{path}/depthwise", "depthwise_conv2d", times),
            _dense(between, layer.filters, f"{path}/pointwise", "conv2d", times),
        ]
    if isinstance(layer, kinds.Dense):
        positions = math.prod(_known(inputs[1:-1], layer))
        return [_dense((None, 1, positions, inputs[-1]), layer.units, path, "dense", times)]
    convolutions: dict[type, WorkKind] = {
        kinds.Conv1D: "conv1d",
        kinds.Conv2D: "conv2d",
        kinds.DepthwiseConv2D: "depthwise_conv2d",
        kinds.Conv2DTranspose: "conv2d_transpose",
    }
    kind = next((k for each, k in convolutions.items() if isinstance(layer, each)), None)
    if kind is None:
        return []
    return [_convolution(layer, inputs, layer.compute_output_shape(inputs), path, kind, times)]


def _dense(inputs: Shape, units: int, path: str, kind: WorkKind, times: int) -> LayerWork:
    rows, columns, channels = _known(inputs[1:], path)
    return LayerWork(
        path=path,
        kind=kind,
        input_shape=(rows, columns, channels),
        output_shape=(rows, columns, units),
        times=times,
    )


def _convolution(
    layer: Any, inputs: Shape, outputs: Shape, path: str, kind: WorkKind, times: int
) -> LayerWork:
    known = _known(inputs[1:], layer), _known(outputs[1:], layer)
    one = (1,) * (4 - len(inputs))  # the row of a convolution of one dimension
    before = [
        _before(layer, axis, known[0][axis], known[1][axis], transposed=kind == "conv2d_transpose")
        for axis in range(len(inputs) - 2)
    ]
    return LayerWork(
        path=path,
        kind=kind,
        input_shape=_three((*one, *known[0])),
        output_shape=_three((*one, *known[1])),
        kernel=_two((*one, *layer.kernel_size)),
        strides=_two((*one, *layer.strides)),
        dilation=_two((*one, *layer.dilation_rate)),
        before=_two((*(0 for _ in one), *before)),
        groups=known[0][-1] if kind == "depthwise_conv2d" else getattr(layer, "groups", 1),
        times=times,
    )


def _before(layer: Any, axis: int, inputs: int, outputs: int, *, transposed: bool) -> int:
    """Return the padding in front of an axis, or the outputs cut off there."""
    taps, dilation = layer.kernel_size[axis], layer.dilation_rate[axis]
    reach = (taps - 1) * dilation + 1
    if transposed:
        span = outputs - (inputs - 1) * layer.strides[axis]
        return max(reach - span, 0) // 2
    if layer.padding == "causal":
        return int(reach - 1)
    if layer.padding == "valid":
        return 0
    return same_padding(inputs, outputs, taps, layer.strides[axis], dilation)


def multiplies(operation: Any) -> bool:
    """Return whether a layer without weights, or an operation of `keras.ops`, sums products."""
    return type(operation).__name__ in _SUMS_OF_PRODUCTS


_SUMS_OF_PRODUCTS = {
    "AdditiveAttention", "Attention", "Conv", "ConvTranspose", "DepthwiseConv", "Dot",
    "DotProductAttention", "Einsum", "Inner", "Matmul", "SeparableConv", "Tensordot", "Vdot",
}  # fmt: skip


class _Walk:
    """Goes through a model's graph and those nested in it, in the order of computation."""

    def __init__(self, model: Any) -> None:
        self.found: list[LayerWork] = []
        self.not_covered: dict[int, str] = {}
        self._paths = dict(_paths(model, ""))

    def through(self, graph: Any, inputs: Sequence[Any], times: int) -> list[Any]:
        """Describe the layers of a graph and return its outputs.

        Args:
            graph: functional.
            inputs: Keras tensors that stand for what it is given.
            times: how often the graph is used.
        """
        known = {id(tensor): given for tensor, given in zip(graph.inputs, inputs, strict=True)}
        for depth in sorted(graph._nodes_by_depth, reverse=True):
            for node in graph._nodes_by_depth[depth]:
                if node.operation is None or node.is_input:
                    continue
                outputs = self._node(node, known, times)
                known |= {id(x): y for x, y in zip(node.outputs, outputs, strict=True)}
        return [known[id(tensor)] for tensor in graph.outputs]

    def _node(self, node: Any, known: dict[int, Any], times: int) -> Sequence[Any]:
        import keras

        given = [known[id(tensor)] for tensor in node.input_tensors]
        operation = node.operation
        graph = _graph(operation)
        if graph is not None:
            return self.through(graph, given, times)
        if isinstance(operation, keras.Layer):
            self._layer(operation, given, times)
        elif multiplies(operation):
            self._is_not_covered(operation, operation.name)
        as_defined = zip(given, node.input_tensors, strict=True)
        if all(tuple(new.shape) == tuple(old.shape) for new, old in as_defined):
            return list(node.outputs)
        args, kwargs = node.arguments.fill_in(known)
        outputs: list[Any] = keras.tree.flatten(operation.compute_output_spec(*args, **kwargs))
        return outputs

    def _layer(self, layer: Any, given: Sequence[Any], times: int) -> None:
        import keras

        path = self._paths.get(id(layer), layer.name)
        shape = tuple(given[0].shape) if given else ()
        if isinstance(layer, keras.layers.TimeDistributed):
            (steps,) = _known(shape[1:2], layer)
            self._time_steps(layer.layer, _spec((shape[0], *shape[2:]), given[0]), steps * times)
            return
        work = layer_work(layer, shape, path=path, times=times) if given else []
        self.found += work
        if not work and (multiplies(layer) or layer.weights and not _is_scaling(layer)):
            self._is_not_covered(layer, path)

    def _is_not_covered(self, operation: Any, path: str) -> None:
        self.not_covered[id(operation)] = f"{path}: {type(operation).__name__}"

    def _time_steps(self, layer: Any, step: Any, times: int) -> None:
        graph = _graph(layer)
        if graph is not None:
            self.through(graph, [step], times)
        else:
            self._layer(layer, [step], times)


def _is_scaling(layer: Any) -> bool:
    """Return whether a layer scales and shifts channels, or only what is below zero.

    The former becomes part of a layer beside it; the latter is an activation, as LeakyReLU is.
    `network_workload` counts neither.
    """
    import keras

    kinds = keras.layers
    return type(layer) in (kinds.BatchNormalization, kinds.Normalization, kinds.PReLU)


def _graph(layer: Any) -> Any:
    """Return the functional model that a layer is, or None."""
    import keras

    if isinstance(layer, keras.Sequential):
        return getattr(layer, "_functional", None)
    known = isinstance(layer, keras.Model) and hasattr(layer, "_nodes_by_depth")
    return layer if known else None


def _paths(parent: Any, prefix: str) -> Iterator[tuple[int, str]]:
    """Yield the paths of layers by their id; those first found come last and count."""
    import keras

    layers = parent.layers if isinstance(parent, keras.Model) else parent._layers
    for layer in reversed(list(layers)):
        yield from _paths(layer, f"{prefix}{layer.name}/")
        yield id(layer), prefix + layer.name


def _spec(shape: Shape, like: Any) -> Any:
    import keras

    return keras.KerasTensor(shape, dtype=like.dtype)


def _known(sizes: Sequence[int | None], layer: Any) -> tuple[int, ...]:
    """Return sizes that are all known.

    Raises:
        QuantizationError: if one is not.
    """
    known = tuple(int(size) for size in sizes if size is not None)
    if len(known) < len(sizes):
        name = layer if isinstance(layer, str) else layer.name
        raise QuantizationError(
            f"layer {name!r} has inputs of unknown size {tuple(sizes)}, so its multiplications "
            "cannot be counted; give the model a fixed input shape"
        )
    return known


def _two(sizes: Sequence[int]) -> tuple[int, int]:
    rows, columns = sizes
    return rows, columns


def _three(sizes: Sequence[int]) -> tuple[int, int, int]:
    rows, columns, channels = sizes
    return rows, columns, channels
