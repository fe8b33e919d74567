"""Names that stand for code: of this package, or of another one that registers it.

Another package registers an object by an entry point in its `pyproject.toml`:

    [project.entry-points."evoapproxnas.searches"]
    mine = "my_package.mine:MySearch"
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from evoapproxnas.errors import ConfigError, unknown_name


def imported(name: str) -> Any:
    """Import what `module:attribute` names."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def find_extension(name: str, own: Mapping[str, str], *, kind: str, group: str) -> Any:
    """Import what a name stands for; names of this package go before those of others.

    Args:
        name: the name.
        own: `module:attribute` by name, of this package.
        kind: what names denote, in words.
        group: of the entry points of other packages.

    Raises:
        UnknownNameError: if there is none of that name.
        ConfigError: if another package registers it and it cannot be imported.
    """
    found = look_up(name, own, kind=kind, group=group)
    return imported(found) if name in own else found


def look_up(name: str, own: Mapping[str, Any], *, kind: str, group: str) -> Any:
    """Return what a name stands for here, or what another package registers by it.

    Args:
        name: the name.
        own: what is known in this process, by name.
        kind: what names denote, in words.
        group: of the entry points of other packages.

    Raises:
        UnknownNameError: if there is none of that name.
        ConfigError: if another package registers it and it cannot be imported.
    """
    if name in own:
        return own[name]
    others = {point.name: point for point in entry_points(group=group)}
    if name not in others:
        raise unknown_name(kind, name, [*own, *others])
    return _loaded(others[name], kind)


def _loaded(point: EntryPoint, kind: str) -> Any:
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        package = point.dist.name if point.dist else "another package"
        raise ConfigError(
            f"{kind} {point.name!r} of {package} ({point.value}) cannot be imported: {error}; "
            "repair that package, or choose another name"
        ) from error
