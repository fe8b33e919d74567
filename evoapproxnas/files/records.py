"""The one codec between frozen dataclasses and JSON text or CSV rows.

Values must be of the type of their field: "yes" is no bool, 1.0 no int, "1" no number. In JSON
numbers are finite, so that every other program can read it; cells of a CSV row may be `nan` and
`inf`. An empty cell is None where the field may be None. Bounds belong to the field's type:
`Annotated[int, Field(ge=0)]`.
"""

import json
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from evoapproxnas.errors import EvoApproxNASError, StoreError

T = TypeVar("T")
Row = Mapping[str, str]
"""Cell by column."""

_LONGEST = 80
"""Characters of a wrong value that a message repeats."""


def decode(
    kind: type[T], value: Any, *, where: str, error: type[EvoApproxNASError] = StoreError
) -> T:
    """Return a value of the given type, a dataclass for example, from plain JSON values.

    Fields with a default may be missing.

    Args:
        kind: any type that pydantic knows.
        value: dicts, lists, strings and numbers.
        where: the file, and the row in it, for the message.
        error: the class to raise.

    Raises:
        EvoApproxNASError: of the class given, if the value is anything else.
    """
    try:
        _check_finite(value)
        return _decoded(kind, value)
    except (ValueError, RecursionError) as problem:
        raise error(f"{where}: {explain(problem)}") from None


def decode_json(
    kind: type[T], text: str | bytes, *, where: str, error: type[EvoApproxNASError] = StoreError
) -> T:
    """Return a value of the given type from JSON text; see `decode`.

    Args:
        kind: any type that pydantic knows.
        text: JSON.
        where: the file, and the row in it, for the message.
        error: the class to raise.

    Raises:
        EvoApproxNASError: of the class given, if the value is anything else.
    """
    try:
        value = from_json(text)
    except ValueError as problem:
        raise error(f"{where}: not valid JSON: {problem}") from None
    return decode(kind, value, where=where, error=error)


def decode_row(
    kind: type[T], row: Row, *, where: str, error: type[EvoApproxNASError] = StoreError
) -> T:
    """Return a dataclass from the cells of a CSV row; see `decode`.

    Fields with a default may have no cell; mappings and tuples are JSON in their cell.

    Args:
        kind: the dataclass.
        row: cell by column.
        where: the file, and the row in it, for the message.
        error: the class to raise.

    Raises:
        EvoApproxNASError: of the class given, if the value is anything else.
    """
    hashable: Any = kind
    readers = _cell_readers(hashable)
    try:
        return _decoded(kind, {c: readers.get(c, str)(text) for c, text in row.items()})
    except (ValueError, RecursionError) as problem:
        raise error(f"{where}: {explain(problem)}") from None


def check_format(
    value: Any, known: int, *, where: str, error: type[EvoApproxNASError] = StoreError
) -> None:
    """Refuse plain values that say they are in another format than the known one.

    Args:
        value: dicts, lists, strings and numbers; its key "format" says the format.
        known: the format that is read.
        where: the file, for the message.
        error: the class to raise.

    Raises:
        EvoApproxNASError: of the class given.
    """
    found = value.get("format", known) if isinstance(value, Mapping) else known
    if found != known:
        raise error(
            f"{where}: expected format {known}, got {shown(found)}; a newer version of "
            "evoapproxnas may have written it"
        )


def encode_json(value: Any, *, indent: int | None = None) -> str:
    """Return a dataclass, or plain values, as JSON text.

    Args:
        value: what is written.
        indent: spaces for each level; None writes one line.

    Raises:
        StoreError: if a number is not finite.
    """
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    try:
        return json.dumps(plain, indent=indent, allow_nan=False)
    except ValueError as problem:
        raise StoreError(f"cannot write {type(value).__name__} as JSON: {problem}") from problem


def encode_row(record: Any) -> dict[str, str]:
    """Return the cells of a dataclass; None is an empty one, floats keep all their digits.

    Args:
        record: a dataclass.
    """
    return {name: to_cell(value) for name, value in asdict(record).items()}


def to_cell(value: Any) -> str:
    """Return one value as the text of a cell."""
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, dict | list | tuple) else str(value)


def explain(problem: Exception) -> str:
    """Return what a `ValidationError` says of each value, and any other error as it is.

    Args:
        problem: the error.
    """
    if not isinstance(problem, ValidationError):
        return str(problem) or type(problem).__name__
    return "; ".join(_explained(error) for error in problem.errors(include_url=False))


def shown(value: Any) -> str:
    """Return a wrong value for a message: quoted, and never long.

    Args:
        value: of any type.
    """
    try:
        text = repr(value)
    except RecursionError:
        return "something nested too deep"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _explained(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"{key!r} is missing"
    told = f"{error['msg'].lower()}, got {shown(error['input'])}"
    return f"{key!r}: {told}" if key else told


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _decoded(kind: type[T], value: Any) -> T:
    # Through JSON, the form in which pydantic is strict about types and yet makes tuples.
    text = to_json(value, inf_nan_mode="constants")
    if is_dataclass(kind) and isinstance(value, Mapping):
        known = {field.name for field in fields(kind)}
        if strange := [key for key in value if key not in known]:
            there = ", ".join(sorted(known)) or "these: there are none"
            raise ValueError(f"{shown(strange[0])} is not one of {there}")
    hashable: Any = kind
    decoded: T = _adapter(hashable).validate_json(text, strict=True)
    return decoded


def _check_finite(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"expected finite numbers, got {value}")
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _check_finite(item)


@cache
def _cell_readers(kind: Any) -> dict[str, Callable[[str], Any]]:
    return {field.name: _cell_reader(field.type) for field in fields(kind)}


def _cell_reader(kind: Any) -> Callable[[str], Any]:
    """Return how a cell of this type becomes a plain value; text that does not fit stays text."""
    if get_origin(kind) is Annotated:
        return _cell_reader(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(kind) if arg is not type(None))
        reader = _cell_reader(inner)
        return lambda text: reader(text) if text else None
    if kind is bool:
        return lambda text: {"True": True, "False": False}.get(text, text)
    if kind in (int, float):
        return lambda text: _number(kind, text)
    if get_origin(kind) in (Mapping, dict, tuple, list):
        return from_json
    return str


def _number(kind: type[int] | type[float], text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        return text
