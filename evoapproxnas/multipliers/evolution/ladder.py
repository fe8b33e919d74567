"""Trace the fronts of the bundled library: `python -m evoapproxnas.multipliers.evolution.ladder`.

    python -m evoapproxnas.multipliers.evolution.ladder FOLDER [LADDER[:PASSES] ...]

A ladder is a list of bounds. Every pass climbs it, and every step starts from the circuit of the
least power, so far, whose error is within its bound: on even passes of all circuits, which refines
the best, and on odd ones of those of the same pass, which finds others. Steps are written down as
recipes, and their netlists into FOLDER; what is there already is not done again.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evoapproxnas.circuits import Netlist, generators, load_verilog, power_uw, to_verilog
from evoapproxnas.multipliers.evolution.recipes import (
    OPERANDS,
    EvolutionRecipe,
    read_recipes,
    write_recipes,
)


@dataclass(frozen=True)
class Ladder:
    """One front to trace.

    Attributes:
        signed: whether circuits are signed.
        metric: one of `METRICS`.
        lowest: bound.
        highest: bound.
        rungs: number of bounds, in geometric progression.
        operands: a key of `recipes.OPERANDS`.
        evaluations: of one step.
        passes: how often to climb.
    """

    signed: bool
    metric: str
    lowest: float
    highest: float
    rungs: int
    operands: str = "uniform"
    evaluations: int = 40_000
    passes: int = 4


LADDERS = {
    "u_mae": Ladder(False, "mae_pct", 0.00019, 9.0, 54),
    "s_mae": Ladder(True, "mae_pct", 0.0006, 5.0, 36),
    "u_net": Ladder(False, "mae_pct", 0.0003, 0.8, 18, "network", passes=2),
    "u_wce": Ladder(False, "wce_pct", 0.01, 20.0, 9, passes=2),
    "u_ep": Ladder(False, "ep_pct", 3.0, 90.0, 6, passes=2),
    "u_mre": Ladder(False, "mre_pct", 0.02, 30.0, 8, passes=1, evaluations=20_000),
    "s_wce": Ladder(True, "wce_pct", 0.02, 10.0, 6, passes=1),
}
"""The fronts of the bundled library."""


def main() -> None:
    """Climb the ladders named on the command line, else all of them."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for argument in sys.argv[2:] or LADDERS:
        key, _, passes = argument.partition(":")
        _Climb(folder, key, LADDERS[key]).run(int(passes or LADDERS[key].passes))


@dataclass(frozen=True)
class _Found:
    name: str
    netlist: Netlist
    error: float
    power_uw: float


class _Climb:
    """One ladder in progress."""

    def __init__(self, folder: Path, key: str, ladder: Ladder) -> None:
        self._folder, self._key, self._ladder = folder, key, ladder
        self._file = folder / f"{key}.csv"
        self._recipes = read_recipes(self._file) if self._file.exists() else {}
        exact = generators.exact_multiplier("wallace", signed=ladder.signed)
        uw = power_uw(exact, OPERANDS[ladder.operands])
        name = f"mul8{'s' if ladder.signed else 'u'}_exact"
        self._found = [_Found(name, exact, 0.0, uw)]

    def run(self, passes: int) -> None:
        """Climb so many times."""
        ladder = self._ladder
        bounds = np.geomspace(ladder.lowest, ladder.highest, ladder.rungs)
        for number in range(passes):
            for rung, bound in enumerate(bounds):
                self._step(number, rung, float(f"{bound:.6g}"))

    def _own(self, number: int) -> list[_Found]:
        return [found for found in self._found if found.name.endswith(f"_{number}")]

    def _step(self, number: int, rung: int, bound: float) -> None:
        ladder = self._ladder
        name = f"{self._key}_{rung}_{number}"
        known = self._found if number % 2 == 0 else [self._found[0], *self._own(number)]
        within = [found for found in known if found.error <= bound * (1 + 1e-9)]
        start = min(within, key=lambda found: found.power_uw)
        recipe = self._recipes.get(name) or EvolutionRecipe(
            name=name,
            start=start.name,
            signed=ladder.signed,
            metric=ladder.metric,
            bound=bound,
            operands=ladder.operands,
            seed=1000 * number + rung,
            evaluations=ladder.evaluations,
        )
        path = self._folder / f"{name}.v"
        if name not in self._recipes:
            path.write_text(to_verilog(recipe.run(start.netlist), name), encoding="utf-8")
            self._recipes[name] = recipe
            write_recipes(self._file, self._recipes.values())
        netlist = load_verilog(path)
        error = recipe.task(self._found[0].netlist).error(netlist)
        uw = power_uw(netlist, OPERANDS[ladder.operands])
        if netlist.cells:
            self._found.append(_Found(name, netlist, error, uw))


if __name__ == "__main__":
    main()
