"""Which operating points a model has, and which is active; see `conversion.operating_points`."""

from functools import partial

import keras

from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.errors import QuantizationError, unknown_name


def operating_points(model: keras.Model) -> tuple[str, ...]:
    """Return the names of a model's operating points, in their order; () if it has none.

    Args:
        model: of `with_operating_points`, or loaded from its file.
    """
    return next((tuple(layer.points) for layer in switched_layers(model)), ())


def operating_point(model: keras.Model) -> str:
    """Return the name of a model's active operating point.

    Args:
        model: as for `operating_points`.

    Raises:
        QuantizationError: if it has none.
    """
    check_points(model)
    return str(switched_layers(model)[0].point)


def set_operating_point(model: keras.Model, name: str) -> None:
    """Make an operating point the active one.

    `predict`, `evaluate` and `fit` of the model compute at it from now on, whatever they were
    traced with before. Functions that somebody traced themselves, other models that this one is
    part of, and exported files keep the point they were made at: switch the outermost model, and
    trace anew.

    Args:
        model: as for `operating_points`.
        name: of the point.

    Raises:
        QuantizationError: if the model has no points.
        UnknownNameError: if it has none of this name.
    """
    check_points(model)
    known = operating_points(model)
    if name not in known:
        raise unknown_name("operating point", name, known)
    for layer in switched_layers(model):
        layer.switch(name)
    forget_traces(model)


def switched_layers(model: keras.Model) -> list[EmulatedLayer]:
    """Return the layers that have operating points."""
    return [layer for layer in emulated_layers(model).values() if layer.points]


def check_points(model: keras.Model) -> None:
    """Refuse a model without operating points.

    Raises:
        QuantizationError: if it has none.
    """
    if not switched_layers(model):
        raise QuantizationError(
            f"model {model.name!r} has no operating points; make it with "
            "evoapproxnas.with_operating_points(model, {'high': ..., 'low': ...}, data)"
        )


def forget_traces(model: keras.Model) -> None:
    """Let a model trace what it predicts, evaluates and trains with anew: tables are constants."""
    for function in ("predict_function", "test_function", "train_function"):
        setattr(model, function, None)


def with_switch(model: keras.Model) -> keras.Model:
    """Give a model that has operating points the method of the same name; return the model."""
    if switched_layers(model):
        vars(model)["set_operating_point"] = partial(set_operating_point, model)
    return model
