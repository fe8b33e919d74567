"""The figures of points as columns: what a page has on its axes and in its tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evoapproxnas.records import PointId
from evoapproxnas.report.data import Axis, axis_of
from evoapproxnas.report.page.snapshot import Snapshot
from evoapproxnas.report.page.telling import rounded

_AS_ACCURACY = {
    "error": "accuracy",
    "exact8_error": "exact8_accuracy",
    "float_error": "float_accuracy",
}
"""Errors of networks, which people read as accuracies."""


EVALUATION = "evaluation"
"""Key of the column that says which point came first."""


@dataclass(frozen=True)
class Column:
    """A figure of every point.

    Attributes:
        key: name of the figure.
        label: with its unit.
        direction: `min` or `max` where it is an objective; else empty.
        values: by point, in the order of `Snapshot.points`; None where one has no such figure.
    """

    key: str
    label: str
    direction: str
    values: tuple[float | None, ...]


def columns(snapshot: Snapshot) -> list[Column]:
    """Return all figures, the objectives first; errors of networks become accuracies."""
    directions = _shown_directions(snapshot)
    rows = [_figures(snapshot, name) for name in snapshot.points]
    for number, row in enumerate(rows, start=1):
        row[EVALUATION] = number
    keys = dict.fromkeys([*directions, *sorted({key for row in rows for key in row})])
    return [_column(_axis(snapshot, key), directions.get(key, ""), rows) for key in keys]


def _column(axis: Axis, direction: str, rows: Sequence[Mapping[str, float]]) -> Column:
    values = (row.get(axis.name) for row in rows)
    shown = (None if value is None else axis.scale * value for value in values)
    return Column(axis.name, axis.label, direction, tuple(rounded(value) for value in shown))


def _axis(snapshot: Snapshot, key: str) -> Axis:
    """Figures of other problems are told as they are: their names carry a unit, if any."""
    if key == EVALUATION:
        return Axis(key, "min", "order of birth")
    return axis_of(key) if snapshot.of_networks else Axis(key, "min", key.replace("_", " "))


def objective_words(snapshot: Snapshot) -> list[str]:
    """Say what is searched for: "least multiplier energy"."""
    return [
        f"{'least' if direction == 'min' else 'most'} {_axis(snapshot, name).words}"
        for name, direction in snapshot.ranking.directions.items()
    ]


def _shown_directions(snapshot: Snapshot) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, direction in snapshot.ranking.directions.items():
        if snapshot.of_networks and name in _AS_ACCURACY:
            shown[_AS_ACCURACY[name]] = "max"
        else:
            shown[name] = direction
    return shown


def _figures(snapshot: Snapshot, name: PointId) -> dict[str, float]:
    found = dict(snapshot.points[name].metrics)
    found |= {f"test_{key}": value for key, value in snapshot.tests.get(name, {}).items()}
    if snapshot.of_networks:
        for error, accuracy in _AS_ACCURACY.items():
            if error in found:
                found[accuracy] = 1 - found.pop(error)
    return found
