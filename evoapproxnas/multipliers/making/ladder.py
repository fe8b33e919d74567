"""Trace the fronts of the bundled library.

A ladder is a list of bounds. Every pass climbs it, and every step starts from the circuit of the
least power, so far, whose error is within its bound. Even passes look at all circuits so far, of
other ladders too, which refines the best. Odd ones find others: in turns they look at those of
the same pass, and at broken arrays with low output bits tied to 1, which makes up for some of
what they leave out. Steps are written down as recipes, and their netlists into FOLDER; what is
there already is not done again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evoapproxnas.circuits import Netlist, load_verilog, power_uw, to_verilog
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.multipliers.evolution.task import EvolutionTask
from evoapproxnas.multipliers.making.recipes import (
    EvolutionRecipe,
    Operands,
    operands_of,
    read_recipes,
    start_circuit,
    start_names,
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
        operands: see `recipes.operands_of`.
        evaluations: of one step.
        passes: how often to climb.
        spare: nodes to spare, see `EvolutionTask`.
    """

    signed: bool
    metric: str
    lowest: float
    highest: float
    rungs: int
    operands: Operands = "uniform"
    evaluations: int = 40_000
    passes: int = 4
    spare: int = 0


LADDERS = {
    "u_mae": Ladder(False, "mae_pct", 0.00019, 9.0, 54),
    "s_mae": Ladder(True, "mae_pct", 0.0006, 5.0, 36),
    "u_low": Ladder(False, "mae_pct", 0.15, 9.0, 36, spare=8, evaluations=60_000),
    "s_low": Ladder(True, "mae_pct", 0.3, 5.0, 16, spare=8, evaluations=60_000),
    "u_cheap": Ladder(False, "mae_pct", 0.41, 8.0, 23, spare=12),
    "u_tiny": Ladder(False, "mae_pct", 2.02, 8.0, 24, spare=16),
    "u_mid": Ladder(False, "mae_pct", 0.545, 0.88, 6, evaluations=300_000, spare=8),
    "u_tail": Ladder(False, "mae_pct", 2.1, 7.95, 19, evaluations=300_000, spare=16),
    "u_fine": Ladder(False, "mae_pct", 2.149, 8.009, 64, evaluations=60_000, spare=16),
    "u_long": Ladder(False, "mae_pct", 0.1, 8.009, 40, evaluations=300_000, spare=8, passes=2),
    "s_long": Ladder(True, "mae_pct", 0.1, 5.0, 24, evaluations=300_000, spare=8, passes=2),
    "u_net": Ladder(False, "mae_pct", 0.0003, 0.8, 18, "network", passes=2),
    "u_resnet8": Ladder(
        False, "layer_mse", 100, 9000, 12, "resnet8", evaluations=120_000, spare=8
    ),
    "u_wce": Ladder(False, "wce_pct", 0.01, 20.0, 9, passes=2),
    "u_ep": Ladder(False, "ep_pct", 3.0, 90.0, 6, passes=2),
    "u_mre": Ladder(False, "mre_pct", 0.02, 30.0, 8, passes=1, evaluations=20_000),
    "s_wce": Ladder(True, "wce_pct", 0.02, 10.0, 6, passes=1),
}
"""The fronts of the bundled library."""


def climb(folder: Path, chosen: Iterable[str] = ()) -> None:
    """Climb ladders; what was done before is read first.

    Args:
        folder: gets recipes and netlists.
        chosen: names of ladders, or NAME:PASS,PASS... for some passes; none are all.

    Raises:
        UnknownNameError: if there is no such ladder.
        ConfigError: if a pass is not a number.
    """
    climbs = [_parsed(text) for text in chosen or LADDERS]
    folder.mkdir(parents=True, exist_ok=True)
    for key, passes in climbs:
        _Climb(folder, key, LADDERS[key]).run(passes)


def _parsed(text: str) -> tuple[str, list[int]]:
    key, _, passes = text.partition(":")
    if key not in LADDERS:
        raise unknown_name("ladder", key, LADDERS)
    if not passes:
        return key, list(range(LADDERS[key].passes))
    if not re.fullmatch(r"\d{1,3}(,\d{1,3})*", passes):
        raise ConfigError(f"expected LADDER:PASS,PASS such as u_mae:0,1, got {text!r}")
    return key, [int(number) for number in passes.split(",")]


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
        self._found = [
            self._measured(name, start_circuit(name)) for name in start_names(signed=ladder.signed)
        ]
        self._starts = len(self._found)
        for name in self._recipes:
            self._keep(name)
        self._others = [
            self._measured(recipe.name, netlist)
            for file in sorted(folder.glob("*.csv"))
            for recipe in read_recipes(file).values()
            if file != self._file and self._alike(recipe)
            if (netlist := load_verilog(folder / f"{recipe.name}.v")).cells
        ]

    def run(self, passes: Iterable[int]) -> None:
        """Climb these passes; the steps that were done before are read first."""
        ladder = self._ladder
        bounds = np.geomspace(ladder.lowest, ladder.highest, ladder.rungs)
        for number in passes:
            for rung, bound in enumerate(bounds):
                self._step(number, rung, float(f"{bound:.6g}"))

    def _step(self, number: int, rung: int, bound: float) -> None:
        ladder = self._ladder
        name = f"{self._key}_{rung}_{number}"
        if name in self._recipes:
            return
        own = [found for found in self._found if found.name.endswith(f"_{number}")]
        anew = [self._found[0], *own] if number % 4 == 1 else self._found[: self._starts]
        known = anew if number % 2 else [*self._found, *self._others]
        within = [found for found in known if found.error <= bound * (1 + 1e-9)]
        start = min(within, key=lambda found: found.power_uw)
        recipe = EvolutionRecipe(
            name=name,
            start=start.name,
            signed=ladder.signed,
            metric=ladder.metric,
            bound=bound,
            operands=ladder.operands,
            seed=1000 * number + rung,
            evaluations=ladder.evaluations,
            spare=ladder.spare,
        )
        text = to_verilog(recipe.run(start.netlist), name)
        (self._folder / f"{name}.v").write_text(text, encoding="utf-8")
        self._recipes[name] = recipe
        write_recipes(self._file, self._recipes.values())
        self._keep(name)

    def _alike(self, recipe: EvolutionRecipe) -> bool:
        ladder = self._ladder
        family = (ladder.signed, ladder.metric, ladder.operands)
        return (recipe.signed, recipe.metric, recipe.operands) == family

    def _keep(self, name: str) -> None:
        """Let later steps start from a circuit, unless it has no cells."""
        netlist = load_verilog(self._folder / f"{name}.v")
        if netlist.cells:
            self._found.append(self._measured(name, netlist))

    def _measured(self, name: str, netlist: Netlist) -> _Found:
        ladder, operands = self._ladder, operands_of(self._ladder.operands)
        task = EvolutionTask(
            netlist, ladder.metric, float("inf"), signed=ladder.signed, operands=operands
        )
        return _Found(name, netlist, task.error(netlist), power_uw(netlist, operands))
