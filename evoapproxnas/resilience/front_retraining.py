"""Retraining members of a front of assignments through their approximate forward pass."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

import keras
import pandas as pd

from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.files import Journal, read_text, write_atomically
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

Teacher = Literal["none", "exact8", "float"]
"""What members learn from beside the labels: their own exact 8-bit twin, or the float network."""


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
        teacher: what it learned from beside the labels; see `Teacher`.
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
    teacher: str = "none"

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What tells it from other retrainings."""
        return self.id, self.gradient, self.epochs, self.teacher


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
    teacher: Teacher = "none",
    folder: Path | None = None,
    observer: Observer | None = None,
) -> pd.DataFrame:
    """Retrain members of a front; what is done already is not done again.

    In a folder, a retraining that was interrupted goes on after its last whole epoch.

    Args:
        model: what the front was searched for.
        data: likewise.
        result: what `assign` returned.
        options: what it was given.
        epochs: of retraining, for each.
        members: ids; empty chooses three between the middle of the front and its cheap end.
        gradients: each member is retrained with each.
        teacher: what they learn from beside the labels.
        folder: of the search; gets `retrained.csv` and the models.
        observer: is told what happens.

    Returns:
        A row for each member.

    Raises:
        UnknownNameError: for a member that was not verified.
        ConfigError: if the model gives probabilities, or for another teacher.
        StoreError: if the folder cannot be written.
    """
    if teacher not in get_args(Teacher):
        raise ConfigError(f"teacher must be 'none', 'exact8' or 'float', got {teacher!r:.60}")
    model, dataset = as_model(model), as_dataset(data)
    by_id = {assigned.id: assigned for assigned in result.verified}
    for member in members:
        if member not in by_id:
            raise unknown_name("assignment", member, by_id)
    chosen = [by_id[m] for m in members] or middle_to_end(result.members)
    journal = _journal(folder)
    known = {row.key: row for row in journal.records(Retrained)}
    rows = []
    tasks = [(assigned, gradient) for assigned in chosen for gradient in gradients]
    for number, (assigned, gradient) in enumerate(tasks, start=1):
        how = _How(gradient, epochs, teacher)
        row = known.get((assigned.id, gradient, epochs, teacher))
        if row is None:
            exact = result.verified[0].test_accuracy
            row = _retrained(model, dataset, assigned, options, how, exact, folder)
            journal.append(asdict(row))
            if folder is not None:
                _checkpoint(folder, assigned, how).unlink(missing_ok=True)
        rows.append(row)
        if observer is not None:
            observer("retraining", f"{assigned.id} ({how})", number, len(tasks))
    return pd.DataFrame([asdict(row) for row in rows], columns=list(COLUMNS))


@dataclass(frozen=True)
class _How:
    """How a member is retrained; see `Retrained`."""

    gradient: Gradient
    epochs: int
    teacher: Teacher

    def __str__(self) -> str:
        """Name it, a teacher only where there is one."""
        return self.gradient if self.teacher == "none" else f"{self.gradient}-{self.teacher}"


def _journal(folder: Path | None) -> Journal:
    """Return the journal; rows of versions that knew no teacher had none."""
    name = "retrained.csv"
    path = None if folder is None else folder / name
    earlier = COLUMNS[:-1]
    if (
        path is not None
        and path.is_file()
        and read_text(path).startswith(",".join(earlier) + "\n")
    ):
        rows = [asdict(row) for row in Journal(folder, name, earlier).records(Retrained)]
        write_atomically(path, pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(index=False))
    return Journal(folder, name, COLUMNS)


def middle_to_end(front: Sequence[Assigned]) -> list[Assigned]:
    """Return three members of a front of falling energy, from its middle to its cheap end."""
    last = len(front) - 1
    return [front[i] for i in sorted({last // 2, (3 * last) // 4, last})]


def _retrained(
    model: keras.Model,
    dataset: Dataset,
    assigned: Assigned,
    options: AssignOptions,
    how: _How,
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
        how.epochs,
        calibration=calibration,
        quantization=options.quantization,
        gradient=how.gradient,
        pixel_scale=options.pixel_scale,
        seed=options.seed,
        teacher={"none": None, "exact8": "exact8", "float": model}[how.teacher],
        checkpoint=None if folder is None else _checkpoint(folder, assigned, how),
    )
    if folder is not None:
        save_model(done.model, folder / f"{assigned.id}-{how}.keras")
    return Retrained(
        id=assigned.id,
        gradient=how.gradient,
        epochs=how.epochs,
        relative_energy=assigned.relative_energy,
        accuracy_before=done.val_before,
        accuracy=done.val_after,
        test_accuracy_before=done.test_before,
        test_accuracy=done.test_after,
        test_loss_points=100 * (exact - done.test_after),
        seconds=done.seconds,
        teacher=how.teacher,
    )


def _checkpoint(folder: Path, assigned: Assigned, how: _How) -> Path:
    """Return where a retraining is kept until it is done."""
    return folder / f"{assigned.id}-{how}-{how.epochs}.checkpoint.npz"
