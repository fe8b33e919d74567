"""Retraining members of a front of assignments through their approximate forward pass."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from evoapproxnas.errors import unknown_name
from evoapproxnas.files import Journal
from evoapproxnas.multipliers import layer_choice
from evoapproxnas.quantization import Gradient
from evoapproxnas.resilience.assignment import layer_choices
from evoapproxnas.resilience.assignment_records import Assigned, AssignOptions, AssignResult
from evoapproxnas.resilience.given import as_model
from evoapproxnas.resilience.measured import measure_ranges
from evoapproxnas.resilience.retraining import finetune_assignment
from evoapproxnas.training import Dataset
from evoapproxnas.training.datasets.given import as_dataset
from evoapproxnas.training.model_file import save_model

Observer = Callable[[str, str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Retrained:
    """One member of the front, retrained.

    Attributes:
        id: of the assignment.
        gradient: "ste" or "table".
        epochs: of retraining.
        relative_energy: exact 8-bit is 1.
        accuracy_before: on validation images.
        accuracy: likewise, after.
        test_accuracy_before: for reporting.
        test_accuracy: likewise, after.
        test_loss_points: below exact 8-bit without retraining.
        seconds: the training took.
    """

    id: str
    gradient: str
    epochs: int
    relative_energy: float
    accuracy_before: float
    accuracy: float
    test_accuracy_before: float
    test_accuracy: float
    test_loss_points: float
    seconds: float


COLUMNS = tuple(field.name for field in fields(Retrained))


def retrain_front(
    model: keras.Model | str | Path,
    data: Any,
    result: AssignResult,
    options: AssignOptions,
    *,
    epochs: int,
    members: Sequence[str] = (),
    gradients: Sequence[Gradient] = ("ste",),
    folder: Path | None = None,
    observer: Observer | None = None,
) -> pd.DataFrame:
    """Retrain members of a front; what is done already is not done again.

    Args:
        model: what the front was searched for.
        data: likewise.
        result: what `assign` returned.
        options: what it was given.
        epochs: of retraining, for each.
        members: ids; empty chooses three between the middle of the front and its cheap end.
        gradients: each member is retrained with each.
        folder: of the search; gets `retrained.csv` and the models.
        observer: is told what happens.

    Returns:
        A row for each member.

    Raises:
        UnknownNameError: for a member that was not verified.
        ConfigError: if the model gives probabilities.
        StoreError: if the folder cannot be written.
    """
    model, dataset = as_model(model), as_dataset(data)
    by_id = {assigned.id: assigned for assigned in result.verified}
    for member in members:
        if member not in by_id:
            raise unknown_name("assignment", member, by_id)
    chosen = [by_id[m] for m in members] or middle_to_end(result.members)
    journal = Journal(folder, "retrained.csv", COLUMNS)
    known = journal.records(Retrained)
    rows = []
    tasks = [(assigned, gradient) for assigned in chosen for gradient in gradients]
    for number, (assigned, gradient) in enumerate(tasks, start=1):
        key = (assigned.id, gradient, epochs)
        row = next((r for r in known if (r.id, r.gradient, r.epochs) == key), None)
        if row is None:
            exact = result.verified[0].test_accuracy
            row = _retrained(model, dataset, assigned, options, gradient, epochs, exact, folder)
            journal.append(asdict(row))
        rows.append(row)
        if observer is not None:
            observer("retraining", f"{assigned.id} ({gradient})", number, len(tasks))
    return pd.DataFrame([asdict(row) for row in rows], columns=list(COLUMNS))


def middle_to_end(front: Sequence[Assigned]) -> list[Assigned]:
    """Return three members of a front of falling energy, from its middle to its cheap end."""
    last = len(front) - 1
    return [front[i] for i in sorted({last // 2, (3 * last) // 4, last})]


def _retrained(
    model: keras.Model,
    dataset: Dataset,
    assigned: Assigned,
    options: AssignOptions,
    gradient: Gradient,
    epochs: int,
    exact: float,
    folder: Path | None,
) -> Retrained:
    calibration = measure_ranges(
        model, dataset, images=options.calibration_images, pixel_scale=options.pixel_scale
    )
    known = {c.multiplier.name: c.multiplier for c in layer_choices(options)}
    multipliers = assigned.multipliers.items()
    done = finetune_assignment(
        model,
        dataset,
        {path: layer_choice(name, library=known) for path, name in multipliers},
        epochs,
        calibration=calibration,
        quantization=options.quantization,
        gradient=gradient,
        pixel_scale=options.pixel_scale,
        seed=options.seed,
    )
    if folder is not None:
        save_model(done.model, folder / f"{assigned.id}-{gradient}.keras")
    return Retrained(
        id=assigned.id,
        gradient=gradient,
        epochs=epochs,
        relative_energy=assigned.relative_energy,
        accuracy_before=done.val_before,
        accuracy=done.val_after,
        test_accuracy_before=done.test_before,
        test_accuracy=done.test_after,
        test_loss_points=100 * (exact - done.test_after),
        seconds=done.seconds,
    )
