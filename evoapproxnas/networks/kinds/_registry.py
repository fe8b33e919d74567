"""The registry of node kinds: what a kind declares, and how it is found by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from evoapproxnas.errors import ConfigError
from evoapproxnas.extensions import look_up
from evoapproxnas.networks.builder import Tensor

Expand = Callable[..., Tensor]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a node kind.

    Attributes:
        name: keyword under which the expansion receives the chosen value.
        choices: the values, or the name of the `SpaceConfig` list that holds them.
    """

    name: str
    choices: str | tuple[Any, ...]


@dataclass(frozen=True)
class NodeKind:
    """A node kind: its arity, its parameters and its expansion into primitives.

    Attributes:
        name: of its function.
        arity: how many inputs a node reads.
        parameters: one each for its parameter genes.
        expand: the function that writes its operations.
    """

    name: str
    arity: int
    parameters: tuple[Parameter, ...]
    expand: Expand

    @property
    def convolves(self) -> bool:
        """Whether its nodes pick a multiplier."""
        return any(parameter.choices == "multipliers" for parameter in self.parameters)


_KINDS: dict[str, NodeKind] = {}
KINDS: Mapping[str, NodeKind] = MappingProxyType(_KINDS)
"""Every registered kind by name; read-only."""


GROUP = "evoapproxnas.nodes"
"""Entry points of other packages' decorated functions."""


def find_kind(name: str) -> NodeKind:
    """Return the kind of a name: of this package, of this process, or of another package.

    Args:
        name: of the kind, which is that of its function.

    Raises:
        UnknownNameError: with the nearest known names.
        ConfigError: if another package registers it and it cannot be imported, or is another one.
    """
    found = look_up(name, KINDS, kind="node kind", group=GROUP)
    if name not in KINDS:  # Importing the function has registered it, unless it is none.
        raise ConfigError(
            f"the entry point {name!r} of group {GROUP!r} must be a function of that name that is "
            f"decorated with @node_kind, got {found!r:.60}"
        )
    return KINDS[name]


def node_kind(
    *, arity: int = 1, **parameters: str | tuple[Any, ...]
) -> Callable[[Expand], Expand]:
    """Register the decorated function as the expansion of the node kind of its name.

    Args:
        arity: number of inputs, passed as tensors after the graph builder.
        **parameters: for each keyword of the function, the `SpaceConfig` list of its values
            or the values themselves.

    Returns:
        What registers a function, and returns it as it is.
    """
    declared = tuple(Parameter(name, choices) for name, choices in parameters.items())

    def register(expand: Expand) -> Expand:
        _KINDS[expand.__name__] = NodeKind(expand.__name__, arity, declared, expand)
        return expand

    return register
