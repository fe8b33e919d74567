"""Which genes matter: bars for each figure, with what the model explains of it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data.axes import axis_of
from evoapproxnas.report.data.importance import METHOD
from evoapproxnas.report.style import (
    DARK,
    GREY,
    NARROW,
    WIDTH,
    color_of,
    new_figure,
    plain,
    shown,
    wrapped,
)

_COLORS = "Blue: the figure grows with the gene; orange: it falls; grey: no order."
_LEAST = 0.1
"""A forest that explains less of a figure than this says nothing about genes."""


def draw_importance(importance: pd.DataFrame, *, most: int = 12, width: float = WIDTH) -> Figure:
    """Draw the most important genes of each figure.

    Blue bars: the figure grows with the gene, orange: it falls, grey: values have no order, or
    the forest explains almost nothing. Whiskers are quartiles over folds and repetitions.

    Args:
        importance: of `importance_frame`.
        most: genes of each figure.
        width: of the figure, inches.

    Raises:
        ConfigError: if there is nothing to draw.
    """
    if importance.empty:
        raise ConfigError("no gene varies among these networks, so none can matter")
    groups = list(importance.groupby("objective", sort=False))
    across = 1 if width < NARROW else min(len(groups), 2)
    down = -(-len(groups) // across)
    bars = min(most, max(len(rows) for _, rows in groups))
    figure = new_figure(width, down * (0.2 * bars + 1.1) + 0.7)
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for panel, (objective, rows) in zip(panels, groups, strict=False):
        _draw(panel, str(objective), rows.head(most), width / across)
    for panel in panels[len(groups) :]:
        panel.set_visible(False)
    figure.supxlabel(
        wrapped(f"R² lost when a gene is shuffled: {METHOD}.\n{_COLORS}", width, size=7.5),
        fontsize=7.5, color=DARK,
    )  # fmt: skip
    return figure


def _draw(panel: Axes, objective: str, rows: pd.DataFrame, width: float) -> None:
    score, count = float(rows["score"].iloc[0]), int(rows["architectures"].iloc[0])
    trusted = score >= _LEAST
    signs = rows["effect"].fillna(0.0) if trusted else 0.0 * rows["importance"]
    colors = [color_of(0) if sign > 0 else color_of(1) if sign < 0 else GREY for sign in signs]
    at = np.arange(len(rows))
    panel.barh(at, rows["importance"], 0.7, color=colors, zorder=2)
    panel.hlines(at, rows["low"], rows["high"], color=DARK, lw=0.9, zorder=3)
    panel.set_yticks(at, [shown(gene.replace("_", " "), 30) for gene in rows["gene"]], fontsize=8)
    panel.invert_yaxis()
    panel.set_xlim(left=0)
    panel.tick_params(axis="x", labelsize=8)
    said = "the figure is constant" if np.isnan(score) else f"R² {score:.2f}"
    warning = "" if trusted else ": genes do not explain it"
    panel.set_title(
        wrapped(f"{axis_of(objective).words}\n{said} on {count} architectures{warning}", width,
                size=10),
        fontsize=9, loc="left",
    )  # fmt: skip
    plain(panel, axis="x")
