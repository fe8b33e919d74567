"""Which multipliers are used where in the networks: a map of depth and circuit."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data.usage import usage_by_depth
from evoapproxnas.report.style import NARROW, WIDTH, new_figure, shares_map, shown, wrapped

_OTHERS = "others"


def draw_usage(
    usage: pd.DataFrame, *, bins: int = 8, most: int = 16, width: float = WIDTH, title: str = ""
) -> Figure:
    """Draw the share of layers at each depth that use a multiplier, the dearest at the top.

    Args:
        usage: of `usage_frame`.
        bins: parts of equal depth; the head's dense layer stands apart.
        most: multipliers; the rest are added up.
        width: of the figure, inches.
        title: above it.

    Raises:
        ConfigError: if there is nothing to draw.
    """
    if usage.empty:
        raise ConfigError("no network has been evaluated yet, so no multiplier is in use")
    bins = min(bins, 5) if width < NARROW else bins
    table = _lumped(usage_by_depth(usage, bins=bins), most)
    energy = table.groupby("multiplier")["relative_energy_of_one"].first()
    rows = energy.sort_values(ascending=False, na_position="last").index
    shares = table.pivot_table(
        index="multiplier", columns="place", values="share", aggfunc="sum"
    ).reindex(index=rows, columns=[*range(bins), -1, bins])
    figure = new_figure(width, 0.24 * len(rows) + 1.9)
    axes = figure.subplots()
    image = axes.pcolormesh(
        [*(np.arange(bins + 1) - 0.5), bins - 0.1, bins + 0.9], np.arange(len(rows) + 1) - 0.5,
        np.ma.masked_invalid(100 * shares.to_numpy(dtype=np.float64)),
        cmap=shares_map(), vmin=0, vmax=100, edgecolors="white", linewidth=0.8,
    )  # fmt: skip
    axes.invert_yaxis()
    names = [_named(name, energy[name]) for name in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    edges = [f"{100 * i / bins:.0f}" for i in range(bins + 1)]
    axes.set_xticks([*(np.arange(bins + 1) - 0.5), bins + 0.4], [*edges, "head"], fontsize=8)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(wrapped("depth of the layer in its network (%)", 0.5 * width), fontsize=9)
    if title:
        figure.suptitle(shown(title, int(width * 11)), fontsize=10)
    axes.set_ylabel("multiplier, energy (exact 8-bit = 1)", fontsize=8)
    bar = figure.colorbar(image, ax=axes, location="top", shrink=0.6, aspect=35, pad=0.01)
    bar.set_label(wrapped("share of the layers at this depth (%)", 0.5 * width), fontsize=8)
    bar.ax.tick_params(labelsize=8)
    return figure


def _named(name: str, energy: float) -> str:
    if name == _OTHERS:
        return name
    cost = "energy unknown" if np.isnan(energy) else f"{energy:.2f}"
    return f"{shown(name, 26)}  {cost}"


def _lumped(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Put all but the most used multipliers together."""
    counts = table.groupby("multiplier")["layers"].sum().sort_values(ascending=False)
    if len(counts) <= most:
        return table
    rest = table["multiplier"].isin(counts.index[most - 1 :])
    lumped = table.assign(multiplier=table["multiplier"].where(~rest, _OTHERS))
    lumped.loc[rest, "relative_energy_of_one"] = np.nan
    return lumped
