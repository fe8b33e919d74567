"""The registry of node kinds: what a kind declares, and how it is found by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

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
    """A node kind: its arity, its parameters and its expansion into primitives."""

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


def node_kind(
    *, arity: int = 1, **parameters: str | tuple[Any, ...]
) -> Callable[[Expand], Expand]:
    """Register the decorated function as the expansion of the node kind of its name.

    Args:
        arity: number of inputs, passed as tensors after the graph builder.
        **parameters: for each keyword of the function, the `SpaceConfig` list of its values
            or the values themselves.
    """
    declared = tuple(Parameter(name, choices) for name, choices in parameters.items())

    def register(expand: Expand) -> Expand:
        _KINDS[expand.__name__] = NodeKind(expand.__name__, arity, declared, expand)
        return expand

    return register
