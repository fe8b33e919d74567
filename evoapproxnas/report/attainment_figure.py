"""What searches came to where the truth is known, over evaluations and over training time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.style import color_of, new_figure, plain, shown

_LEAST = 1e-4
"""What is nearer to the truth than this is drawn there: the axis is logarithmic."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curves:
    """Shares of the true hypervolume along one axis.

    Attributes:
        label: of the axis.
        x: where the curves have their points, shape (n,); empty: there is no such axis.
        quartiles: lower quartile, median and upper quartile by search, shape (3, n).
    """

    label: str
    x: Floats
    quartiles: Mapping[str, Floats]


def save_attainment_figure(curves: list[Curves], path: Path, *, title: str = "") -> None:
    """Draw medians and quartiles, a panel for each axis, into a PNG, SVG or PDF file.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    save_figure(draw_attainment(curves, title=title), path)


def draw_attainment(curves: list[Curves], *, title: str = "") -> Figure:
    """Draw them into a new figure: what is missing of the true hypervolume, in percent."""
    drawn = [panel for panel in curves if len(panel.x)]
    figure = new_figure(1.4 + 4.4 * len(drawn), 4.6)
    panels = figure.subplots(1, len(drawn), sharey=True, squeeze=False)[0]
    for axes, panel in zip(panels, drawn, strict=True):
        _draw(axes, panel)
    panels[0].set_ylabel("missing of the true hypervolume (%)")
    names, labels = panels[0].get_legend_handles_labels()
    figure.legend(names, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    figure.suptitle(shown(title, 120), fontsize=10)
    return figure


def _draw(axes: Axes, panel: Curves) -> None:
    for number, (search, quartiles) in enumerate(panel.quartiles.items()):
        color = color_of(number)
        low, middle, high = 100 * np.maximum(1 - quartiles, _LEAST)
        axes.plot(panel.x, middle, color=color, lw=1.6, label=shown(search), zorder=3)
        axes.fill_between(panel.x, low, high, color=color, alpha=0.1, lw=0, zorder=2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))
    axes.set_xlabel(panel.label)
    plain(axes)
