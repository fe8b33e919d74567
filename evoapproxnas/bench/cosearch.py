"""What a search of accelerators with networks is worth, where nothing has to be trained.

Two campaigns over NAS-Bench-201 with the same seed, the same number of evaluations and the same
limit on area minimize validation error and the energy-delay product: one on a fixed Eyeriss, one
with hardware genes. For every network on the front of the first, with its accuracy on test images,
the least energy-delay product that the second reaches at no less accuracy counts.

The limit is the area of the fixed Eyeriss with exact 8-bit multipliers. A candidate that differs
in hardware alone counts as an evaluation, so the second campaign trains fewer networks.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators import load_accelerator
from evoapproxnas.hardware.accelerators.estimate import area_mm2
from evoapproxnas.multipliers import exact_multiplier
from evoapproxnas.search import search
from evoapproxnas.store import Run

FIXED = "eyeriss"
LISTS: Mapping[str, Sequence[Any]] = {
    "rows": (4, 8, 12, 16, 24),
    "columns": (4, 8, 12, 14, 16, 24),
    "buffer_kb": (32, 64, 108, 216),
    "dataflows": ("weight_stationary", "output_stationary", "row_stationary", "any"),
}
"""480 accelerators around the Eyeriss, which is one of them."""

_POPULATION = 20
_ERROR, _COST = "test_error", "edp"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CosearchOutcome:
    """Both campaigns of a seed.

    Attributes:
        seed: which.
        fixed_trainings: networks that were trained with the fixed accelerator.
        genes_trainings: likewise with hardware genes.
        errors: on test images, of the fixed front where the other front comes to that accuracy.
        ratios: energy-delay product with hardware genes over the fixed one there, likewise.
        not_reached: members of the fixed front that are more accurate than all of the other.
    """

    seed: int
    fixed_trainings: int
    genes_trainings: int
    errors: Floats
    ratios: Floats
    not_reached: int

    @property
    def median_ratio(self) -> float:
        """Of the members of the fixed front; NaN where none is reached."""
        return float(np.median(self.ratios)) if len(self.ratios) else float("nan")

    def row(self) -> dict[str, Any]:
        """Return its figures, ready for a table."""
        return {
            "seed": self.seed,
            "fixed_trainings": self.fixed_trainings,
            "genes_trainings": self.genes_trainings,
            "compared": len(self.ratios),
            "not_reached": self.not_reached,
            "median_edp_ratio": self.median_ratio,
            "worst_edp_ratio": float(self.ratios.max()) if len(self.ratios) else float("nan"),
        }


def bench_cosearch(
    *,
    seeds: int,
    evaluations: int,
    settings: Sequence[str] = (),
    hardware: Sequence[str] = (),
) -> Iterator[CosearchOutcome]:
    """Run both campaigns with each seed; runs are kept nowhere.

    Args:
        seeds: 0 .. seeds - 1.
        evaluations: of each campaign.
        settings: section.key=value of both.
        hardware: section.key=value of the second one, over `LISTS`.

    Raises:
        EvoApproxNASError: if one of them cannot be run.
    """
    if evaluations < _POPULATION:
        raise ConfigError(f"expected at least {_POPULATION} evaluations, got {evaluations}")
    lists = [f"hardware.{name}={list(values)!r}" for name, values in LISTS.items()]
    genes = ("hardware.search=genes", *lists, *hardware)
    for seed in range(seeds):
        with tempfile.TemporaryDirectory(prefix="evoapproxnas-") as folder:
            fixed = _run(Path(folder), "fixed", seed, evaluations, settings)
            found = _run(Path(folder), "genes", seed, evaluations, (*settings, *genes))
            yield compared(seed, fixed, found)


def _run(folder: Path, name: str, seed: int, evaluations: int, settings: Sequence[str]) -> Run:
    search_ = {
        "objectives": ["error", _COST],
        "limits": {"area_mm2": _fixed_area()},
        "population": _POPULATION,
        "generations": -(-evaluations // _POPULATION),
        "max_evaluations": evaluations,
    }
    values = {
        "problem": "nasbench201",
        "seed": seed,
        "search": search_,
        "hardware": {"accelerator": FIXED},
        "execution": {"executor": "inline"},
    }
    return search(load_config(values=values, settings=settings), name=name, runs_dir=folder)


def _fixed_area() -> float:
    circuit = exact_multiplier(signed=False).area_um2 or 0.0
    return area_mm2(load_accelerator(FIXED), circuit)


def compared(seed: int, fixed: Run, genes: Run) -> CosearchOutcome:
    """Compare the fronts of two campaigns at equal accuracy."""
    errors, costs = _front(fixed.front())
    others, other_costs = _front(genes.front())
    reached = others[None] <= errors[:, None]
    least = np.where(reached, other_costs[None], np.inf).min(axis=1)
    known = np.isfinite(least)
    return CosearchOutcome(
        seed=seed,
        fixed_trainings=fixed.database.counts().trainings,
        genes_trainings=genes.database.counts().trainings,
        errors=errors[known],
        ratios=least[known] / costs[known],
        not_reached=int((~known).sum()),
    )


def _front(table: pd.DataFrame) -> tuple[Floats, Floats]:
    columns = (table[name].to_numpy(np.float64) for name in (_ERROR, _COST))
    errors, costs = columns
    return errors, costs
