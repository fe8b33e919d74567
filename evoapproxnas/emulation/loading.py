"""Models with approximate layers out of files, and on their way to other processes."""

import copyreg
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import keras

from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.layers.identity import adopt
from evoapproxnas.emulation.own_classes import own_classes
from evoapproxnas.emulation.points import with_switch
from evoapproxnas.emulation.serving import served_as_predicted
from evoapproxnas.errors import ConfigError, EvoApproxNASError
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.paths import as_path
from evoapproxnas.private_apis import GRAPH_MODELS


def load_model(
    path: str | Path,
    *,
    multipliers: Multiplier | Iterable[Multiplier] = (),
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> keras.Model:
    """Load a Keras model, with or without approximate layers.

    Args:
        path: what `model.save` wrote.
        multipliers: one or more that the model uses and the library does not have, as objects.
        custom_objects: own classes and functions by name, as for `keras.saving.load_model`.
        compile: whether to compile it as it was.
        safe_mode: whether to refuse lambdas, which can run any code.

    Raises:
        ConfigError: if there is no such file, or Keras cannot load it.
        MultiplierError: if a multiplier is missing, or has another table than the saved one.
    """
    path = as_path(path, of="a saved model")
    if not path.exists():
        raise ConfigError(f"there is no model {path}; expected what model.save(path) wrote")
    given = [multipliers] if isinstance(multipliers, (Multiplier, str)) else multipliers
    in_use = [adopt(multiplier) for multiplier in given]
    try:
        model = keras.saving.load_model(
            path, custom_objects=dict(custom_objects or {}), compile=compile, safe_mode=safe_mode
        )
    except EvoApproxNASError:
        raise
    except (ValueError, OSError, TypeError) as error:
        raise ConfigError(
            f"cannot load {path} as a Keras model: {_reason(path, error, custom_objects or {})}"
        ) from error
    finally:
        del in_use  # until here alive: layers find multipliers in use by their digests
    return with_switch(served_as_predicted(model)) if emulated_layers(model) else model


def _reason(path: Path, error: Exception, given: Mapping[str, Any]) -> str:
    """Say what is missing, or what Keras says without the configuration that it repeats."""
    if missing := [name for name in own_classes(path) if name not in given]:
        shown = ", ".join(f"{name!r}: {name.rpartition('>')[2]}" for name in missing)
        return (
            f"it has layers of own classes; give them as custom_objects={{{shown}}}, or register "
            "them with @keras.saving.register_keras_serializable() before it is loaded"
        )
    said = str(error).partition("\n\nconfig=")[0]
    return (
        f"{said}; expected a whole model saved with model.save('NAME.keras'); own classes and "
        "functions are given as custom_objects=, a model whose loss is not at hand loads with "
        "compile=False"
    )


def _reduced(model: keras.Model) -> tuple[Any, ...]:
    """Return how to pickle a model: as Keras does, with the multipliers, which it only names."""
    rebuild, arguments = model.__reduce__()
    layers = emulated_layers(model).values()
    if not layers:
        return rebuild, arguments
    multipliers = {m.digest: m for layer in layers for m in layer.all_multipliers}
    report = getattr(model, "_conversion_report", None)
    return _restored, (tuple(multipliers.values()), report, rebuild, arguments)


def _restored(
    multipliers: tuple[Multiplier, ...],
    report: Any,
    rebuild: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> Any:
    """Return a model from its pickle. Importing this module has registered the layers."""
    in_use = [adopt(multiplier) for multiplier in multipliers]
    model = rebuild(*arguments)
    del in_use
    if report is not None:
        model._conversion_report = report
    return with_switch(served_as_predicted(model))


for _kind in GRAPH_MODELS:
    copyreg.pickle(_kind, _reduced)
