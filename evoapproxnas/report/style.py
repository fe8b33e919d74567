"""What figures have in common: colours, marks and sizes, and how axes look."""

import math
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure

COLORS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"),
    *("#56b4e9", "#4d4d4d", "#882255", "#999933", "#332288"),
)
"""One for each run, network or search, in order; apart for colour-blind eyes, too.

Source: the first six are of Okabe and Ito, "Color universal design", 2008.
"""
MARKS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h")
"""Likewise, for print without colours."""
SEQUENTIAL = "cividis"
"""Map of figures without a middle, made for colour-blind eyes."""
PALE, GREY, DARK = "0.92", "0.6", "0.25"
"""Grids, what stands behind, and text."""

WIDTH = 7.2
"""Of a figure, inches: a page."""
COLUMN = 3.5
"""Of one in a column of two."""
NARROW = 5.0
"""Below this, panels stand under each other, and legends below them."""

_LOGARITHMIC = 8.0
"""Positive values that span more than this factor are drawn on a logarithmic axis."""
_MANY = 1e5
"""From here on numbers are written with k, M and G."""


def color_of(number: int) -> str:
    """Return the colour of the first, second, ... of things that are compared."""
    return COLORS[number % len(COLORS)]


def mark_of(number: int) -> str:
    """Return the mark of the first, second, ... of things that are compared."""
    return MARKS[number % len(MARKS)]


def shares_map() -> "ListedColormap":
    """Return the map of shares that are not 0, from pale to dark; what is 0 stays white."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["Blues"]([0.12 + 0.88 * i / 255 for i in range(256)]))


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure whose parts make room for one another; sizes are in inches."""
    from matplotlib.figure import Figure  # Half a second, and colours do without.

    return Figure(figsize=(width, height), layout="constrained")


def shown(text: object, most: int = 36) -> str:
    """Return a name as a figure has room for it: one line, cut in the middle, no mathematics."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    if len(line) > most:
        tail = (most - 1) // 3
        line = f"{line[: most - 1 - tail]}…{line[len(line) - tail :]}"
    line = line.replace("$", r"\$")
    return f" {line}" if line.startswith("_") else line  # Legends leave such names out.


def wrapped(text: str, width: float, *, size: float = 10.0) -> str:
    """Break a title into lines for a figure of so many inches, letters of so many points."""
    return "\n".join(
        line
        for part in text.splitlines()
        for line in textwrap.wrap(part, max(int(width * 72 / (0.56 * size)), 20)) or [""]
    )


def name_mark(
    axes: "Axes", text: str, place: tuple[float, float], *, color: str, size: float = 7.0
) -> None:
    """Write a few letters beside a mark, readable whatever else lies there.

    Args:
        axes: that the mark is on.
        text: the letters.
        place: of the mark.
        color: of the letters, on white.
        size: of the letters, points.
    """
    from matplotlib.patheffects import withStroke

    halo = withStroke(linewidth=2.2, foreground="white")
    axes.annotate(text, place, xytext=(4, -10), textcoords="offset points", fontsize=size,
                  color=color, zorder=6, annotation_clip=True, path_effects=[halo])  # fmt: skip


def legend_below(figure: "Figure", axes: "Axes", *, columns: int = 3) -> None:
    """Explain marks below a figure, where they hide none.

    Args:
        figure: made by `new_figure`.
        axes: whose marks have labels.
        columns: of the legend.
    """
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False,
                  fontsize=8)  # fmt: skip


def plain(
    axes: "Axes",
    *,
    which: Literal["major", "both"] = "both",
    axis: Literal["both", "x", "y"] = "both",
) -> None:
    """Give axes a pale grid behind what is drawn, alike ticks, no frame at the top and the right.

    Args:
        axes: of any figure.
        which: ticks that have lines.
        axis: likewise.
    """
    axes.grid(visible=True, which=which, axis=axis, color=PALE, linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="both", length=3, pad=4)  # Numbers of both stand on one line.
    axes.set_axisbelow(True)


def fit_scale(
    axis: "Axis", values: Iterable[float], *, narrow: bool = False, linear: bool = False
) -> None:
    """Choose linear or logarithmic ticks for these values, with numbers that people read.

    Args:
        axis: `axes.xaxis` or `axes.yaxis`.
        values: all that is drawn along it; what is not finite does not count.
        narrow: there is room for few numbers.
        linear: never choose logarithmic ones.
    """
    from matplotlib.ticker import EngFormatter, LogFormatter, MaxNLocator

    known = [value for value in values if math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if not linear and low > 0 and high / low > _LOGARITHMIC:
        (axis.axes.set_xscale if axis is axis.axes.xaxis else axis.axes.set_yscale)("log")
        axis.set_minor_formatter(LogFormatter(minor_thresholds=(1, 0) if narrow else (2, 0.5)))
    else:
        axis.set_major_locator(MaxNLocator(4 if narrow else 7, steps=(1, 2, 2.5, 5, 10)))
    axis.set_major_formatter(EngFormatter(sep="") if high >= _MANY else "{x:g}")
