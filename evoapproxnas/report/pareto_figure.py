"""Pareto fronts in two or three objectives: runs, seeds, and baselines."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes as Panel
from matplotlib.axis import Axis as Ticks
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data.axes import Axis, axes_in
from evoapproxnas.report.data.fronts import QUARTILES, attainment_frame
from evoapproxnas.report.style import (
    DARK,
    NARROW,
    WIDTH,
    color_of,
    fit_scale,
    mark_of,
    new_figure,
    plain,
    shown,
    wrapped,
)

_MANY = 2000
"""More marks than this are drawn as pixels in SVG and PDF files, too."""
_BASELINES = {
    "exact 8-bit": {"marker": "s", "s": 22, "facecolors": "white"},
    "float": {"marker": "_", "s": 60, "color": DARK},
}
_MOST_LINES = 30
"""From members to baselines; more of them say nothing."""
_ONLY, _SAME = "front", "same networks"
Values = NDArray[np.float64]


def draw_pareto(
    front: pd.DataFrame, *, baselines: pd.DataFrame | None = None, width: float = WIDTH
) -> Figure:
    """Draw fronts, a panel for each pair of objectives; of many, the first against each other.

    Filled marks are members of a front, pale ones other points. Of several seeds the line is the
    median attainment, what half of the runs reach, and the band lies between the quartiles.

    Args:
        front: of `front_frame`, with two objectives or more.
        baselines: of `baseline_frame`: hollow squares are the same networks with exact 8-bit
            multipliers, lines lead from them; bars are float.
        width: of the figure, inches.

    Raises:
        ConfigError: if there is nothing to draw, or fewer than two objectives.
    """
    axes = axes_in(front)
    if len(axes) < 2:
        names = ", ".join(axis.name for axis in axes)
        raise ConfigError(f"fronts are drawn in two objectives or more, got {names or 'none'}")
    if not front["member"].any():
        raise ConfigError("there is no front to draw: no point has all of these objectives")
    pairs = list(combinations(axes, 2)) if len(axes) < 4 else [(axes[0], a) for a in axes[1:]]
    figure, panels = _panels(len(pairs), width)
    for panel, (score, cost) in zip(panels, pairs, strict=True):
        _draw_panel(panel, front, cost, score, baselines=baselines, staircase=len(axes) == 2)
        shown_rows = [front] if baselines is None else [front, baselines]
        for axis, place in ((cost, panel.xaxis), (score, panel.yaxis)):
            drawn = np.concatenate([axis.scale * rows[axis.name] for rows in shown_rows])
            _fit(place, axis, drawn, across=width if width < NARROW else width / len(panels))
        plain(panel, which="major")
    _legend(figure, panels[0], outside=len(axes) > 2 or width < NARROW)
    return figure


def _fit(place: Ticks, axis: Axis, drawn: Values, *, across: float) -> None:
    """Scale and name an axis of a panel that is so many inches wide."""
    share = axis.name.endswith("accuracy")
    fit_scale(place, drawn, narrow=across < NARROW, linear=share)
    place.set_label_text(wrapped(axis.label, 0.72 * across, size=9), fontsize=9)


def _panels(count: int, width: float) -> tuple[Figure, Sequence[Panel]]:
    if count == 1:
        figure = new_figure(width, max(0.64 * width, 0.9 * width if width < NARROW else 2.8))
        return figure, [figure.subplots()]
    if width < NARROW:
        figure = new_figure(width, 0.72 * width * count)
        return figure, list(figure.subplots(count, 1))
    figure = new_figure(width, 1.2 * width / count + 0.4)
    return figure, list(figure.subplots(1, count))


def _legend(figure: Figure, panel: Panel, *, outside: bool) -> None:
    named = dict(zip(*reversed(panel.get_legend_handles_labels()), strict=True))
    labels = sorted(named, key=lambda label: label.startswith(_SAME))  # Fronts first.
    handles = [named[label] for label in labels]
    if labels == [_ONLY]:
        return
    if outside or len(labels) > 3:
        columns = max(int(figure.get_figwidth() / 2.3), 1)
        figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False,
                      fontsize=8)  # fmt: skip
    else:
        panel.legend(handles, labels, frameon=False, loc="best", fontsize=9)


def _draw_panel(
    panel: Panel,
    front: pd.DataFrame,
    cost: Axis,
    score: Axis,
    *,
    baselines: pd.DataFrame | None,
    staircase: bool,
) -> None:
    groups = list(front.groupby("group", sort=False))
    bands = attainment_frame(front, [score.name, cost.name])
    for number, (name, rows) in enumerate(groups):
        color, members = color_of(number), rows[rows["member"]]
        alone = len(groups) == 1 and rows["run"].nunique() == 1
        label = _ONLY if alone else shown(name)
        _scatter(panel, rows[~rows["member"]], cost, score, color=color, s=8, alpha=0.18)
        band = bands[bands["group"] == name]
        if len(band):
            edge = float(front[cost.name].max() if cost.sign > 0 else front[cost.name].min())
            _draw_band(panel, band, cost, score, edge=edge, color=color, label=f"{label}: median, "
                       "quartiles")  # fmt: skip
            _scatter(panel, members, cost, score, color=color, s=7, alpha=0.45)
            continue
        if baselines is not None and len(baselines):
            _draw_baselines(panel, members, baselines, cost, score, color, explain=number == 0)
        if staircase:
            ordered = members.sort_values(cost.name, ascending=cost.sign > 0)
            best = score.sign * (score.sign * ordered[score.name]).cummin()
            panel.step(cost.scale * ordered[cost.name], score.scale * best, where="post",
                       color=color, lw=0.9, alpha=0.6, zorder=2)  # fmt: skip
        _scatter(panel, members, cost, score, color=color, s=26, zorder=4,
                 marker=mark_of(number), label=label)  # fmt: skip


def _scatter(panel: Panel, rows: pd.DataFrame, cost: Axis, score: Axis, **style: object) -> None:
    if len(rows):
        x, y = cost.scale * rows[cost.name], score.scale * rows[score.name]
        style = {"linewidths": 0, "rasterized": len(rows) > _MANY, **style}
        panel.scatter(x, y, **style)  # type: ignore[arg-type]


def _draw_baselines(
    panel: Panel,
    members: pd.DataFrame,
    baselines: pd.DataFrame,
    cost: Axis,
    score: Axis,
    color: str,
    *,
    explain: bool,
) -> None:
    own = baselines.merge(members[["run", "id"]], on=["run", "id"])
    exact = own[own["kind"] == "exact 8-bit"].merge(members, on=["run", "id"], suffixes=("", "_m"))
    for row in exact.to_dict("records") if len(exact) <= _MOST_LINES else ():
        panel.plot(
            [cost.scale * row[cost.name], cost.scale * row[f"{cost.name}_m"]],
            [score.scale * row[score.name], score.scale * row[f"{score.name}_m"]],
            color="0.82", lw=0.7, zorder=1,
        )  # fmt: skip
    for kind, style in _BASELINES.items():
        marks = own[own["kind"] == kind].drop_duplicates([cost.name, score.name])
        edge = {"edgecolors": color, "linewidths": 1.0} if kind == "exact 8-bit" else {}
        label = f"{_SAME}, {kind}" if explain else None
        _scatter(panel, marks, cost, score, zorder=3, label=label,
                 **{"linewidths": 1.3, **style, **edge})  # fmt: skip


def _draw_band(
    panel: Panel,
    band: pd.DataFrame,
    cost: Axis,
    score: Axis,
    *,
    edge: float,
    color: str,
    label: str,
) -> None:
    places = np.unique([*(cost.sign * band[cost.name]), cost.sign * edge])
    low, median, high = (
        _attained(band[np.isclose(band["share"], share)], places, cost, score)
        for share in QUARTILES
    )
    x = cost.scale * cost.sign * places
    panel.fill_between(x, low, high, step="post", color=color, alpha=0.2, lw=0, zorder=1)
    panel.step(x, median, where="post", color=color, lw=1.6, zorder=3, label=label)


def _attained(corners: pd.DataFrame, places: Values, cost: Axis, score: Axis) -> Values:
    """Best score for at most these costs, as drawn; NaN where none is attained."""
    x, y = cost.sign * corners[cost.name].to_numpy(), score.sign * corners[score.name].to_numpy()
    reached = np.where(x[np.newaxis] <= places[:, np.newaxis], y[np.newaxis], np.inf)
    best = reached.min(axis=1, initial=np.inf)
    return np.where(np.isfinite(best), score.scale * score.sign * best, np.nan)
