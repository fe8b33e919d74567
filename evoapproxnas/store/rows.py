"""Between the columns of the database and records; what is malformed names file and row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic_core import from_json

from evoapproxnas.errors import StoreError
from evoapproxnas.files import decode
from evoapproxnas.records import (
    CandidateId,
    Failure,
    Outcome,
    PointId,
    Rejection,
    StepId,
    TrainingState,
)

T = TypeVar("T")

DAMAGED = "restore the file from a copy or start a new run"


@dataclass(frozen=True)
class GenerationRow:
    """A finished generation: who survived it and the archive's hypervolume after it.

    Attributes:
        generation: its number, from 0.
        survivors: ids of those that were selected.
        hypervolume: of the archive.
    """

    generation: int
    survivors: tuple[CandidateId, ...]
    hypervolume: float


@dataclass(frozen=True)
class SessionRow:
    """A start of the process: when, UTC, and how long it worked as far as it could say.

    Attributes:
        started: when, UTC.
        seconds: that it worked.
    """

    started: datetime
    seconds: float


@dataclass(frozen=True)
class TrainingRow:
    """A training and whose it was; see `records.Training`.

    Attributes:
        id: step that trained.
        architecture_key: of the network.
        budget: passes over the images of this step alone.
        passes: over the training images that all of the weights' lineage had.
        recipe: digest of what else decides it: data and training options, not the seed.
        identity: equal ones differ in chance alone.
        history: figures of every epoch by name; None where one was not measured.
        seconds: that it took.
        state: whether the budget was the last one.
        inherited_from: step whose weights it began with, if any.
        reused_from: run that it was taken over from, else empty.
    """

    id: StepId
    architecture_key: str
    budget: float
    passes: float
    recipe: str
    identity: str
    history: tuple[Mapping[str, float | None], ...]
    seconds: float
    state: TrainingState
    inherited_from: StepId | None = None
    reused_from: str = ""


class Reader:
    """Makes records of a file's rows."""

    def __init__(self, path: Path) -> None:
        """Remember the file, for messages."""
        self._path = path

    def record(
        self,
        kind: type[T],
        where: str,
        plain: Mapping[str, Any],
        *,
        texts: Mapping[str, Any] | None = None,
        ids: Mapping[str, Any] | None = None,
    ) -> T:
        """Make a record.

        Args:
            kind: its class.
            where: table and row.
            plain: fields whose columns hold their values.
            texts: fields whose columns hold JSON.
            ids: fields whose columns hold JSON of one candidate's id, or of a list of them.

        Raises:
            StoreError: if a value is malformed.
        """
        place = f"{self._path}, {where}"
        values = {name: _parsed(name, text, place) for name, text in (texts or {}).items()}
        places = {name: _ids(_parsed(name, text, place)) for name, text in (ids or {}).items()}
        return decode(kind, {**plain, **values, **places}, where=place)

    def value(self, kind: type[T], where: str, text: Any) -> T:
        """Make a value of one JSON column.

        Raises:
            StoreError: if it is malformed.
        """
        place = f"{self._path}, {where}"
        return decode(kind, _parsed("value", text, place), where=place)

    def place(self, where: str, generation: Any, position: Any) -> CandidateId:
        """Make an id of two columns."""
        return self.record(CandidateId, where, {"generation": generation, "index": position})

    def step(self, where: str, generation: Any, position: Any, step: Any) -> StepId:
        """Make an id of three columns."""
        return StepId(self.place(where, generation, position), self._number(where, step))

    def point(self, where: str, generation: Any, position: Any, step: Any, number: Any) -> PointId:
        """Make an id of four columns."""
        place = self.place(where, generation, position)
        return PointId(place, self._number(where, step), self._number(where, number))

    def time(self, where: str, value: Any) -> datetime:
        """Read what `now` wrote."""
        return decode(datetime, value, where=f"{self._path}, {where}")

    def _number(self, where: str, value: Any) -> int:
        return decode(int, value, where=f"{self._path}, {where}")


def place_columns(place: CandidateId) -> tuple[int, int]:
    """Columns `generation` and `position`."""
    return place.generation, place.index


def step_columns(step: StepId) -> tuple[int, int, int]:
    """Columns `generation`, `position` and `step`."""
    return *place_columns(step.candidate), step.step


def point_columns(point: PointId) -> tuple[int, int, int, int]:
    """Columns `generation`, `position`, `step` and `number`."""
    return *step_columns(point.made_in), point.number


def step_text(step: StepId | None) -> str | None:
    """A step's id as JSON; None is NULL."""
    return None if step is None else json.dumps(step_columns(step))


def place_text(place: CandidateId | None) -> str | None:
    """A candidate's id as JSON; None is NULL."""
    return None if place is None else json.dumps(place_columns(place))


def places_text(places: Sequence[CandidateId]) -> str:
    """Ids as JSON."""
    return json.dumps([place_columns(place) for place in places])


def metrics_text(metrics: Mapping[str, float]) -> str:
    """Figures as JSON, by name."""
    return json.dumps(dict(metrics), sort_keys=True, allow_nan=False)


def without_point(outcome: Failure | Rejection) -> tuple[Any, ...]:
    """Columns of `failures` after the place, but for the time."""
    if isinstance(outcome, Rejection):
        return "rejected", outcome.reason, "", metrics_text(outcome.metrics), 0.0
    return outcome.kind, outcome.reason, outcome.details, "{}", outcome.seconds


def state_of(outcome: Outcome, *, infeasible: bool) -> str:
    """State of a candidate with this outcome; see schema.sql."""
    if isinstance(outcome, Rejection):
        return "rejected"
    if isinstance(outcome, Failure):
        return "lost" if outcome.kind == "lost" else "failed"
    if infeasible:
        return "infeasible"
    training = outcome.training
    return "stopped" if training is not None and training.state == "stopped" else "evaluated"


def now() -> str:
    """The time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _ids(value: Any) -> Any:
    """Turn `[generation, position]`, with a step too, or a list of such, into fields of ids."""
    if not isinstance(value, list):
        return value
    numbers = all(isinstance(number, int) for number in value)
    if len(value) == 2 and numbers:
        return {"generation": value[0], "index": value[1]}
    if len(value) == 3 and numbers:
        return {"candidate": _ids(value[:2]), "step": value[2]}
    return [_ids(item) for item in value]


def _parsed(name: str, text: Any, place: str) -> Any:
    if not isinstance(text, str):
        raise StoreError(f"{place}: {name} should be JSON text, got {text!r}; {DAMAGED}")
    try:
        value = from_json(text)
    except ValueError as error:
        raise StoreError(f"{place}: {name} is not valid JSON: {error}; {DAMAGED}") from None
    return value
