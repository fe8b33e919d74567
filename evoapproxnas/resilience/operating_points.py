"""Operating points of a searched network: members of its front in one model."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from evoapproxnas.arguments import check_count
from evoapproxnas.emulation import set_operating_point, with_operating_points
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import write_atomically
from evoapproxnas.multipliers import layer_choice
from evoapproxnas.resilience.assignment import layer_choices
from evoapproxnas.resilience.assignment_records import Assigned, AssignOptions, AssignResult
from evoapproxnas.resilience.given import as_model
from evoapproxnas.resilience.measured import Split, labelled
from evoapproxnas.resilience.scores import accuracy, scores
from evoapproxnas.training import Dataset
from evoapproxnas.training.classifier import as_inputs, gives_probabilities
from evoapproxnas.training.datasets.given import as_dataset
from evoapproxnas.training.model_file import save_model

NAMES = {1: ("high",), 2: ("high", "low"), 3: ("high", "medium", "low")}
"""What points are called, by how many there are; more are p1, p2, ... by falling energy."""
MODEL_FILE = "operating_points.keras"


@dataclass(frozen=True, kw_only=True)
class PointFigures:
    """One operating point.

    Attributes:
        point: its name.
        id: of its assignment.
        energy_nj: of the multipliers, for one inference.
        relative_energy: exact 8-bit is 1.
        accuracy_before: on validation images, of the assignment alone.
        accuracy: likewise, statistics estimated for the point.
        test_accuracy_before: for reporting.
        test_accuracy: likewise.
    """

    point: str
    id: str
    energy_nj: float
    relative_energy: float
    accuracy_before: float
    accuracy: float
    test_accuracy_before: float
    test_accuracy: float


def choose_points(members: Sequence[Assigned], count: int) -> dict[str, Assigned]:
    """Choose members of a front, about evenly by the logarithm of energy, its ends among them.

    Args:
        members: by falling energy; exact 8-bit is among them if no other is as good.
        count: how many.

    Returns:
        The members by name of the point.

    Raises:
        ConfigError: if the front has fewer.
    """
    check_count("operating_points", count)
    if count > len(members):
        raise ConfigError(
            f"{count} operating points are asked for, the front has {len(members)} members; ask "
            "for fewer, or verify more assignments"
        )
    places = np.log([max(member.energy_nj, 1e-12) for member in members])
    chosen: list[int] = []
    for number, wanted in enumerate(np.linspace(places[0], places[-1], count)):
        first = chosen[-1] + 1 if chosen else 0
        last = len(members) - (count - number)
        free = np.arange(first, last + 1)
        chosen.append(int(free[np.abs(places[free] - wanted).argmin()]))
    names = NAMES.get(count, tuple(f"p{number}" for number in range(1, count + 1)))
    return {name: members[i] for name, i in zip(names, chosen, strict=True)}


def save_operating_points(
    model: keras.Model | str | Path,
    data: Any,
    result: AssignResult,
    options: AssignOptions,
    *,
    count: int,
    folder: Path | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """Make one model of several members of a front; see `with_operating_points`.

    Args:
        model: what the front was searched for.
        data: likewise.
        result: what `assign` returned.
        options: what it was given.
        count: how many points.
        folder: of the search; gets `operating_points.keras` and `operating_points.csv`.

    Returns:
        The model, at its first point, and a row for each point.

    Raises:
        ConfigError: if the front has fewer members.
        StoreError: if the folder cannot be written.
    """
    model, dataset = as_model(model), as_dataset(data)
    chosen = choose_points(result.members, count)
    known = {c.multiplier.name: c.multiplier for c in layer_choices(options)}
    points = {
        name: {path: layer_choice(text, library=known) for path, text in a.multipliers.items()}
        for name, a in chosen.items()
    }
    images = dataset.x_train[: options.calibration_images]
    switched = with_operating_points(
        model,
        points,
        as_inputs(model, images, pixel_scale=options.pixel_scale),
        **options.quantization.options,
    )
    rows = [
        _figures(switched, dataset, options, name, assigned) for name, assigned in chosen.items()
    ]
    set_operating_point(switched, next(iter(chosen)))
    table = pd.DataFrame([asdict(row) for row in rows])
    if folder is not None:
        save_model(switched, folder / MODEL_FILE)
        write_atomically(folder / "operating_points.csv", table.to_csv(index=False))
    return switched, table


def _figures(
    model: keras.Model, dataset: Dataset, options: AssignOptions, name: str, assigned: Assigned
) -> PointFigures:
    set_operating_point(model, name)
    return PointFigures(
        point=name,
        id=assigned.id,
        energy_nj=assigned.energy_nj,
        relative_energy=assigned.relative_energy,
        accuracy_before=assigned.accuracy,
        accuracy=_accuracy(model, dataset, options, "validation"),
        test_accuracy_before=assigned.test_accuracy,
        test_accuracy=_accuracy(model, dataset, options, "test"),
    )


def _accuracy(model: keras.Model, dataset: Dataset, options: AssignOptions, split: Split) -> float:
    images = options.test_images if split == "test" else options.images
    seen = labelled(model, dataset, split, images=images, pixel_scale=options.pixel_scale)
    outputs = model.predict(seen.images, verbose=0)
    return accuracy(scores(outputs, probabilities=gives_probabilities(model) or None), seen.labels)
