"""Choose circuits of the ladders for the library, and name them after their figures."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from evoapproxnas.circuits import Netlist, load_verilog, power_uw, product_table
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.library import Library
from evoapproxnas.multipliers.making.bundle import recipes, write_circuits
from evoapproxnas.multipliers.making.evolved import EvolvedCircuits
from evoapproxnas.multipliers.making.recipes import (
    EvolutionRecipe,
    operands_of,
    read_recipes,
    start_circuit,
    write_recipes,
)
from evoapproxnas.multipliers.multiplier import digest

LEAST_SAVING = 0.01
"""Power that a circuit saves, as a share, against the next one of a smaller error."""


@dataclass(frozen=True)
class _Step:
    recipe: EvolutionRecipe
    netlist: Netlist
    error: float
    power_uw: float

    @property
    def family(self) -> tuple[bool, str, str]:
        return self.recipe.signed, self.recipe.metric, self.recipe.operands


def select(ladders: Path, folder: Path, *, saving: float | None = None) -> None:
    """Rewrite a library folder, or add to it.

    The library gets `recipes.csv`, and beside its constructed circuits those that no other one
    beats in power and in what was bounded, by some distance.

    Args:
        ladders: folder that `ladder.climb` filled.
        folder: of the library.
        saving: keep all circuits that the library has, and add those that save this share of
            power, such as 0.1, against the next one of a smaller error.

    Raises:
        ConfigError: if the share is none.
    """
    if saving is not None and not 0 <= saving < 1:
        raise ConfigError(f"saving: expected a share of power from 0 to 1, got {saving}")
    steps = [
        step
        for file in sorted(ladders.glob("*.csv"))
        for recipe in read_recipes(file).values()
        if (step := _measured(recipe, ladders)) is not None
    ]
    adds = saving is not None
    kept = _circuits_of(folder) if adds else [recipe.build() for recipe in recipes()]
    known = read_recipes(folder / "recipes.csv") if adds else {}
    named = _choose(steps, kept, LEAST_SAVING if saving is None else saving)
    chosen = _closure(named, {step.recipe.name: step.recipe for step in steps})
    circuits = EvolvedCircuits(known | chosen)
    folder.mkdir(parents=True, exist_ok=True)
    write_recipes(folder / "recipes.csv", circuits.recipes.values())
    for name, step in named.values():
        entry = CatalogEntry.measure(
            name, step.netlist, signed=step.recipe.signed, origin=circuits.origin(name)
        )
        kept.append((step.netlist, entry))
    write_circuits(folder, kept)


def _circuits_of(folder: Path) -> list[tuple[Netlist, CatalogEntry]]:
    library = Library(folder)
    return [(library.netlist(name), library.entry(name)) for name in library]


def _choose(
    steps: list[_Step], kept: list[tuple[Netlist, CatalogEntry]], saving: float
) -> dict[str, tuple[str, _Step]]:
    """Return the steps on the front of their family, and their names in the library."""
    rivals = [(entry.signed, netlist) for netlist, entry in kept]
    named: dict[str, tuple[str, _Step]] = {}
    taken = {mark for _, entry in kept for mark in (entry.digest, entry.name)}
    for family in sorted({step.family for step in steps}, key=_turn):
        alike = [step for step in steps if step.family == family]
        others = [netlist for signed, netlist in rivals if signed == family[0] and netlist.cells]
        front = _front(alike, others, saving)
        rivals += [(family[0], step.netlist) for step in front]
        for name, step in map(_named, front):
            table = product_table(step.netlist, signed=family[0])
            marks = {name, digest(table, signed=family[0])}
            if taken.isdisjoint(marks):
                named[step.recipe.name] = (name, step)
                taken |= marks
    return named


def _turn(family: tuple[bool, str, str]) -> tuple[bool, bool, tuple[bool, str, str]]:
    """Order families: those that are judged by the plain MAE first."""
    _, metric, operands = family
    return metric != "mae_pct", operands != "uniform", family


def _measured(recipe: EvolutionRecipe, folder: Path) -> _Step | None:
    """Read the result of a step; None where it is a circuit without cells."""
    netlist = load_verilog(folder / f"{recipe.name}.v")
    return _as_step(recipe, netlist) if netlist.cells else None


def _as_step(recipe: EvolutionRecipe, netlist: Netlist) -> _Step:
    error = replace(recipe, bound=float("inf")).task(netlist).error(netlist)
    return _Step(recipe, netlist, error, power_uw(netlist, operands_of(recipe.operands)))


def _front(steps: list[_Step], rivals: list[Netlist], saving: float) -> list[_Step]:
    """Keep what nothing else beats, rivals included, and what saves enough power to be kept."""
    others = [_as_step(steps[0].recipe, netlist) for netlist in rivals]
    own = {id(step) for step in steps}
    front: list[_Step] = []
    least_uw = float("inf")
    for step in sorted([*others, *steps], key=lambda step: (step.error, step.power_uw)):
        enough = least_uw * (1 - saving) if front else least_uw
        if step.power_uw < enough:
            least_uw = step.power_uw
            if id(step) in own:
                front.append(step)
    return front


def _named(step: _Step) -> tuple[str, _Step]:
    recipe = step.recipe
    prefix = f"mul8{'s' if recipe.signed else 'u'}"
    metric = recipe.metric.removesuffix("_pct").removesuffix("_mse")
    metric = "net" if recipe.operands == "network" else metric
    exact_uw = power_uw(start_circuit(f"{prefix}_exact"), operands_of(recipe.operands))
    error, power = (
        np.format_float_positional(value, 3, fractional=False, trim="-").replace(".", "p")
        for value in (step.error, 100 * step.power_uw / exact_uw)
    )
    return f"{prefix}_evo_{metric}{error}_p{power}", step


def _closure(
    named: dict[str, tuple[str, _Step]], known: dict[str, EvolutionRecipe]
) -> dict[str, EvolutionRecipe]:
    """Return the recipes of the chosen circuits and of all steps that lead to them, renamed."""
    needed: dict[str, EvolutionRecipe] = {}
    for name in named:
        while name in known and name not in needed:
            needed[name] = known[name]
            name = known[name].start
    names = {step: named[step][0] if step in named else step for step in needed}
    renamed = [
        replace(recipe, name=names[step], start=names.get(recipe.start, recipe.start))
        for step, recipe in needed.items()
    ]
    return {recipe.name: recipe for recipe in renamed}
