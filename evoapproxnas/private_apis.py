"""What this package uses of Keras and TensorFlow beyond their public names, in one place.

Keras has no public way to walk the graph of a functional model, to let go of what its calls no
longer need, to see the layers that a layer holds, or to read what a model was compiled with.
TensorFlow has none to give a result a gradient without a registry entry for each trace (`record`),
to see whether a graph is compiled by XLA (`GraphOrParentsInXlaContext`), to choose the executor of
a function (`function_executor_type`), to make constants of a function's variables
(`convert_variables_to_constants_v2`) or to name what its converter to LiteRT raises
(`ConverterError`). A new release that changes something is met here only. Tested with Keras 3.15
and TensorFlow 2.21.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
from keras.src.backend.common.symbolic_scope import in_symbolic_scope
from keras.src.models.functional import Functional, functional_like_constructor
from keras.src.ops.operation import Operation
from tensorflow.lite.python.convert_phase import ConverterError
from tensorflow.python.eager import record
from tensorflow.python.eager.context import function_executor_type
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tensorflow.python.ops.control_flow_util import GraphOrParentsInXlaContext

__all__ = [
    "GRAPH_MODELS",
    "ConverterError",
    "Functional",
    "GraphOrParentsInXlaContext",
    "arguments_of_compile",
    "calls_by_depth",
    "convert_variables_to_constants_v2",
    "detached_copy",
    "exchange_sublayer",
    "function_executor_type",
    "has_graph",
    "in_symbolic_scope",
    "is_operation",
    "letting_go",
    "parts_without_signature",
    "rebuilt",
    "record",
    "sublayers",
]

GRAPH_MODELS = (Functional, keras.Sequential)
"""Types of the models whose graph of calls is known; `keras.Model(inputs, outputs)` is of the
first."""


def has_graph(model: Any) -> bool:
    """Return whether a functional model's graph of calls is known."""
    return hasattr(model, "_nodes_by_depth")


def calls_by_depth(model: Any) -> list[Any]:
    """Return the calls (Keras nodes) of a functional model."""
    return [node for nodes in model._nodes_by_depth.values() for node in nodes]


def is_operation(thing: Any) -> bool:
    """Return whether it is an operation of `keras.ops`, or a layer, in a model's graph."""
    return isinstance(thing, Operation)


def detached_copy(operation: Any) -> Any:
    """Return an operation of `keras.ops` that does the same and was never called.

    It has no weights, so its attributes are all there is of it, whatever they are; a copy by its
    configuration fails for functions and arrays among them.
    """
    copy = object.__new__(type(operation))
    vars(copy).update(vars(operation))
    copy._inbound_nodes = []
    copy._outbound_nodes = []
    return copy


def rebuilt(
    model: Any, operation_of: Callable[[Any], Any], call: Callable[..., Any]
) -> keras.Model:
    """Return a functional model with the same graph of calls, made of other operations.

    `keras.models.clone_model` does this too, but compiles the clone from a configuration, which
    loses own losses and metrics, and forgets optional and sparse inputs.

    Args:
        model: a functional model.
        operation_of: from an operation or layer of the model to what takes its place.
        call: calls it: call(operation, *args, **kwargs).
    """
    inputs = keras.tree.map_structure(_same_input, model.input)
    outputs = model._run_through_graph(inputs, operation_fn=operation_of, call_fn=call)
    kind = type(model) if functional_like_constructor(type(model)) else keras.Model
    copy = kind(inputs, outputs, name=model.name)
    copy.output_names = list(model.output_names)  # what losses and metrics are called by
    return copy


@contextmanager
def letting_go(model: Any) -> Iterator[None]:
    """Let a model that is run eagerly let go of each result after the last call that needs it.

    Keras keeps all results until the model has its outputs, which is much for large images.

    Args:
        model: functional or Sequential models, and those nested in it, do so inside the `with`
            block; others go on as they were.
    """
    parts = [
        layer for layer in _functional_parts(model) if "_run_through_graph" not in vars(layer)
    ]
    for each in parts:
        vars(each)["_run_through_graph"] = partial(_run_and_let_go, each)
    try:
        yield
    finally:
        for each in parts:
            del vars(each)["_run_through_graph"]


