"""A converted model is compiled as the original was, with the very same losses and metrics."""

from typing import Any

import keras

from evoapproxnas.emulation.conversion.copying import copied
from evoapproxnas.private_apis import arguments_of_compile


def compile_alike(model: Any, converted: Any) -> str:
    """Compile `converted` with the arguments that `model` was compiled with.

    Losses and own functions are the same objects, optimizer and metrics, which have a state, are
    copies without it.

    Returns:
        Why it could not be done, "" if it was done or the model is not compiled.
    """
    if not model.compiled:
        return ""
    if type(model).compile is not keras.Model.compile:
        return f"{type(model).__name__} has a compile() of its own"
    arguments = arguments_of_compile(model)
    if arguments is None:
        return "it is not known what compile() was given"
    try:
        converted.compile(**{name: _copy(value) for name, value in arguments.items()})
    except (TypeError, ValueError, NotImplementedError, AttributeError) as error:
        return f"its optimizer or metrics cannot be copied: {error}"
    converted.optimizer.build(converted.trainable_variables)
    return ""


def _copy(argument: Any) -> Any:
    """Return an argument of `compile`, what has a state copied."""
    if isinstance(argument, (keras.optimizers.Optimizer, keras.Metric)):
        return copied(argument)
    if isinstance(argument, dict):
        return {key: _copy(value) for key, value in argument.items()}
    if isinstance(argument, (list, tuple)):
        return [_copy(value) for value in argument]
    return argument
