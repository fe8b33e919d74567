"""A study read at one moment: what `sweep` and `assign` keep in a folder, and may still add to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic_core import from_json

from evoapproxnas.errors import MultiplierError, StoreError
from evoapproxnas.files import is_taken, read_json
from evoapproxnas.files.frames import read_frame
from evoapproxnas.multipliers import named_groups
from evoapproxnas.pareto import non_dominated

Kind = Literal["sweep", "assign"]
IDENTITY, SWEEP, VERIFIED = "identity.json", "sweep.csv", "verified.csv"
FRONT, ASSIGNMENTS = "front.csv", "assignments.json"
TESTED, RETRAINED = "test.csv", "retrained.csv"
STUDY_FILES = (IDENTITY, SWEEP, VERIFIED, FRONT, ASSIGNMENTS, TESTED, RETRAINED)
"""All that is read of one."""
_SWEPT = ("kind", "multiplier", "accuracy", "energy_nj", "relative_energy", "loss_points")
_ASSIGNED = ("id", "accuracy", "energy_nj", "relative_energy", "loss_points", "multipliers")
_RETRAINED = ("id", "relative_energy", "accuracy", "test_accuracy")


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        id: no other row of the study has it.
        told: what it is, in words.
        figures: by name; accuracies are shares of images, 0..1.
        assignment: multiplier by layer, where layers have their own; or several, for groups of
            its channels, see `FilterGroups`.
        front: whether no other measurement is better in both accuracy and energy.
        given_up: whether it was measured on few images only, as it had no hope.
    """

    id: str
    told: str
    figures: Mapping[str, float]
    assignment: Mapping[str, str]
    front: bool
    given_up: bool


@dataclass(frozen=True)
class Study:
    """A study at one moment.

    Attributes:
        path: its folder.
        label: what it is called beside others.
        kind: which command made it.
        subject: what it is about and by which options; empty in folders of earlier versions.
        accuracy: name of the figure that it goes by, whose images the name tells.
        rows: what was measured, in order.
        retrained: members that were retrained; None where none was.
        whole: whether it has come to its end; None where the folder does not say.
        running: whether a process works on it; None where this machine does not say.
    """

    path: Path
    label: str
    kind: Kind
    subject: Mapping[str, Any]
    accuracy: str
    rows: tuple[Row, ...]
    retrained: pd.DataFrame | None
    whole: bool | None
    running: bool | None

    @property
    def told(self) -> str:
        """What kind of study of what, in a line."""
        what = {
            "sweep": "every multiplier in all layers",
            "assign": "a multiplier for each layer",
        }[self.kind]
        names = [self.subject.get(key) for key in ("model", "dataset")]
        model, dataset = (name if isinstance(name, str) else None for name in names)
        about = f" of {model}" if model else ""
        return f"{what}{about}{f' on {dataset}' if dataset else ''}"

    @property
    def state(self) -> str:
        """How it stands, in a word or two; empty where nobody knows."""
        if self.running:
            return "running"
        return "" if self.whole is None else ("finished" if self.whole else "interrupted")


def kind_of(folder: Path) -> Kind | None:
    """Return which study a folder holds; None if it is none."""
    if (folder / SWEEP).is_file():
        return "sweep"
    if (folder / VERIFIED).is_file() or (
        (folder / FRONT).is_file() and (folder / ASSIGNMENTS).is_file()
    ):
        return "assign"
    return None


def read_study(folder: Path, label: str) -> Study:
    """Read a study; a process may add to it meanwhile.

    Args:
        folder: of `sweep` or `assign`.
        label: what it is called beside others.

    Raises:
        StoreError: if it is none, or damaged.
    """
    kind = kind_of(folder)
    if kind is None:
        raise StoreError(f"{folder} holds neither {SWEEP} nor {VERIFIED}; is this a study?")
    subject = read_json(folder / IDENTITY) if (folder / IDENTITY).is_file() else {}
    subject = subject if isinstance(subject, dict) else {}
    retrained = folder / RETRAINED
    return Study(
        path=folder,
        label=label,
        kind=kind,
        subject=subject,
        accuracy=_split(kind, subject),
        rows=_swept(folder, _split(kind, subject)) if kind == "sweep" else _assigned(folder),
        retrained=_table(retrained, _RETRAINED) if retrained.is_file() else None,
        whole=None if kind == "sweep" else (folder / ASSIGNMENTS).is_file(),
        running=is_taken(folder),
    )


def _split(kind: Kind, subject: Mapping[str, Any]) -> str:
    """Return what accuracies are called; sweeps go by test images unless they say otherwise."""
    test = kind == "sweep" and subject.get("split", "test") == "test"
    return "test_accuracy" if test else "accuracy"


