"""What operators may choose from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.networks.space import SearchSpace

Allowed = Mapping[str, Sequence[Any]]
"""Values that are still allowed, by "KIND.PARAMETER"; all, where nothing is said."""


@dataclass(frozen=True)
class Scope:
    """A search space, with the values that children may have.

    Attributes:
        space: decodes genotypes.
        allowed: of the space's values; see `shrinking`.
        energy_pj: of one multiplication, by multiplier name; multipliers that are left out are
            no neighbours of any.

    Raises:
        UnknownNameError: a key of `allowed` is no parameter of the space.
        ConfigError: `allowed` has no value for a parameter, or one that the space does not have.
    """

    space: SearchSpace
    allowed: Allowed = field(default_factory=dict)
    energy_pj: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check what is allowed against the space."""
        known = {
            f"{bound.kind.name}.{name}": values
            for bound in self.space.kinds
            for name, values in bound.choices.items()
        }
        for key, values in self.allowed.items():
            if key not in known:
                raise unknown_name("parameter of the search space", key, known)
            if not values or any(value not in known[key] for value in values):
                raise ConfigError(
                    f"allowed values of {key}: expected some of {known[key]}, got {values}"
                )

    def kind(self, function: int) -> str:
        """Return the name of a node kind.

        Args:
            function: function gene of a node.
        """
        return self.space.kinds[function].kind.name

    def function(self, kind: str) -> int | None:
        """Return the function gene of a node kind, None if the space does not have it.

        Args:
            kind: name of a node kind.
        """
        return self._functions.get(kind)

    def slot(self, function: int, parameter: str) -> int | None:
        """Return which parameter gene of a node kind has this name, None if none has.

        Args:
            function: function gene of a node.
            parameter: its name.
        """
        names = list(self.space.kinds[function].choices)
        return names.index(parameter) if parameter in names else None

    def value(self, function: int, slot: int, gene: int) -> Any:
        """Return what a parameter gene means.

        Args:
            function: function gene of a node.
            slot: which of its parameters.
            gene: place in the list of values.
        """
        return self._values(function, slot)[gene]

    def genes(self, function: int, slot: int) -> tuple[int, ...]:
        """Return the genes of the values that a parameter may have.

        Args:
            function: function gene of a node.
            slot: which of its parameters.
        """
        name = list(self.space.kinds[function].choices)[slot]
        allowed = self.allowed.get(f"{self.kind(function)}.{name}")
        values = enumerate(self._values(function, slot))
        return tuple(gene for gene, value in values if allowed is None or value in allowed)

    def allows(self, function: int, parameters: Sequence[int]) -> bool:
        """Whether a node has allowed values only.

        Args:
            function: function gene of a node.
            parameters: its parameter genes.
        """
        return all(gene in self.genes(function, slot) for slot, gene in enumerate(parameters))

    def neighbours(
        self, function: int, slot: int, gene: int, order: Callable[[Any], Any]
    ) -> list[int]:
        """Return the allowed genes whose values come right before and right behind, if any.

        Args:
            function: of the node.
            slot: of the parameter.
            gene: that the node has.
            order: key by which values are sorted; None leaves one out.
        """
        here = order(self.value(function, slot, gene))
        keys = {g: order(self.value(function, slot, g)) for g in self.genes(function, slot)}
        keys = {g: key for g, key in keys.items() if key is not None}
        if here is None:
            return list(keys)
        below = [g for g, key in keys.items() if key < here]
        above = [g for g, key in keys.items() if key > here]
        nearest = [max(below, key=keys.__getitem__)] if below else []
        return nearest + ([min(above, key=keys.__getitem__)] if above else [])

    def _values(self, function: int, slot: int) -> Sequence[Any]:
        return list(self.space.kinds[function].choices.values())[slot]

    @cached_property
    def _functions(self) -> dict[str, int]:
        return {bound.kind.name: index for index, bound in enumerate(self.space.kinds)}
