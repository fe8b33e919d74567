"""How evolved circuits of the library came about, step by step, so that they can be made again."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from evoapproxnas.circuits import (
    Netlist,
    generators,
    load_operands,
    network_operands,
    simplify,
    without_low_bits,
    without_partial_products,
)
from evoapproxnas.errors import MultiplierError, unknown_name
from evoapproxnas.multipliers.evolution.search import Stop, evolve
from evoapproxnas.multipliers.evolution.task import EvolutionTask
from evoapproxnas.multipliers.library import bundled_folder

OPERANDS = {
    "uniform": None,
    "network": network_operands(),
    "resnet8": load_operands(bundled_folder() / "operands" / "resnet8.npz", signed=False),
}
"""Distributions a recipe may name.

Every pair is equally frequent, or as in the model of a typical network, or as in the convolutions
of a ResNet-8 that was trained on CIFAR-10.
"""


@dataclass(frozen=True)
class EvolutionRecipe:
    """One evolution; the same start and numbers give the same circuit.

    Attributes:
        name: of the result.
        start: name of the circuit it begins with: one of the library or another recipe.
        signed: whether it is a signed multiplier.
        metric: one of `METRICS`.
        bound: of the metric.
        operands: a key of `OPERANDS`.
        seed: of the random numbers.
        evaluations: of circuits.
        spare: nodes to spare, see `EvolutionTask`.
    """

    name: str
    start: str
    signed: bool
    metric: str
    bound: float
    operands: str
    seed: int
    evaluations: int
    spare: int

    def run(self, start: Netlist) -> Netlist:
        """Evolve the circuit.

        Raises:
            ConfigError: if the start exceeds the bound.
        """
        return evolve(self.task(start), Stop(evaluations=self.evaluations)).netlist

    def task(self, start: Netlist) -> EvolutionTask:
        """Return what is to be done."""
        return EvolutionTask(
            start,
            metric=self.metric,
            bound=self.bound,
            signed=self.signed,
            operands=OPERANDS[self.operands],
            seed=self.seed,
            spare=self.spare,
        )


_BROKEN = range(4, 15)
_TOP = range(2, 6)


def start_names(*, signed: bool) -> tuple[str, ...]:
    """Return the names of circuits that need no recipe, the exact one first."""
    prefix = f"mul8{'s' if signed else 'u'}"
    broken = (f"{prefix}_broken{columns}" for columns in _BROKEN)
    return (f"{prefix}_exact", *broken, *(f"{prefix}_top{bits}" for bits in _TOP))


def start_circuit(name: str) -> Netlist:
    """Build a circuit of `start_names`.

    `exact` is the three-greedy one; `broken{v}` a broken array: without the lowest v columns
    of partial products, and with the v low bits of the product tied to 1; `top{k}` multiplies the
    top k bits of each operand, and the bits of the product below are tied to 1.

    Raises:
        UnknownNameError: if there is no such circuit.
    """
    names = (*start_names(signed=False), *start_names(signed=True))
    if name not in names:
        raise unknown_name("start of an evolution", name, names)
    exact = generators.exact_multiplier("three_greedy", signed=name.startswith("mul8s"))
    if name.endswith("_exact"):
        return exact
    _, _, kind = name.partition("_")
    if kind.startswith("top"):
        left_out = 8 - int(kind.removeprefix("top"))
        reduced, ones = without_low_bits(exact, a=left_out, b=left_out), 2 * left_out
    else:
        ones = int(kind.removeprefix("broken"))
        reduced = without_partial_products(exact, columns=ones)
    outputs = (1,) * ones + reduced.outputs[ones:]
    return simplify(Netlist(reduced.cells, outputs, reduced.inputs))


_COLUMNS = tuple(field.name for field in fields(EvolutionRecipe))


def read_recipes(path: Path) -> dict[str, EvolutionRecipe]:
    """Read recipes by name.

    Raises:
        MultiplierError: naming file and line, if the file is not a list of recipes.
    """
    recipes: dict[str, EvolutionRecipe] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for line, row in enumerate(csv.DictReader(file, strict=True), start=2):
                recipe = _recipe(row, f"{path}:{line}")
                recipes[recipe.name] = recipe
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MultiplierError(f"cannot read the recipes {path}: {error}") from error
    return recipes


def write_recipes(path: Path, recipes: Iterable[EvolutionRecipe]) -> None:
    """Write recipes in the given order."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(recipe) for recipe in recipes)


def _recipe(row: dict[str, str], where: str) -> EvolutionRecipe:
    try:
        return EvolutionRecipe(
            name=row["name"],
            start=row["start"],
            signed={"True": True, "False": False}[row["signed"]],
            metric=row["metric"],
            bound=float(row["bound"]),
            operands={key: key for key in OPERANDS}[row["operands"]],
            seed=int(row["seed"]),
            evaluations=int(row["evaluations"]),
            spare=int(row.get("spare") or 0),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MultiplierError(f"{where}: this row is not a recipe: {error}") from error
