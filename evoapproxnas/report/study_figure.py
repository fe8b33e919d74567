"""What one trained network can do with approximate multipliers, in one figure.

Exact multipliers of fewer bits, every circuit in all layers, a circuit for each layer, and what
retraining wins back, all by test accuracy against energy.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.resilience_figure import best_circuits, draw_exact, measured_alike
from evoapproxnas.report.style import WIDTH, color_of, legend_below, new_figure, plain, shown

_ASSIGNED, _RETRAINED = map(color_of, range(2))
_UNIFORM = "0.55"


def save_study_figure(
    sweep: pd.DataFrame,
    fronts: Sequence[pd.DataFrame],
    retrained: pd.DataFrame | None,
    path: Path,
    *,
    title: str = "",
    most_points_lost: float = 12.0,
) -> None:
    """Draw a sweep, fronts of assignments and their retrained members.

    Args:
        sweep: `SweepResult.table()` on test images, or its CSV file; of several weight schemes
            the first one is drawn.
        fronts: `front.csv` of searches, with `test_accuracy`; of several seeds, for example.
        retrained: what `retrain_front` returned, or its CSV file.
        path: PNG, SVG or PDF file.
        title: above the figure.
        most_points_lost: the accuracy axis ends so many points below exact 8-bit.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure = new_figure(WIDTH, 4.8)
    axes = figure.subplots()
    sweep = measured_alike(sweep)
    exact = 100 * sweep.loc[sweep["kind"] == "exact", "accuracy"].iloc[0]
    _draw_sweep(axes, sweep)
    for number, front in enumerate(fronts):
        ordered = front.sort_values("relative_energy")
        axes.plot(ordered["relative_energy"], 100 * ordered["test_accuracy"], color=_ASSIGNED,
                  marker="o", ms=3, lw=0.9, zorder=4, alpha=0.85,
                  label=None if number else "one circuit for each layer")  # fmt: skip
    if retrained is not None and len(retrained):
        _draw_retrained(axes, retrained)
    measured = [sweep["accuracy"], *([] if retrained is None else [retrained["test_accuracy"]])]
    highest = 100 * pd.concat(measured).max()
    axes.set_ylim(exact - most_points_lost, highest + 0.06 * most_points_lost)
    axes.set_xscale("log")
    axes.set_xlim(left=0.08)
    axes.set_xticks(
        [0.1, 0.2, 0.3, 0.5, 0.7, 1.0], labels=["0.1", "0.2", "0.3", "0.5", "0.7", "1"]
    )
    axes.minorticks_off()
    axes.set_xlabel("multiplier energy, exact 8-bit = 1")
    axes.set_ylabel("test accuracy (%)")
    axes.set_title(shown(title, 80), fontsize=10)
    plain(axes, which="major")
    legend_below(figure, axes)
    save_figure(figure, path)


def _draw_sweep(axes: Axes, sweep: pd.DataFrame) -> None:
    for accuracy in sweep.loc[sweep["kind"] == "float", "accuracy"]:
        axes.axhline(100 * accuracy, color="0.35", lw=0.9, ls="--", label="float")
    exact = sweep[sweep["kind"].isin(["exact", "narrow"])]
    draw_exact(axes, exact, "relative_energy", "exact, fewer bits")
    circuits = sweep[(sweep["kind"] == "circuit") & ~sweep["screened"]]
    axes.scatter(circuits["relative_energy"], 100 * circuits["accuracy"], s=9, color=_UNIFORM,
                 zorder=2)  # fmt: skip
    front = best_circuits(sweep)
    axes.plot(front["relative_energy"], 100 * front["accuracy"], color=_UNIFORM, marker="o", ms=3,
              lw=0.9, label="one circuit for all layers", zorder=3)  # fmt: skip


def _draw_retrained(axes: Axes, retrained: pd.DataFrame) -> None:
    """Draw where members came to, and from where."""
    best = retrained.loc[retrained.groupby("relative_energy")["accuracy"].idxmax()]
    energy, after = best["relative_energy"], 100 * best["test_accuracy"]
    before = 100 * best["test_accuracy_before"]
    axes.vlines(energy, before, after, color=_RETRAINED, lw=0.7, ls=":", zorder=4)
    axes.scatter(energy, after, s=26, marker="D", color=_RETRAINED, zorder=5,
                 label="the same, retrained")  # fmt: skip
