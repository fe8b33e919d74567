"""Small pictures as SVG: a matrix as shades, points as dots."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.html.pieces import SHADES
from evoapproxnas.html.words import escaped, number

_SIDE, _LEFT, _BELOW = 192, 66, 34
"""Pixels: side of a heat map, room for what is written left of a picture and below it."""
_WIDE, _HIGH, _MARGIN = 340, 220, 12
"""Pixels: size of a plane with dots, and the empty border in it."""


@dataclass(frozen=True)
class Dot:
    """A point of a plane.

    Attributes:
        x: its place to the right.
        y: its place upwards.
        title: what is said of it where the pointer is.
        dim: whether it is one of those in the background.
    """

    x: float
    y: float
    title: str
    dim: bool = False


def heat_map(
    values: npt.ArrayLike, *, down: str, across: str, ends: tuple[object, object], told: str
) -> str:
    """Draw a matrix as shades, none for its smallest value of 0, all for its largest.

    Args:
        values: not negative, shape (n, n); the first row is at the top.
        down: what the rows are.
        across: what the columns are.
        ends: what the first and the last row and column stand for.
        told: the picture in words, for those who do not see it.
    """
    matrix = np.asarray(values, dtype=np.float64)
    side, largest = _SIDE / len(matrix), float(matrix.max())
    shades = np.ceil(SHADES * matrix / largest).astype(int) if largest else matrix * 0
    paths = [
        f'<path class="e{shade - 1}" d="{_runs(shades == shade, side)}"/>'
        for shade in range(1, SHADES + 1)
        if (shades == shade).any()
    ]
    first, last = map(escaped, ends)
    low = _SIDE + 13
    return _svg(
        _LEFT + _SIDE + 4,
        _SIDE + _BELOW,
        told,
        f'<g transform="translate({_LEFT} 1)"><rect class="axis" width="{_SIDE}" '
        f'height="{_SIDE}"/>{"".join(paths)}'
        f'<text x="-4" y="10" text-anchor="end">{first}</text>'
        f'<text x="-4" y="{_SIDE}" text-anchor="end">{last}</text>'
        f'<text transform="translate(-30 {_SIDE / 2:g}) rotate(-90)" text-anchor="middle">'
        f'{escaped(down)}</text><text y="{low}">{first}</text>'
        f'<text x="{_SIDE}" y="{low}" text-anchor="end">{last}</text>'
        f'<text x="{_SIDE / 2:g}" y="{low + 12}" text-anchor="middle">'
        f"{escaped(across)}</text></g>",
    )


def _runs(mask: npt.NDArray[np.bool_], side: float) -> str:
    """Return the outline of marked cells, those side by side in one piece."""
    parts = []
    for row, marked in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], marked.astype(int), [0]))))
        for start, end in edges.reshape(-1, 2):
            width = (end - start) * side
            parts.append(f"M{start * side:g} {row * side:g}h{width:g}v{side:g}h-{width:g}z")
    return "".join(parts)


def scatter(
    dots: Sequence[Dot], *, x_label: str, y_label: str, told: str, log_y: bool = False
) -> str:
    """Draw points of a plane; those without finite coordinates are left out.

    Args:
        dots: the points.
        x_label: what is to the right, with its unit.
        y_label: what is upwards, with its unit.
        told: the picture in words, for those who do not see it.
        log_y: whether `y` is drawn by its logarithm, which leaves out what is not positive.
    """
    shown = [
        dot
        for dot in dots
        if math.isfinite(dot.x) and math.isfinite(dot.y) and (dot.y > 0 or not log_y)
    ]
    if not shown:
        return ""
    upward: Callable[[float], float] = math.log10 if log_y else float
    xs, ys = [dot.x for dot in shown], [dot.y for dot in shown]
    place_x = _placing(min(xs), max(xs), _MARGIN, _WIDE - _MARGIN)
    place_y = _placing(upward(min(ys)), upward(max(ys)), _HIGH - _MARGIN, _MARGIN)
    circles = (
        f'<circle class="{"other" if dot.dim else "dot"}" cx="{place_x(dot.x):.1f}" '
        f'cy="{place_y(upward(dot.y)):.1f}" r="{2 if dot.dim else 3.5}">'
        f"<title>{escaped(dot.title)}</title></circle>"
        for dot in sorted(shown, key=lambda dot: not dot.dim)
    )
    low = _HIGH + 13
    return _svg(
        _LEFT + _WIDE + 4,
        _HIGH + _BELOW,
        told,
        f'<g transform="translate({_LEFT} 1)"><path class="axis" d="M0 0v{_HIGH}h{_WIDE}"/>'
        f'{"".join(circles)}<text x="-4" y="{_MARGIN + 4}" text-anchor="end">'
        f'{number(max(ys))}</text><text x="-4" y="{_HIGH - _MARGIN + 4}" text-anchor="end">'
        f'{number(min(ys))}</text><text x="{_MARGIN}" y="{low}" text-anchor="middle">'
        f'{number(min(xs))}</text><text x="{_WIDE - _MARGIN}" y="{low}" text-anchor="middle">'
        f'{number(max(xs))}</text><text x="{_WIDE / 2:g}" y="{low + 12}" text-anchor="middle">'
        f'{escaped(x_label)}</text><text transform="translate(-54 {_HIGH / 2:g}) rotate(-90)" '
        f'text-anchor="middle">{escaped(y_label)}</text></g>',
    )


def _placing(low: float, high: float, first: float, last: float) -> Callable[[float], float]:
    """Return what puts values from `low` to `high` between two places; one value in the middle."""
    if high == low:
        return lambda value: (first + last) / 2
    return lambda value: first + (last - first) * (value - low) / (high - low)


def _svg(width: float, height: float, told: str, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-label="{escaped(told)}">'
        f"{content}</svg>"
    )
