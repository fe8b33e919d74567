"""How well latency on new devices is predicted, by method and by number of measurements."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.style import color_of, new_figure, plain

_LOWEST = 0.4
_LOWEST_OF_CURVE = 0.85
_GROUP = 0.8
"""Width of the bars of a device, of the space that it has."""


def save_latency_figure(
    bars: Mapping[str, Mapping[str, float]],
    curve: pd.DataFrame,
    path: Path,
    *,
    published: str | None = None,
) -> None:
    """Draw rank correlations of predicted with measured latency.

    Args:
        bars: for each method, the value of each device; all of the same devices.
        curve: columns `method`, `references`, `measured` and `spearman`, a row for each device.
        path: PNG, SVG or PDF file.
        published: method whose mean is a line beside the curve.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure = new_figure(11.0, 4.4)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    _draw_bars(left, bars)
    _draw_curve(right, curve)
    if published is not None:
        mean = float(np.mean(list(bars[published].values())))
        right.axhline(mean, color="0.4", lw=0.8, ls="--", label=f"{published}: {mean:.3f}")
    right.legend(frameon=False, fontsize=8, loc="lower right")
    for axes in (left, right):
        axes.set_ylabel("rank correlation with the device (Spearman)")
        plain(axes, axis="y", which="major")
    save_figure(figure, path)


def _draw_bars(axes: Axes, bars: Mapping[str, Mapping[str, float]]) -> None:
    width = _GROUP / len(bars)
    devices = list(next(iter(bars.values())))
    for place, (method, values) in enumerate(bars.items()):
        heights = [values[device] for device in devices]
        heights.append(sum(heights) / len(heights))
        at = np.arange(len(heights)) - _GROUP / 2 + (place + 0.5) * width
        color = color_of(place)
        axes.bar(at, heights, width * 0.92, color=color, label=method)
    axes.set_xticks(range(len(devices) + 1), [*devices, "mean"], rotation=20, ha="right")
    lowest = min(min(values.values()) for values in bars.values())
    axes.set_ylim(min(_LOWEST, 0.95 * lowest), 1.0)
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def _draw_curve(axes: Axes, curve: pd.DataFrame) -> None:
    for place, (method, rows) in enumerate(curve.groupby("method", sort=False)):
        for references, style in (("designed", "-"), ("random", ":")):
            chosen = rows[rows["references"] == references]
            mean = chosen.groupby("measured")["spearman"].mean()
            mean = mean[mean > 0]
            label = f"{method}, {references} networks"
            axes.plot(mean.index, mean, style, color=color_of(place + 2), lw=1.2, marker="o",
                      ms=3.5, label=label)  # fmt: skip
    axes.set_xscale("log")
    sizes = sorted(set(curve["measured"]))
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    axes.set_ylim(_LOWEST_OF_CURVE, 1.0)
    axes.set_xlabel("networks measured on the new device")
