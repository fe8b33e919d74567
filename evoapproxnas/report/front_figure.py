"""Accuracy against multiplier energy, every network beside its honest baselines."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from evoapproxnas.objectives.system import system_figure
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.front import FrontPoints, front_points
from evoapproxnas.report.objectives_figure import draw_objectives, objective_points
from evoapproxnas.report.style import color_of, plain
from evoapproxnas.store import Run


def save_front_figure(runs: Sequence[Run], path: Path) -> None:
    """Draw the fronts of runs into a PNG or SVG file.

    Those of networks that were trained here are drawn with their baselines, those of other
    problems in their objectives.

    Raises:
        StoreError: if a run has nothing evaluated, runs have too little in common, or the file
            cannot be written.
        ConfigError: if the file name has no known ending.
    """
    if any(run.config.problem == "cnn" for run in runs):
        figure = draw_fronts([front_points(run) for run in runs])
    else:
        figure = draw_objectives([objective_points(run) for run in runs])
    save_figure(figure, path)


def draw_fronts(fronts: Sequence[FrontPoints]) -> Figure:
    """Draw fronts into a new figure.

    A filled mark is an approximated network; the hollow square it points from is the same
    network with the exact 8-bit multiplier; the bar above is its float accuracy. Figures of
    accelerators that all fronts have are drawn beside that, a panel each.
    """
    system = [n for n in fronts[0].system if all(n in front.system for front in fronts)]
    width = 7.2 + 4.4 * len(system)
    figure = Figure(figsize=(width, 4.6), layout="constrained")
    axes, *others = figure.subplots(1, 1 + len(system), sharey=True, squeeze=False)[0]
    for panel, name in zip(others, system, strict=True):
        _draw_system(panel, fronts, name)
    for index, front in enumerate(fronts):
        label = "approximated" if len(fronts) == 1 else front.label
        color = color_of(index)
        _draw(axes, front, color, label=label, explain=index == 0)
    splits = {front.split for front in fronts}
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))
    axes.set_xlabel("multiplier energy per inference (nJ)")
    axes.set_ylabel(f"{' / '.join(sorted(splits))} accuracy (%)")
    plain(axes)
    axes.legend(frameon=False, loc="best")
    return figure


def _draw_system(axes: Axes, fronts: Sequence[FrontPoints], name: str) -> None:
    """Draw accuracies against a figure of the accelerators that networks are on."""
    for index, front in enumerate(fronts):
        axes.scatter(front.system[name], 100 * front.accuracy, color=color_of(index), s=36)
    figure = system_figure(name)
    axes.set_xscale("log")
    axes.set_xlabel(f"{name} ({figure.unit})")
    plain(axes)


def _draw(axes: Axes, front: FrontPoints, color: str, *, label: str, explain: bool) -> None:
    accuracy, exact8 = 100 * front.accuracy, 100 * front.exact8_accuracy
    for x, y, x8, y8 in zip(
        front.energy_nj, accuracy, front.exact8_energy_nj, exact8, strict=True
    ):
        axes.plot([x8, x], [y8, y], color="0.75", linewidth=0.9, zorder=1)
    axes.scatter(front.energy_nj, accuracy, color=color, s=36, zorder=3, label=label)
    axes.scatter(
        front.exact8_energy_nj,
        exact8,
        marker="s",
        s=26,
        facecolors="white",
        edgecolors=color,
        zorder=2,
        label="same networks, exact 8-bit" if explain else None,
    )
    axes.scatter(
        front.exact8_energy_nj,
        100 * front.float_accuracy,
        marker="_",
        s=70,
        color="0.35",
        zorder=2,
        label="same networks, float" if explain else None,
    )
