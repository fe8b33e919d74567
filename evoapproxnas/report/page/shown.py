"""What a page shows of one run or study, whichever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evoapproxnas.report.page.figures import Column
from evoapproxnas.report.page.telling import number

Tile = tuple[str, str]
"""A number, and what it is."""


@dataclass(frozen=True)
class Shown:
    """A run or a study on a page.

    Attributes:
        label: what it is called beside the others.
        view: what templates show, with the name of its own template.
        payload: what scripts know.
        tiles: the numbers that one looks for first.
        measure: what its hypervolume is of.
        hypervolume: of its front; None where there is none.
    """

    label: str
    view: Mapping[str, Any]
    payload: Mapping[str, Any]
    tiles: tuple[Tile, ...]
    measure: tuple[Any, ...] = ()
    hypervolume: float | None = None

    @property
    def drawable(self) -> bool:
        """Whether it has a point."""
        return bool(self.payload["ids"])


def best_of(columns: Sequence[Column], of_front: Sequence[bool]) -> list[Tile]:
    """Return the best value of each objective on the front, each on its own."""
    tiles = []
    for column in columns:
        pairs = zip(column.values, of_front, strict=True)
        values = [value for value, member in pairs if member and value is not None]
        if column.direction and values:
            least = column.direction == "min"
            best = min(values) if least else max(values)
            tiles.append((number(best), f"{'least' if least else 'best'} {column.label}"))
    return tiles
