"""The package's layers as Keras finds them in saved models, without importing anything heavy.

Keras imports no module of another package while it loads a model: a layer's name must be
registered. Importing `evoapproxnas` is enough for that: names are registered as soon as Keras is
there, whichever is imported first, and the layers themselves are imported when a model has one.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

LAYERS = (
    "ApproxConv1D",
    "ApproxConv2D",
    "ApproxConv2DTranspose",
    "ApproxDense",
    "ApproxDepthwiseConv2D",
    "ApproxSeparableConv2D",
)


class _Layer:
    """Stands for a layer until a saved model asks for it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def from_config(self, config: dict[str, Any]) -> Any:
        """Import the layers, which registers them themselves, and make one."""
        return getattr(import_module("evoapproxnas.emulation"), self._name).from_config(config)


class _AfterKeras:
    """A finder of modules that has names registered when Keras is imported, and then retires."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find Keras like any module, and see to it that names are registered after it ran."""
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            followed = _followed_by_names(spec.loader.exec_module)
            vars(spec.loader)["exec_module"] = followed
        return spec


def _followed_by_names(run: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def run_and_register(module: ModuleType) -> None:
        run(module)
        _register(module)

    return run_and_register


def _register(keras: Any) -> None:
    names = keras.saving.get_custom_objects()
    for name in LAYERS:
        names.setdefault(f"evoapproxnas>{name}", _Layer(name))


def register_layers() -> None:
    """Let Keras find the layers by name: now, or once it is imported."""
    if "keras" in sys.modules:
        _register(sys.modules["keras"])
    else:
        sys.meta_path.insert(0, _AfterKeras())