def _functional_parts(model: Any) -> list[Any]:
    """Return the functional models that a model consists of, itself included, each once."""
    found = {}
    for layer in model._flatten_layers():
        part = getattr(layer, "_functional", None) or layer  # a Sequential has one inside
        if isinstance(part, Functional):
            found[id(part)] = part
    return list(found.values())


def _run_and_let_go(model: Any, inputs: Any, operation_fn: Callable[[Any], Any]) -> Any:
    """Do what `Function._run_through_graph` does when a functional model is called."""
    computed = dict(zip(map(id, model.inputs), keras.tree.flatten(inputs), strict=False))
    calls = [node for node in _in_order(model) if node.operation and not node.is_input]
    needed = Counter(id(tensor) for node in calls for tensor in node.input_tensors)
    needed.update(map(id, model.outputs))
    for node in calls:
        if any(id(tensor) not in computed for tensor in node.input_tensors):
            continue  # as in Keras: what it takes is not computed
        args, kwargs = node.arguments.fill_in(computed)
        results = keras.tree.flatten(operation_fn(node.operation)(*args, **kwargs))
        del args, kwargs
        computed |= zip(map(id, node.outputs), results, strict=False)
        del results
        for tensor in node.input_tensors:
            needed[id(tensor)] -= 1
        for tensor in (*node.input_tensors, *node.outputs):
            if not needed[id(tensor)]:
                computed.pop(id(tensor), None)
    outputs = [computed[id(tensor)] for tensor in model.outputs]
    return keras.tree.pack_sequence_as(model._outputs_struct, outputs)


def _in_order(model: Any) -> list[Any]:
    """Return the calls of a functional model, each after those whose results it takes."""
    by_depth = model._nodes_by_depth
    return [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]


def _same_input(tensor: Any) -> Any:
    source = tensor._keras_history.operation
    if isinstance(source, keras.layers.InputLayer):
        return keras.layers.InputLayer.from_config(source.get_config()).output
    return keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)


def sublayers(layer: Any) -> list[Any]:
    """Return the layers that a layer holds, in the order in which it got them."""
    return list(layer._layers)


def exchange_sublayer(holder: Any, old: Any, new: Any) -> None:
    """Put a layer where a layer holds another: in its attributes, and lists and mappings there.

    Assigning an attribute would leave the old layer, and its weights, in the holder's books, and
    a built holder refuses it.
    """
    holder._tracker.replace_tracked_value("layers", old, new)
    for name, value in list(vars(holder).items()):
        vars(holder)[name] = _with(value, old, new)


def _with(value: Any, old: Any, new: Any) -> Any:
    """Return a value with one layer for another; lists and mappings are changed in place."""
    if value is old:
        return new
    if type(value) is tuple:
        return tuple(_with(part, old, new) for part in value)
    if isinstance(value, list):  # of Keras' kind, which would book the new layer once more
        for index, part in enumerate(value):
            list.__setitem__(value, index, _with(part, old, new))
    if isinstance(value, dict):
        for key, part in value.items():
            dict.__setitem__(value, key, _with(part, old, new))
    return value


def parts_without_signature(model: Any) -> dict[str, Any]:
    """Return the attribute by which TensorFlow finds the parts of a model that is exported.

    They are those that a checkpoint has. Asked as for a SavedModel, Keras offers a signature of
    its own besides, which is traced twice and not written.
    """

    def parts(save_type: str = "checkpoint", **options: Any) -> Any:
        return type(model)._trackable_children(model, "checkpoint", **options)

    return {"_trackable_children": parts}


def arguments_of_compile(model: Any) -> Mapping[str, Any] | None:
    """Return what `compile` was given, the objects themselves; None if that is unknown.

    The public `get_compile_config` writes own losses, metrics and schedules down as names.
    """
    written = getattr(model, "_compile_config", None)
    return None if written is None else dict(written.config)
