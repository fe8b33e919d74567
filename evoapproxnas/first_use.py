"""Names of a package that are imported on first use, as not everybody needs what they need."""

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any


def on_first_use(
    package: str, homes: Mapping[str, str], folders: Collection[str] = ()
) -> Callable[[str], Any]:
    """Return the `__getattr__` (PEP 562) of a package.

    Args:
        package: its `__name__`.
        homes: for each name, the module of the package that has it.
        folders: modules of the package that are names of their own.
    """

    def find(name: str) -> Any:
        if name in folders:
            return import_module(f"{package}.{name}")
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find
