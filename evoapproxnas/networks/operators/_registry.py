"""The registry of operators: what one is given, what it returns, and how it is found by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from evoapproxnas.cgp import Genotype
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import Sketch


@dataclass(frozen=True)
class Parent:
    """A genotype and its active nodes.

    Attributes:
        genotype: all genes.
        sketch: its active nodes.
    """

    genotype: Genotype
    sketch: Sketch


@dataclass(frozen=True)
class Draft:
    """What an operator proposes.

    Attributes:
        sketch: the child's active nodes.
        change: in words.
        base: where the inactive genes come from, if not from the first parent.
    """

    sketch: Sketch
    change: str
    base: Genotype | None = None


Propose = Callable[[Scope, Sequence[Parent], np.random.Generator], Draft | None]


@dataclass(frozen=True)
class Operator:
    """An operator.

    Attributes:
        name: of the function that proposes.
        weight: relative frequency where nothing else is said.
        parents: how many it needs.
        propose: returns a child that need not be valid, or None if there is nothing to change.
    """

    name: str
    weight: float
    parents: int
    propose: Propose


_OPERATORS: dict[str, Operator] = {}
OPERATORS: Mapping[str, Operator] = MappingProxyType(_OPERATORS)
"""Every registered operator by name; read-only."""


def operator(*, weight: float, parents: int = 1) -> Callable[[Propose], Propose]:
    """Register the decorated function as the operator of its name.

    Args:
        weight: relative frequency where nothing else is said.
        parents: how many it needs.

    Returns:
        What registers a function, and returns it as it is.
    """

    def register(propose: Propose) -> Propose:
        name = getattr(propose, "__name__", "")
        _OPERATORS[name] = Operator(name, weight, parents, propose)
        return propose

    return register


def weights() -> dict[str, float]:
    """Return the weight of every operator by name."""
    return {name: entry.weight for name, entry in _OPERATORS.items()}
