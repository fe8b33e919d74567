"""What was found, for people: tables and figures of runs, libraries and multipliers."""

from evoapproxnas.report.front import FrontPoints, front_overview, front_points
from evoapproxnas.report.front_figure import draw_fronts, save_front_figure

__all__ = ["FrontPoints", "draw_fronts", "front_overview", "front_points", "save_front_figure"]