def _swept(folder: Path, accuracy: str) -> tuple[Row, ...]:
    table = _table(folder / SWEEP, _SWEPT)
    given_up = _flags(table, "screened")
    front = _front(table, ~given_up & (table["kind"] != "float"))
    names = _named(table)
    figures = ("energy_nj", "relative_energy", "loss_points", "bits", "images")
    return tuple(
        Row(
            id=name,
            told=f"{row['kind']}, in all layers",
            figures=_known({accuracy: row["accuracy"], **{k: row.get(k) for k in figures}}),
            assignment={},
            front=bool(member),
            given_up=bool(hopeless),
        )
        for name, row, member, hopeless in zip(
            names, table.to_dict("records"), front, given_up, strict=True
        )
    )


def _named(table: pd.DataFrame) -> list[str]:
    """Name rows by their multipliers, and by what else they differ in."""
    names = _words(table, "multiplier")
    for column in ("weight_scheme", "error_correction"):
        told = _words(table, column)
        if told[told != ""].nunique() > 1:
            words = "corrected " + told if column == "error_correction" else told
            names = names.where(told == "", names + ", " + words)
    seen = names.groupby(names).cumcount()
    return [f"{name} ({n + 1})" if n else name for name, n in zip(names, seen, strict=True)]


def _words(table: pd.DataFrame, column: str) -> "pd.Series[str]":
    """Return a column as text, empty where there is nothing."""
    cells = table[column].tolist() if column in table else [None] * len(table)
    return pd.Series(["" if pd.isna(cell) else str(cell) for cell in cells], table.index)


def _assigned(folder: Path) -> tuple[Row, ...]:
    file = folder / (VERIFIED if (folder / VERIFIED).is_file() else FRONT)
    table = _table(file, _ASSIGNED)
    tested: dict[str, float] = {}
    if (folder / TESTED).is_file():
        tests = _table(folder / TESTED, ("id", "accuracy"))
        tested = dict(zip(tests["id"].astype(str), tests["accuracy"], strict=True))
    front = _front(table, table["id"].notna())
    figures = ("accuracy", "energy_nj", "relative_energy", "loss_points", "predicted_loss_points")
    return tuple(
        Row(
            id=str(row["id"]),
            told=f"verified in round {row['round']}" if row.get("round") else "exact 8-bit",
            figures=_known(
                {
                    **{key: row.get(key) for key in figures},
                    "test_accuracy": tested.get(str(row["id"]), row.get("test_accuracy")),
                }
            ),
            assignment=_assignment(str(row["multipliers"]), file),
            front=bool(member),
            given_up=False,
        )
        for row, member in zip(table.to_dict("records"), front, strict=True)
    )


def _assignment(text: str, file: Path) -> dict[str, str]:
    """Read multipliers by layer: JSON in what is verified, words in what is left at the end."""
    if not text.startswith("{"):
        pairs = (part.partition(": ") for part in text.split("; ") if part)
        return {layer: name for layer, _, name in pairs}
    try:
        found = from_json(text)
    except ValueError as error:
        raise StoreError(f"{file}: multipliers are no JSON: {error}") from None
    texts = {str(layer): str(name) for layer, name in found.items()}
    try:
        for text in texts.values():
            named_groups(text)
    except MultiplierError as error:
        raise StoreError(f"{file}: {error}") from None
    return texts


def _front(table: pd.DataFrame, eligible: "pd.Series[bool]") -> "pd.Series[bool]":
    """Say which rows no other one beats in accuracy and energy."""
    known = table["accuracy"].notna() & table["energy_nj"].notna() & eligible
    front = pd.Series(False, index=table.index)
    points = np.column_stack([-table.loc[known, "accuracy"], table.loc[known, "energy_nj"]])
    front[known] = non_dominated(points)
    return front


def _known(figures: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in figures.items()
        if isinstance(value, int | float) and np.isfinite(value)
    }


def _flags(table: pd.DataFrame, name: str) -> "pd.Series[bool]":
    if name not in table:
        return pd.Series(False, index=table.index)
    return table[name].astype(str) == "True"


def _table(file: Path, needed: Sequence[str]) -> pd.DataFrame:
    """Read the rows that are whole; the last line may be being written."""
    advice = "is this a study's? else measure again, in another folder"
    table = read_frame(file, needed, advice=advice, growing=True)
    endings = ("accuracy", "energy", "energy_nj", "loss_points")
    numbers = [name for name in map(str, table) if name.endswith(endings)]
    return table.assign(**{name: _finite(table[name]) for name in numbers})


def _finite(cells: "pd.Series[Any]") -> "pd.Series[float]":
    """Return numbers; what is none, or is endless, is missing."""
    return pd.to_numeric(cells, errors="coerce").replace([np.inf, -np.inf], np.nan)
