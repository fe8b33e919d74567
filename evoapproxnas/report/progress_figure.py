"""Hypervolume over evaluations and over time: runs as lines, seeds as bands."""

import math
from collections.abc import Sequence
from typing import get_args

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data.progress import Over, progress_bands
from evoapproxnas.report.style import NARROW, WIDTH, color_of, new_figure, plain, shown

_LABELS: dict[Over, str] = {
    "evaluation": "evaluations",
    "seconds": "time of the campaign",
    "passes": "passes over the training images",
    "trained_seconds": "time of all trainings",
}
_UNITS = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0}


def draw_progress(
    progress: pd.DataFrame,
    *,
    over: Sequence[Over] = ("evaluation", "seconds"),
    width: float = WIDTH,
) -> Figure:
    """Draw the hypervolume of fronts as they grew, a panel for each axis.

    A group of several seeds is its median and the band between its quartiles, up to where its
    first run ends; a run alone is a line.

    Args:
        progress: of `progress_frame`.
        over: what the volume is drawn over.
        width: of the figure, inches.

    Raises:
        ConfigError: if there is nothing to draw, or for an unknown axis.
    """
    if progress.empty:
        raise ConfigError("no evaluation has ended yet, so there is no progress to draw")
    if unknown := [name for name in over if name not in get_args(Over)] or not over:
        raise ConfigError(f"over: expected some of {', '.join(get_args(Over))}, got {unknown}")
    stacked = width < NARROW
    figure = new_figure(width, 0.85 * width * len(over) if stacked else 0.42 * width + 0.4)
    shape = (len(over), 1) if stacked else (1, len(over))
    panels = figure.subplots(*shape, sharey=True, squeeze=False).ravel()
    for panel, axis in zip(panels, over, strict=True):
        _draw(panel, progress, axis)
    for panel in panels if stacked else panels[:1]:
        panel.set_ylabel("hypervolume, share of the box")
    _legend(figure, panels[0])
    return figure


def _draw(panel: Axes, progress: pd.DataFrame, over: Over) -> None:
    label, scale = _unit(over, float(progress[over].max()))
    bands = progress_bands(progress, over=over)
    for number, (group, rows) in enumerate(bands.groupby("group", sort=False)):
        color, runs = color_of(number), int(rows["runs"].iloc[0])
        x, median = scale * rows[over].to_numpy(), rows["median"].to_numpy()
        name = shown(group) + (": median, quartiles" if runs > 1 else "")
        panel.step(x, median, where="post", color=color, lw=1.6, label=name, zorder=3)
        if runs > 1:
            panel.fill_between(x, rows["low"].to_numpy(), rows["high"].to_numpy(), step="post",
                               color=color, alpha=0.2, lw=0, zorder=2)  # fmt: skip
        panel.plot(x[-1:], median[-1:], "o", color=color, ms=4, zorder=4)
    panel.set_xlabel(label)
    panel.set_xlim(left=0, right=None if progress[over].max() > 0 else 1)
    panel.set_ylim(_lowest(progress), 1)
    panel.xaxis.set_major_locator(MaxNLocator(6, integer=over == "evaluation"))
    plain(panel)


def _unit(over: Over, highest: float) -> tuple[str, float]:
    """Label of the axis, and what values are multiplied by."""
    if not over.endswith("seconds"):
        return _LABELS[over], 1.0
    unit = next((u for u, seconds in _UNITS.items() if highest >= 2 * seconds), "seconds")
    return f"{_LABELS[over]} ({unit})", 1 / _UNITS[unit]


def _lowest(progress: pd.DataFrame) -> float:
    """Where the axis of volumes begins: the first tenth of a search may lie below."""
    early = progress[progress["evaluation"] >= 0.1 * progress["evaluation"].max()]
    lowest = math.floor(10 * float(early["hypervolume"].min()) - 0.5) / 10
    return lowest if lowest >= 0.3 else 0.0


def _legend(figure: Figure, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    if len(labels) > 1:
        columns = max(int(figure.get_figwidth() / 2.6), 1)
        figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False,
                      fontsize=8)  # fmt: skip
    else:
        panel.set_title(labels[0], fontsize=9, loc="left")
