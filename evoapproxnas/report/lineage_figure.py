"""Who descends from whom: candidates as marks, what made them as lines."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data.axes import axis_of
from evoapproxnas.report.style import (
    GREY,
    SEQUENTIAL,
    WIDTH,
    color_of,
    new_figure,
    plain,
    shown,
)

_WITHOUT = {"failed": "x", "rejected": "+", "lost": "x", "proposed": "."}
"""Marks of candidates without figures, by state."""
_CURVE = np.linspace(0.0, 1.0, 12)
_TALLEST = 12.0


def draw_lineage(
    lineage: pd.DataFrame, *, figure_of: str | None = None, width: float = WIDTH
) -> Figure:
    """Draw the family trees of a run, the first candidates at the left.

    Lines lead from the first parent to its children, their colour is the operator; the lines of
    what led to the front are strong. The colour of a mark is the candidate's accuracy; a ring
    marks a member of the front, grey crosses have no figures.

    Args:
        lineage: of `lineage_frame`.
        figure_of: column that colours marks; None: `accuracy`, or the first objective.
        width: of the figure, inches.

    Raises:
        ConfigError: if there is nothing to draw, or no such column.
    """
    if lineage.empty:
        raise ConfigError("the run has no candidate yet, so there is no lineage to draw")
    name = figure_of or ("accuracy" if "accuracy" in lineage else _first_figure(lineage))
    if name not in lineage or not pd.api.types.is_numeric_dtype(lineage[name]):
        raise ConfigError(
            f"lineage has no figure {name!r:.100}; it has {', '.join(map(str, lineage))}"
        )
    height = float(np.clip(0.11 * (lineage["y"].max() + 1) + 1.2, 2.6, _TALLEST))
    figure = new_figure(width, height)
    axes = figure.subplots()
    operators = _draw_lines(axes, lineage)
    _draw_marks(figure, axes, lineage, name)
    axes.set_xlabel("generations of parents above")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.03)
    axes.set_ylim(float(lineage["y"].max()) + 0.8, float(lineage["y"].min()) - 0.8)
    plain(axes, axis="x")
    _legend(figure, lineage, operators)
    return figure


def _first_figure(lineage: pd.DataFrame) -> str:
    columns = list(lineage)
    return str(columns[columns.index("points") + 1])


def _draw_lines(axes: Axes, lineage: pd.DataFrame) -> dict[str, str]:
    """Draw curves from parents to children; returns the colour of each operator."""
    places = lineage.set_index("id")[["x", "y"]]
    children = lineage[lineage["parent"].isin(places.index)]
    names = children["operator"].value_counts().index
    colors = {str(name): color_of(i) for i, name in enumerate(names)}
    for strong in (False, True):
        rows = children[children["ancestor"].astype(bool) == strong]
        if rows.empty:
            continue
        starts = places.loc[rows["parent"]].to_numpy()
        ends = rows[["x", "y"]].to_numpy()
        axes.add_collection(
            LineCollection(
                [_curve(start, end) for start, end in zip(starts, ends, strict=True)],
                colors=[colors[str(operator)] for operator in rows["operator"]],
                linewidths=1.5 if strong else 0.7,
                alpha=0.95 if strong else 0.35,
                zorder=2 if strong else 1,
            )
        )
    return colors


def _curve(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Leave horizontally, arrive horizontally."""
    ease = _CURVE**2 * (3 - 2 * _CURVE)
    x = start[0] + (end[0] - start[0]) * _CURVE
    return np.column_stack([x, start[1] + (end[1] - start[1]) * ease])


def _draw_marks(figure: Figure, axes: Axes, lineage: pd.DataFrame, name: str) -> None:
    axis = axis_of(name)
    size = float(np.clip(4000 / len(lineage), 7, 36))
    known = lineage[lineage[name].notna()]
    for state, rows in lineage[lineage[name].isna()].groupby("state"):
        mark = _WITHOUT.get(str(state), ".")
        axes.scatter(rows["x"], rows["y"], s=0.7 * size, marker=mark, color=GREY, zorder=3,
                     linewidths=0.9 if mark in "x+" else 0)  # fmt: skip
    if known.empty:
        return
    values = axis.scale * known[name]
    low, high = (float(end) for end in np.quantile(values, (0.05, 0.95)))
    beyond = (values.min() < low, values.max() > high)
    extend = {(True, True): "both", (True, False): "min", (False, True): "max"}.get(beyond)
    marks = axes.scatter(
        known["x"],
        known["y"],
        c=values,
        cmap=SEQUENTIAL if axis.direction == "max" else f"{SEQUENTIAL}_r",
        norm=Normalize(low, high if high > low else low + 1),
        s=size,
        zorder=4,
        linewidths=0,
    )
    front = known[known["on_front"].astype(bool)]
    axes.scatter(front["x"], front["y"], s=2.2 * size, facecolors="none", edgecolors="black",
                 linewidths=1.0, zorder=5)  # fmt: skip
    bar = figure.colorbar(marks, ax=axes, location="top", shrink=0.6, aspect=35, pad=0.01,
                          extend=extend or "neither")  # fmt: skip
    bar.set_label(axis.label, fontsize=9)
    bar.ax.tick_params(labelsize=8)
    if high <= low:
        bar.set_ticks([low])


def _legend(figure: Figure, lineage: pd.DataFrame, operators: dict[str, str]) -> None:
    handles = [Line2D([], [], color=c, lw=1.5, label=shown(o)) for o, c in operators.items()]
    if lineage["on_front"].any():
        handles.append(Line2D([], [], marker="o", ls="", mfc="none", mec="black", ms=7,
                              label="on the front"))  # fmt: skip
    figures = lineage["points"] == 0
    for state in lineage.loc[figures, "state"].drop_duplicates():
        handles.append(Line2D([], [], marker=_WITHOUT.get(state, "."), ls="", color=GREY, ms=5,
                              label=str(state)))  # fmt: skip
    if handles:
        columns = max(int(figure.get_figwidth() / 1.6), 1)
        figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False,
                      fontsize=8)  # fmt: skip
