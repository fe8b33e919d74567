"""What was found, for people: tables and figures of runs, libraries and multipliers.

`data` has a data frame for every figure; the figures are drawn over these, in one style.
"""

from typing import TYPE_CHECKING

from evoapproxnas.first_use import on_first_use

if TYPE_CHECKING:
    from evoapproxnas.report.confusion_figure import draw_confusion
    from evoapproxnas.report.front import front_overview
    from evoapproxnas.report.front_figure import save_front_figure
    from evoapproxnas.report.importance_figure import draw_importance
    from evoapproxnas.report.lineage_figure import draw_lineage
    from evoapproxnas.report.network_figure import draw_network
    from evoapproxnas.report.pareto_figure import draw_pareto
    from evoapproxnas.report.progress_figure import draw_progress
    from evoapproxnas.report.system_figure import draw_system
    from evoapproxnas.report.usage_figure import draw_usage

__all__ = [
    "draw_confusion",
    "draw_importance",
    "draw_lineage",
    "draw_network",
    "draw_pareto",
    "draw_progress",
    "draw_system",
    "draw_usage",
    "front_overview",
    "save_front_figure",
]

_HOMES = {
    "draw_confusion": "confusion_figure",
    "draw_importance": "importance_figure",
    "draw_lineage": "lineage_figure",
    "draw_network": "network_figure",
    "draw_pareto": "pareto_figure",
    "draw_progress": "progress_figure",
    "draw_system": "system_figure",
    "draw_usage": "usage_figure",
    "front_overview": "front",
    "save_front_figure": "front_figure",
}

__getattr__ = on_first_use(__name__, _HOMES)
"""Import on first use: tables need no Matplotlib, multipliers neither that nor pandas."""
