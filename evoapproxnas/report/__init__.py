"""What was found, for people: tables and figures of runs, libraries and multipliers."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evoapproxnas.report.front import FrontPoints, front_overview, front_points
    from evoapproxnas.report.front_figure import draw_fronts, save_front_figure

__all__ = ["FrontPoints", "draw_fronts", "front_overview", "front_points", "save_front_figure"]

_HOMES = {
    "FrontPoints": "front",
    "draw_fronts": "front_figure",
    "front_overview": "front",
    "front_points": "front",
    "save_front_figure": "front_figure",
}


def __getattr__(name: str) -> Any:
    """Import on first use: tables need no Matplotlib, multipliers neither that nor pandas."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
