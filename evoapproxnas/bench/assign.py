"""Methods that find a multiplier for each layer, compared in equal time on the same network.

For each seed the surrogate searches first, by its options. What it took is the time of the method
by gradient, which may verify more for it; the test split is measured after the time is up. An
interrupted search begins anew, as its time counts; those that are whole are kept.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from evoapproxnas.files import Journal, remove_folder
from evoapproxnas.pareto import hypervolume
from evoapproxnas.resilience import AssignOptions, AssignResult, assign
from evoapproxnas.resilience.assignment_records import Assigned, Method
from evoapproxnas.training import Dataset

MORE = 4
"""Times as many assignments as the surrogate verifies may be verified by the other method."""
WORST_POINTS = 5.0
"""Losses of this and more, and energies above exact 8-bit, add nothing to a hypervolume."""

Observer = Callable[[str, str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class MethodOutcome:
    """What a method found: a row of `methods.csv`.

    Attributes:
        method: which.
        seed: of the search.
        seconds: until all that was chosen was verified.
        processor_seconds: likewise, of all threads.
        verified: assignments.
        hypervolume: share of losses of 0 to `WORST_POINTS` and energies of 0 to 1 (exact 8-bit)
            that the front dominates, on validation images.
        test_hypervolume: likewise, of the same front on test images.
        relative_energy: the least on the front that loses no more than was allowed.
        loss_points: of that member, on validation images, which chose it.
        test_loss_points: likewise, on test images.
    """

    method: Method
    seed: int
    seconds: float
    processor_seconds: float
    verified: int
    hypervolume: float
    test_hypervolume: float
    relative_energy: float
    loss_points: float
    test_loss_points: float


COLUMNS = tuple(field.name for field in fields(MethodOutcome))


def bench_methods(
    model: keras.Model,
    dataset: Dataset,
    *,
    options: AssignOptions,
    seeds: int,
    folder: Path,
    allowed_points: float = 0.6,
    observer: Observer | None = None,
) -> pd.DataFrame:
    """Let both methods search with each seed.

    Args:
        model: as for `assign`.
        dataset: likewise.
        options: of the surrogate's search, but for its seed; the other method has the same, but
            for how much is verified.
        seeds: 0 .. seeds - 1.
        folder: gets `methods.csv` and a study for each search, `METHOD-SEED`.
        allowed_points: loss of the member whose energy is told.
        observer: is told what happens, see `assign`.

    Returns:
        A row for each search.

    Raises:
        EvoApproxNASError: if one of them cannot be run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder, "methods.csv", COLUMNS)
    known = {(row.method, row.seed): row for row in journal.records(MethodOutcome)}

    def done(method: Method, given: AssignOptions) -> MethodOutcome:
        if (method, given.seed) not in known:
            outcome = _outcome(model, dataset, given, folder, allowed_points, observer)
            journal.append(asdict(outcome))
            known[method, given.seed] = outcome
        return known[method, given.seed]

    for seed in range(seeds):
        first = replace(options, method="surrogate", seed=seed)
        seconds = done("surrogate", first).seconds
        second = replace(first, method="gradient", verify=MORE * options.verify)
        done("gradient", replace(second, time_limit_seconds=seconds))
    rows = [row for row in known.values() if row.seed < seeds]
    return pd.DataFrame([asdict(row) for row in rows], columns=list(COLUMNS))


def _outcome(
    model: keras.Model,
    dataset: Dataset,
    options: AssignOptions,
    folder: Path,
    allowed_points: float,
    observer: Observer | None,
) -> MethodOutcome:
    study = folder / f"{options.method}-{options.seed}"
    if study.exists():
        remove_folder(study)
    begun = now = time.monotonic(), time.process_time()

    def tell(stage: str, text: str, done: int, total: int) -> None:
        nonlocal now
        if stage != "test":
            now = time.monotonic(), time.process_time()
        if observer is not None:
            observer(f"{study.name}, {stage}", text, done, total)

    found = assign(model, dataset, options=options, folder=study, observer=tell)
    seconds, processor_seconds = (b - a for a, b in zip(begun, now, strict=True))
    return MethodOutcome(
        method=options.method,
        seed=options.seed,
        seconds=seconds,
        processor_seconds=processor_seconds,
        **figures(found, allowed_points=allowed_points),
    )


def figures(found: AssignResult, *, allowed_points: float) -> dict[str, Any]:
    """Return what a front is worth; see `MethodOutcome`.

    Args:
        found: by a search.
        allowed_points: loss of the member whose energy is told.
    """
    front = [*found.members, found.verified[0]]
    allowed = [a for a in front if a.loss_points <= allowed_points]
    best = min(allowed, key=lambda a: a.energy_nj)
    return {
        "verified": len(found.verified),
        "hypervolume": _share(front, [a.loss_points for a in front]),
        "test_hypervolume": _share(front, [a.test_loss_points for a in front]),
        "relative_energy": best.relative_energy,
        "loss_points": best.loss_points,
        "test_loss_points": best.test_loss_points,
    }


def _share(front: list[Assigned], losses: list[float]) -> float:
    """Return the share of losses and energies that is dominated; gains count as no loss."""
    points = [[max(loss, 0.0), a.relative_energy] for a, loss in zip(front, losses, strict=True)]
    return hypervolume(np.array(points), (WORST_POINTS, 1.0)) / WORST_POINTS
