"""Copies of layers, optimizers and metrics, with what their configurations cannot express.

A Keras configuration names functions and classes, which must then be registered to be found
again. Within one process the functions themselves can be had: while a configuration is made,
stand-ins of unique names take the places of own functions and objects, and while it is read, these
names mean the originals. So own activations, lambdas, initializers, regularizers, constraints and
schedules travel, whatever they are called and whether registered or not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from types import FunctionType
from typing import Any

import keras

from evoapproxnas.errors import QuantizationError
from evoapproxnas.private_apis import detached_copy, sublayers

Change = Callable[[dict[str, Any]], dict[str, Any]]


def copied_operation(operation: Any, path: str) -> Any:
    """Return a copy of a layer or an operation of `keras.ops`; its weights come later.

    Raises:
        QuantizationError: for a layer that has no usable configuration.
    """
    if not isinstance(operation, keras.Layer):
        return detached_copy(operation)
    try:
        copy = copied(operation)
    except (NotImplementedError, TypeError, ValueError) as error:
        raise QuantizationError(
            f"layer {path!r} of type {type(operation).__name__} cannot be copied: {error}; give "
            "it a get_config() with all arguments of its __init__, as saving the model needs it "
            "too"
        ) from error
    _copy_assets(operation, copy)
    return copy


def copied(thing: Any, kind: Any = None, change: Change | None = None) -> Any:
    """Return a copy of a Keras object, made from its configuration.

    Args:
        thing: a layer, an optimizer or a metric.
        kind: class of the copy, by default the same.
        change: what to do to the configuration.
    """
    kind = kind or type(thing)
    with _stand_ins(thing) as meant:
        config = thing.get_config()
    if change is not None:
        config = change(config)
    with keras.saving.custom_object_scope(meant):
        if isinstance(thing, keras.layers.Lambda):
            # Its function is running in this process already, so it needs no safe mode.
            return kind.from_config(config, safe_mode=False)
        return kind.from_config(config)


@contextmanager
def _stand_ins(thing: Any) -> Iterator[dict[str, Any]]:
    """Put functions of unique names in the places of own ones, and yield what they stand for."""
    meant: dict[str, Any] = {}
    replaced: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for holder in _holders(thing):
            meant |= _own_class(holder)
            for name, value in list(vars(holder).items()):
                is_method = callable(getattr(type(holder), name, None))
                if _travels_as_it_is(value) and not is_method:
                    unique = f"evoapproxnas_stand_in_{len(meant)}"
                    meant[unique] = value
                    replaced.append((vars(holder), name, value))
                    vars(holder)[name] = _stand_in(unique)
        yield meant
    finally:
        for attributes, name, value in replaced:
            attributes[name] = value


def _stand_in(name: str) -> Callable[..., None]:
    def stand_in(*args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    stand_in.__name__ = name
    return stand_in


def _holders(thing: Any) -> Iterator[Any]:
    """Yield a Keras object and those that it holds."""
    seen: set[int] = set()
    waiting = [thing]
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        for value in vars(found).values():
            parts = value if isinstance(value, (list, tuple)) else [value]
            parts = list(value.values()) if isinstance(value, dict) else parts
            waiting += [part for part in parts if _is_configured(part)]


def _is_configured(thing: Any) -> bool:
    """Return whether it is an object with a configuration of its own."""
    return hasattr(thing, "get_config") and hasattr(thing, "__dict__") and not _is_class(thing)


def _travels_as_it_is(value: Any) -> bool:
    """Return whether a copy can use the very same object: own functions, and what is like them.

    Own initializers, regularizers, constraints and schedules are rules without a state.
    """
    if not callable(value) or _is_class(value):
        return False
    if isinstance(value, (keras.Layer, keras.Metric, keras.Variable)):
        return False
    origin = value if isinstance(value, FunctionType) else type(value)
    return str(origin.__module__).partition(".")[0] != "keras"


def _own_class(holder: Any) -> dict[str, Any]:
    kind = type(holder)
    if kind.__module__.partition(".")[0] == "keras":
        return {}
    return {keras.saving.get_registered_name(kind): kind}


def _is_class(thing: Any) -> bool:
    return isinstance(thing, type)


def _copy_assets(original: Any, copy: Any) -> None:
    """Give a copy the vocabularies and the like that a layer learned, before it is first called.

    These are no weights: Keras saves them as files.
    """
    if hasattr(original, "save_assets") and hasattr(copy, "load_assets"):
        if not original.weights:  # frequencies of words; weights come when the copy is built
            store: dict[str, Any] = {}
            original.save_own_variables(store)
            copy.load_own_variables(store)
        with TemporaryDirectory() as folder:
            original.save_assets(folder)
            copy.load_assets(folder)
    for ours, theirs in zip(sublayers(original), sublayers(copy), strict=False):
        _copy_assets(ours, theirs)
