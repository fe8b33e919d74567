"""The evolved circuits of the bundled library, made again from their seeds.

`recipes.csv` of the library lists every step: those of bundled circuits and, in between, those
of circuits that others started from.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from evoapproxnas.circuits import Netlist
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.multipliers.making.recipes import (
    EvolutionRecipe,
    read_recipes,
    start_circuit,
)

_FAMILY = "_evo_"


@dataclass(frozen=True)
class EvolvedCircuits:
    """Recipes by name, and what has been made already.

    Attributes:
        recipes: of all steps.
        made: circuits by name; a step that is there is not repeated.
    """

    recipes: dict[str, EvolutionRecipe]
    made: dict[str, Netlist] = field(default_factory=dict)

    @classmethod
    def bundled(cls) -> Self:
        """Read the recipes of the bundled library."""
        return cls(read_recipes(bundled_folder() / "recipes.csv"))

    @property
    def names(self) -> Collection[str]:
        """Names of the bundled ones."""
        return [name for name in self.recipes if _FAMILY in name]

    def lineage(self, name: str) -> tuple[EvolutionRecipe, ...]:
        """Return the steps that lead to a circuit, the first one first."""
        steps = []
        while name in self.recipes:
            steps.append(self.recipes[name])
            name = steps[-1].start
        return tuple(reversed(steps))

    def netlist(self, name: str) -> Netlist:
        """Evolve a circuit, step by step from what needs no recipe: seconds to minutes."""
        for recipe in self.lineage(name):
            if recipe.name not in self.made:
                start = self.made.get(recipe.start) or start_circuit(recipe.start)
                self.made[recipe.name] = recipe.run(start)
        return self.made[name]

    def build(self, name: str) -> tuple[Netlist, CatalogEntry]:
        """Return a circuit and its entry."""
        recipe, netlist = self.recipes[name], self.netlist(name)
        return netlist, CatalogEntry.measure(
            name, netlist, signed=recipe.signed, origin=self.origin(name)
        )

    def origin(self, name: str) -> str:
        """Say in words how a circuit was made."""
        steps = self.lineage(name)
        last = steps[-1]
        uniform = last.operands == "uniform"
        weighted = "" if uniform else f", weighted by {last.operands} operands"
        evaluations = sum(step.evaluations for step in steps)
        return (
            f"evolved from {steps[0].start} in {len(steps)} steps, {evaluations} evaluations; "
            f"least power for {last.metric} <= {last.bound:g}{weighted}; seed {last.seed}"
        )
