"""The value lists of a search space, checked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evoapproxnas.config import SpaceConfig
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.networks.ops import ACTIVATIONS

_RULES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "conv_kernels": ("at least 1", lambda v: v >= 1),
    "residual_kernels": ("at least 1", lambda v: v >= 1),
    "depthwise_kernels": ("at least 1", lambda v: v >= 1),
    "channels": ("at least 1", lambda v: v >= 1),
    "strides": ("at least 1", lambda v: v >= 1),
    "factors": ("at least 1", lambda v: v >= 1),
    "dropout_min": ("from 0 to below 1", lambda v: 0 <= v < 1),
    "dropout_max": ("from 0 to below 1", lambda v: 0 <= v < 1),
}


def value_lists(space: SpaceConfig, multipliers: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Return every list of parameter values by its name in `SpaceConfig`.

    Args:
        space: the lists; `space.multipliers` holds patterns and is replaced.
        multipliers: resolved names.

    Raises:
        ConfigError: a list is empty or holds an unusable value.
        UnknownNameError: an activation is not known.
    """
    lists = {name: value for name, value in space if isinstance(value, tuple) and name != "nodes"}
    lists["multipliers"] = tuple(multipliers)
    for name, values in lists.items():
        _check(name, values)
    return lists


def _check(name: str, values: tuple[Any, ...]) -> None:
    if not values:
        raise ConfigError(f"space.{name}: expected at least one value, got an empty list")
    if name in ("activations", "conv_activations"):
        for value in values:
            if value not in ACTIVATIONS:
                raise unknown_name("activation", value, ACTIVATIONS)
    if name in _RULES:
        words, holds = _RULES[name]
        wrong = [value for value in values if not holds(value)]
        if wrong:
            raise ConfigError(f"space.{name}: expected values {words}, got {wrong}")
