"""The figure that a campaign leaves: its front, each network beside its honest baselines."""

from collections.abc import Sequence
from pathlib import Path

from evoapproxnas.report.data.checking import require_points
from evoapproxnas.report.data.fronts import baseline_frame, front_frame
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.pareto_figure import draw_pareto
from evoapproxnas.store import Run


def save_front_figure(runs: Sequence[Run], path: Path) -> None:
    """Draw the fronts of runs in their objectives into a PNG, SVG or PDF file.

    Networks that were trained here stand beside what they are in exact 8-bit and in float.

    Args:
        runs: of the same objectives.
        path: of the file.

    Raises:
        StoreError: if a run has nothing evaluated, or the file cannot be written.
        ConfigError: if runs share no objectives, or the file name has no known ending.
    """
    require_points(runs)
    front = front_frame(runs, points=True)
    baselines = baseline_frame(front[front["member"]])
    save_figure(draw_pareto(front, baselines=baselines), path)
