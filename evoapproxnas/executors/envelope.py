"""What goes to a worker and what comes back: JSON, and bytes beside it.

Nothing else passes between the campaign and its workers, so that they need no common files,
and the campaign none of the packages that only workers use.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar

from pydantic_core import PydanticSerializationError, from_json, to_json

from evoapproxnas.errors import CandidateError, TaskError
from evoapproxnas.files import decode

T = TypeVar("T")
Blobs = Mapping[str, bytes]
"""Content by name: weights, models, whatever is no JSON."""


@dataclass(frozen=True)
class Task:
    """Work for a worker.

    Attributes:
        kind: `module:function` of what works on it; the function gets the task and returns a
            `Result`.
        payload: what the work is; whatever JSON can hold.
        blobs: what it starts from.
    """

    kind: str
    payload: Any
    blobs: Blobs = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, function: "Callable[[Task], Result]", record: Any, blobs: Blobs | None = None
    ) -> "Task":
        """Make the task of a function and the record that it reads.

        Args:
            function: of a module, so that workers find it.
            record: a dataclass, or anything else of numbers, texts, tuples, mappings, paths and
                sections of a configuration.
            blobs: what the work starts from.

        Raises:
            TaskError: if the function has no name, or JSON cannot hold the record.
        """
        return cls(name_of(function), _plain(record, "a task"), dict(blobs or {}))

    def read(self, kind: type[T]) -> T:
        """Return the record, of the type it was made of.

        Args:
            kind: type of the record.

        Raises:
            TaskError: if it is another one.
        """
        return decode(kind, self.payload, where=f"task for {self.kind}", error=TaskError)


@dataclass(frozen=True)
class Result:
    """What a worker made of a task.

    Attributes:
        payload: its figures; whatever JSON can hold.
        blobs: what has to be kept.
    """

    payload: Any
    blobs: Blobs = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, record: Any, blobs: Blobs | None = None) -> "Result":
        """Make the result of a record; see `Task.of`.

        Raises:
            CandidateError: if a number is not finite.
            TaskError: if JSON cannot hold the record.
        """
        return cls(_plain(record, "a result", not_finite=CandidateError), dict(blobs or {}))

    def read(self, kind: type[T]) -> T:
        """Return the record, of the type it was made of.

        Args:
            kind: type of the record.

        Raises:
            TaskError: if it is another one.
        """
        return decode(kind, self.payload, where="result of a task", error=TaskError)


def name_of(function: Callable[..., Any]) -> str:
    """Return `module:function`, by which another process finds it.

    Raises:
        TaskError: if it cannot be found so.
    """
    module, name = function.__module__, function.__qualname__
    if "<" in name:
        raise TaskError(
            f"workers cannot import {name} of {module}; give them a function of a module"
        )
    return f"{module}:{name}"


def find(name: str) -> Callable[..., Any]:
    """Import what `name_of` named.

    Raises:
        ImportError: if there is no such module or function here.
    """
    module, _, attribute = name.partition(":")
    found: Any = import_module(module)
    for part in attribute.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise ImportError(f"module {module} has no {attribute}") from None
    function: Callable[..., Any] = found
    return function


def _plain(
    record: Any, what: str, *, not_finite: type[CandidateError] | type[TaskError] = TaskError
) -> Any:
    try:
        value = from_json(to_json(record, inf_nan_mode="constants"))
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise TaskError(f"{what} must be what JSON can hold: {error}") from None
    if (place := _place_not_finite(value)) is not None:
        raise not_finite(f"{what} must hold finite numbers, but {place} is not one")
    return value


def _place_not_finite(value: Any, place: str = "") -> str | None:
    """Return where in plain values the first number is that is not finite."""
    if isinstance(value, float):
        return None if math.isfinite(value) else place or "it"
    inner = dict(enumerate(value)) if isinstance(value, list) else value
    items = inner.items() if isinstance(inner, dict) else ()
    places = (_place_not_finite(v, f"{place}.{key}".lstrip(".")) for key, v in items)
    return next((found for found in places if found is not None), None)
