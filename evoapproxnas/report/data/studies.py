"""What `sweep` and `assign` keep in a folder, as tables; either may still be at work."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from evoapproxnas.errors import StoreError
from evoapproxnas.files.frames import read_frame

_SWEPT = (
    *("kind", "multiplier", "weight_scheme", "error_correction", "bits", "accuracy"),
    *("loss_points", "energy_nj", "relative_energy", "screened"),
)
_ASSIGNED = ("id", "energy_nj", "relative_energy", "test_accuracy")
_RETRAINED = ("id", "relative_energy", "accuracy", "test_accuracy", "test_accuracy_before")
_TEXTS = ("kind", "multiplier", "weight_scheme", "error_correction", "screened", "id")


def sweep_frame(folder: Path) -> pd.DataFrame:
    """Return what `sweep` measured.

    Args:
        folder: of `sweep -o`.

    Returns:
        One row for each measurement, the columns of `SweepResult.table`.

    Raises:
        StoreError: if there is no such study, it is damaged, or has not measured the exact
            multiplier yet, which the others are compared with.
    """
    table = _read(folder / "sweep.csv", _SWEPT, made_by="sweep")
    if "exact" not in set(table["kind"]):
        raise StoreError(
            f"{folder} has no measurement of the exact multiplier yet, which the others are "
            "compared with; let sweep go on with it"
        )
    return table.assign(screened=table["screened"].astype(str) == "True")


def assigned_frame(folder: Path) -> pd.DataFrame:
    """Return the front that `assign` found, with its test accuracies.

    Args:
        folder: of `assign -o`.

    Returns:
        One row for each member, by falling energy: `id`, `energy_nj`, `relative_energy`,
        `accuracy` of validation images, `test_accuracy`, ...

    Raises:
        StoreError: if there is no such study, or it is damaged.
    """
    return _read(folder / "front.csv", _ASSIGNED, made_by="assign")


def retrained_frame(folder: Path) -> pd.DataFrame:
    """Return what `assign --finetune` made of members of the front.

    Args:
        folder: of `assign -o`.

    Returns:
        One row for each retraining: `id` of the member, `relative_energy`, `accuracy` and
        `test_accuracy` after, `test_accuracy_before`, ...

    Raises:
        StoreError: if nothing was retrained, or the file is damaged.
    """
    return _read(folder / "retrained.csv", _RETRAINED, made_by="assign --finetune EPOCHS")


def _read(file: Path, needed: Sequence[str], *, made_by: str) -> pd.DataFrame:
    advice = f"it is to be what {made_by} left with -o"
    table = read_frame(file, needed, advice=advice, growing=True)
    numbers = {n: pd.to_numeric(table[n], errors="coerce") for n in needed if n not in _TEXTS}
    return table.assign(**numbers)
