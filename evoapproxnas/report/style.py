"""What figures have in common: colours, and how axes look."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = (
    *("#1b6ca8", "#d1495b", "#3c8d5a", "#8d5a97", "#c98b2b"),
    *("#4d4d4d", "#2aa198", "#a0522d", "#7f9f3f", "#d87cb0"),
)
"""One for each run, network or search, in order."""


def color_of(number: int) -> str:
    """Return the colour of the first, second, ... of things that are compared."""
    return COLORS[number % len(COLORS)]


def plain(
    axes: "Axes",
    *,
    which: Literal["major", "both"] = "both",
    axis: Literal["both", "x", "y"] = "both",
) -> None:
    """Give axes a pale grid behind what is drawn, and no frame at the top and at the right.

    Args:
        axes: of any figure.
        which: ticks that have lines.
        axis: likewise.
    """
    axes.grid(visible=True, which=which, axis=axis, color="0.92", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
