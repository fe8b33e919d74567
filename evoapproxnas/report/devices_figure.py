"""Which devices agree about networks, and what a front for one of them loses on another."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evoapproxnas.hardware.devices import DeviceAnalysis
from evoapproxnas.hardware.devices.counts import Floats
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.style import color_of, new_figure


def save_devices_figure(analysis: DeviceAnalysis, path: Path) -> None:
    """Draw three panels: FLOPs against devices, devices against each other, and lost volumes.

    Costs are in the order in which FLOPs say less and less of them.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    order = sorted(range(len(analysis.costs)), key=lambda i: -analysis.figures[i].flops_spearman)
    names = [analysis.costs[i].replace("_", " ") for i in order]
    side = 2.4 + 0.19 * len(order)
    figure = new_figure(2.0 + 2.2 * side, side)
    left, middle, right = figure.subplots(1, 3, width_ratios=(0.55, 1, 1))
    _draw_figures(left, analysis, order, names)
    square = np.ix_(order, order)
    _draw_matrix(figure, middle, analysis.spearman[square], names, "viridis", (None, 1.0))
    middle.set_title("rank correlation between costs (Spearman)", fontsize=9)
    _draw_matrix(figure, right, 100 * analysis.lost[square], names, "magma_r", (0.0, None))
    right.set_title("% of hypervolume that the front for the row\nlacks on the column", fontsize=9)
    save_figure(figure, path)


def _draw_figures(
    axes: Axes, analysis: DeviceAnalysis, order: Sequence[int], names: Sequence[str]
) -> None:
    at = np.arange(len(order))
    spearman = [analysis.figures[i].flops_spearman for i in order]
    kendall = [analysis.figures[i].flops_kendall for i in order]
    axes.barh(at - 0.2, spearman, 0.38, color=color_of(0), label="Spearman")
    axes.barh(at + 0.2, kendall, 0.38, color=color_of(2), label="Kendall")
    axes.set_yticks(at, names, fontsize=6)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.set_xlim(min(0.0, *kendall), 1.0)
    axes.tick_params(axis="x", labelsize=7)
    axes.set_title("rank correlation with FLOPs", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=True, framealpha=0.9, edgecolor="none", fontsize=7, loc="lower right")


def _draw_matrix(
    figure: Figure,
    axes: Axes,
    values: Floats,
    names: Sequence[str],
    colors: str,
    limits: tuple[float | None, float | None],
) -> None:
    image = axes.imshow(values, cmap=colors, vmin=limits[0], vmax=limits[1])
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6)
    axes.set_yticks(range(len(names)), names, fontsize=6)
    figure.colorbar(image, ax=axes, shrink=0.8).ax.tick_params(labelsize=7)
