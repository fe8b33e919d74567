"""What was found, for people: tables and figures of runs, libraries and multipliers."""

from typing import TYPE_CHECKING, Any

from evoapproxnas.report.front import FrontPoints, front_overview, front_points

if TYPE_CHECKING:
    from evoapproxnas.report.front_figure import draw_fronts, save_front_figure

__all__ = ["FrontPoints", "draw_fronts", "front_overview", "front_points", "save_front_figure"]


def __getattr__(name: str) -> Any:
    """Import what draws on first use: a table needs no Matplotlib, which takes half a second."""
    if name not in ("draw_fronts", "save_front_figure"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from evoapproxnas.report import front_figure

    return getattr(front_figure, name)
