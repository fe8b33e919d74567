"""Confusion matrices of networks beside each other: exact and approximate."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.style import DARK, NARROW, WIDTH, new_figure, shares_map, shown

_MOST_NUMBERS = 12
"""Classes; with more there is no room for numbers in cells."""
_MOST_NAMES = 40
Values = NDArray[np.float64]


def draw_confusion(confusion: pd.DataFrame, *, width: float = WIDTH, title: str = "") -> Figure:
    """Draw a matrix for each network: the true class downwards, what it is taken for across.

    Colours and numbers are percent of the images of the true class; mistakes have one scale of
    colours in all matrices, and what is right stands in grey.

    Args:
        confusion: of `confusion_frame`.
        width: of the figure, inches.
        title: above it.

    Raises:
        ConfigError: if there is nothing to draw.
    """
    if confusion.empty or not confusion["count"].sum():
        raise ConfigError("there are no predictions, so there is no confusion to draw")
    matrices = {str(n): _matrix(rows) for n, rows in confusion.groupby("network", sort=False)}
    names = [str(name) for name in confusion["true"].drop_duplicates()]
    worst = max(float(np.nanmax(_mistakes(m), initial=0.0)) for m in matrices.values())
    stacked = width < NARROW
    down, across = (len(matrices), 1) if stacked else (1, len(matrices))
    figure = new_figure(width, down * (0.78 * width / across) + 1.3)
    panels = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True).ravel()
    for panel, (network, matrix) in zip(panels, matrices.items(), strict=True):
        image = _draw(panel, matrix, names, worst, room=width / across)
        counts = confusion[confusion["network"] == network]
        right = counts.loc[counts["true"] == counts["predicted"], "count"].sum()
        panel.set_title(f"{shown(network)}: {100 * right / counts['count'].sum():.2f} % right",
                        fontsize=9)  # fmt: skip
    for panel in panels if stacked else panels[:1]:
        panel.set_ylabel("true class", fontsize=9)
    for panel in panels[-1:] if stacked else panels:
        panel.set_xlabel("taken for", fontsize=9)
    bar = figure.colorbar(image, ax=panels.tolist(), location="bottom", shrink=0.6, aspect=40)
    bar.set_label("mistakes, % of the images of the true class", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    if title:
        figure.suptitle(shown(title, int(width * 11)), fontsize=10)
    return figure


def _matrix(rows: pd.DataFrame) -> Values:
    side = round(len(rows) ** 0.5)
    return 100 * rows["share"].to_numpy(dtype=np.float64).reshape(side, side)


def _mistakes(matrix: Values) -> Values:
    return np.where(np.eye(len(matrix), dtype=bool), np.nan, matrix)


def _draw(
    panel: Axes, matrix: Values, names: list[str], worst: float, *, room: float
) -> AxesImage:
    made = np.where(matrix > 0, _mistakes(matrix), np.nan)
    image = panel.imshow(made, cmap=shares_map(), vmin=0, vmax=worst or 1.0)
    for place in range(len(names)):
        panel.add_patch(Rectangle((place - 0.5, place - 0.5), 1, 1, color="0.9", lw=0))
    panel.add_patch(Rectangle((-0.5, -0.5), len(names), len(names), fill=False, ec="0.8", lw=0.8,
                              clip_on=False))  # fmt: skip
    size = min(8.0, 20 * room / max(len(names), 1))
    if len(names) <= _MOST_NUMBERS:
        for (true, taken), share in np.ndenumerate(matrix):
            if np.isnan(share) or (share == 0 and true != taken):
                continue
            strong = true != taken and share > 0.55 * worst
            text = f"{share:.0f}" if share >= 9.95 or share == 0 else f"{share:.1f}"
            panel.text(taken, true, text, ha="center", va="center", fontsize=size,
                       color="white" if strong else DARK)  # fmt: skip
    if len(names) <= _MOST_NAMES:
        short = [shown(name, 12) for name in names]
        turned = max(map(len, short)) > 3
        panel.set_xticks(range(len(names)), short, fontsize=8, rotation=90 if turned else 0)
        panel.set_yticks(range(len(names)), short, fontsize=8)
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    return image
