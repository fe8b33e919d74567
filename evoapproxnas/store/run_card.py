"""A run in a notebook: how far it came, and its front."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evoapproxnas.html import Dot, beside, card, number, scatter, scrolled, table
from evoapproxnas.wording import several

_MOST_ROWS = 12
_MOST_DOTS = 500
"""Of those that are not on the front; the latest."""


def run_card(
    title: str, note: str, directions: Mapping[str, str], front: pd.DataFrame, others: pd.DataFrame
) -> str:
    """Return HTML about a run.

    Args:
        title: what it is called.
        note: how far it came.
        directions: `min` or `max` by objective.
        front: as `Run.front` returns it.
        others: points in the same columns, those of the front among them or not.
    """
    names = list(directions)
    shown = front.head(_MOST_ROWS)
    further = (name for name in ("relative_energy", "test_accuracy") if name in front)
    columns = list(dict.fromkeys(["id", *names, *further]))
    rows = [tuple(map(_plain, row)) for row in shown[columns].itertuples(index=False)]
    members = table(columns, rows) if rows else ""
    all_of_them = several(len(front), "member")
    more = f"the first {_MOST_ROWS} of {all_of_them}; " if len(front) > len(shown) else ""
    end = f'<p class="dim">{more}front() has all figures</p>' if rows else ""
    picture = _picture(names, front, others)
    return card(title, beside(picture, scrolled(members + end)), note=note)


def _picture(names: Sequence[str], front: pd.DataFrame, others: pd.DataFrame) -> str:
    """Draw the first objective over the second one."""
    if len(names) < 2:
        return ""
    upward, right = names[:2]
    members = set(front["id"])
    behind = others[~others["id"].isin(members)].tail(_MOST_DOTS)
    dots = [
        Dot(float(x), float(y), f"{name}: {upward} {number(y)}, {right} {number(x)}", dim)
        for table_, dim in ((behind, True), (front, False))
        for name, x, y in zip(table_["id"], table_[right], table_[upward], strict=True)
    ]
    told = f"front and other points: {upward} over {right}"
    return scatter(dots, x_label=right, y_label=upward, told=told)


def _plain(value: Any) -> object:
    """Return a number as Python has it, and None for NaN."""
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else float(value)
