"""What finished networks reach, beside exact multipliers of fewer bits and what others reached."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from evoapproxnas.errors import ConfigError
from evoapproxnas.pareto import non_dominated
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.style import (
    WIDTH,
    color_of,
    legend_below,
    name_mark,
    new_figure,
    plain,
    shown,
)

_OTHERS = ("0.2", "0.45")
_MARKS = ("D", "v")


def save_finished_figure(
    table: pd.DataFrame, path: Path, *, beside: Mapping[str, pd.DataFrame] | None = None
) -> None:
    """Draw finished networks into a PNG, SVG or PDF file; see `draw_finished`.

    Raises:
        ConfigError: if there is nothing to draw, or the file name has no known ending.
        StoreError: if the file cannot be written.
    """
    save_figure(draw_finished(table, beside=beside or {}), path)


def draw_finished(table: pd.DataFrame, *, beside: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw test accuracy against multiplier energy.

    Filled marks are approximated networks, one colour for each architecture; hollow ones are the
    same architectures with exact multipliers of as many bits as are written beside them,
    fine-tuned alike. The lines are the fronts of both.

    Args:
        table: of `Run.finished()`.
        beside: results of others by their name in the legend, with `energy_nj` and
            `test_accuracy`.

    Raises:
        ConfigError: if the table is empty.
    """
    if table.empty:
        raise ConfigError("nothing is finished yet, so there is nothing to draw; see finalize")
    figure = new_figure(WIDTH, 4.8)
    axes = figure.subplots()
    exact = table[table["kind"].str.startswith("exact ")]
    approximate = table[~table["kind"].str.startswith("exact ")]
    _draw_front(axes, exact, "0.6", "exact, fewer bits", ls="--")
    _draw_front(axes, approximate, "0.25", "approximate multipliers", ls="-")
    for number, (name, rows) in enumerate(table.groupby(_architecture(table), sort=False)):
        _draw_network(axes, str(name), rows, color_of(number))
    for number, (label, rows) in enumerate(beside.items()):
        axes.scatter(rows["energy_nj"], 100 * rows["test_accuracy"], s=30, zorder=5,
                     marker=_MARKS[number % 2], color=_OTHERS[number % 2],
                     label=shown(label))  # fmt: skip
    axes.set_xscale("log")
    axes.margins(x=0.09)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))
    axes.set_xlabel("multiplier energy per inference (nJ)")
    axes.set_ylabel("test accuracy (%)")
    plain(axes)
    legend_below(figure, axes)
    return figure


def _architecture(table: pd.DataFrame) -> pd.Series:
    """The id of a member is that of its network, with the number of the point."""
    return table["id"].str.extract(r"^(g\d+-\d+)", expand=False).fillna(table["id"])


def _draw_front(axes: Axes, rows: pd.DataFrame, color: str, label: str, *, ls: str) -> None:
    if rows.empty:
        return
    points = np.column_stack([rows["energy_nj"], 1 - rows["test_accuracy"]])
    front = rows[non_dominated(points)].sort_values("energy_nj")
    axes.plot(front["energy_nj"], 100 * front["test_accuracy"], color=color, ls=ls, lw=1.1,
              zorder=2, label=label)  # fmt: skip


def _draw_network(axes: Axes, name: str, rows: pd.DataFrame, color: str) -> None:
    exact = rows[rows["kind"].str.startswith("exact ")]
    others = rows.drop(exact.index)
    size = f", {rows['macs'].iloc[0] / 1e6:.1f} MMAC" if "macs" in rows else ""
    axes.scatter(others["energy_nj"], 100 * others["test_accuracy"], s=34, color=color, zorder=4,
                 label=f"{shown(name)}{size}")  # fmt: skip
    axes.scatter(exact["energy_nj"], 100 * exact["test_accuracy"], s=26, marker="s", zorder=3,
                 facecolors="white", edgecolors=color)  # fmt: skip
    for kind, x, y in zip(exact["kind"], exact["energy_nj"], exact["test_accuracy"], strict=True):
        name_mark(axes, kind.removeprefix("exact "), (x, 100 * y), color="0.4", size=6.5)
