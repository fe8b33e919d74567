"""How evolved circuits of the library came about, step by step, so that they can be made again."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from evoapproxnas.circuits import (
    Netlist,
    OperandDistribution,
    generators,
    load_operands,
    network_operands,
    simplify,
    without_low_bits,
    without_partial_products,
)
from evoapproxnas.errors import MultiplierError, unknown_name
from evoapproxnas.files import encode_row, read_rows, write_atomically
from evoapproxnas.multipliers.evolution.search import Stop, evolve
from evoapproxnas.multipliers.evolution.task import EvolutionTask
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.multipliers.names import check_name

_Count = Annotated[int, Field(ge=0)]

Operands = Literal["uniform", "network", "resnet8"]
"""Distributions a recipe may name, see `operands_of`."""


@cache
def operands_of(name: Operands) -> OperandDistribution | None:
    """Return a distribution by its name.

    Every pair is equally frequent, or as in the model of a typical network, or as in the
    convolutions of a ResNet-8 that was trained on CIFAR-10.
    """
    if name == "resnet8":
        return load_operands(bundled_folder() / "operands" / "resnet8.npz", signed=False)
    return network_operands() if name == "network" else None


@dataclass(frozen=True)
class EvolutionRecipe:
    """One evolution; the same start and numbers give the same circuit.

    Attributes:
        name: of the result.
        start: name of the circuit it begins with: one of the library or another recipe.
        signed: whether it is a signed multiplier.
        metric: one of `METRICS`.
        bound: of the metric.
        operands: the name of a distribution.
        seed: of the random numbers.
        evaluations: of circuits.
        spare: nodes to spare, see `EvolutionTask`.
    """

    name: str
    start: str
    signed: bool
    metric: str
    bound: Annotated[float, Field(ge=0)]
    operands: Operands
    seed: _Count
    evaluations: _Count
    spare: _Count = 0

    def __post_init__(self) -> None:
        """Check the names; raises MultiplierError."""
        check_name(self.name)
        check_name(self.start)

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
            operands=operands_of(self.operands),
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
    return {
        recipe.name: recipe for recipe in read_rows(EvolutionRecipe, path, error=MultiplierError)
    }


def write_recipes(path: Path, recipes: Iterable[EvolutionRecipe]) -> None:
    """Write recipes in the given order, in one step.

    Raises:
        StoreError: if the file cannot be written.
    """
    text = StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(encode_row(recipe) for recipe in recipes)
    write_atomically(path, text.getvalue())
