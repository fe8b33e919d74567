"""Sweeps of several networks in one figure: which network and multiplier to take for an energy."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.resilience_figure import best_circuits, measured_alike
from evoapproxnas.report.style import color_of, mark_of, new_figure, plain, shown


def save_networks_figure(
    sweeps: Mapping[str, pd.DataFrame],
    path: Path,
    *,
    most_points_lost: float = 12.0,
) -> None:
    """Draw what each network keeps with the best circuits, and with exact products of fewer bits.

    Left by energy in nJ, where a small exact network competes with a large approximate one;
    right what is lost against exact 8-bit, by energy relative to it.

    Args:
        sweeps: `SweepResult.table()`, or its CSV file, by name of the network; of several
            weight schemes the first one is drawn.
        path: PNG, SVG or PDF file.
        most_points_lost: the axes of accuracy and loss end so many points below exact 8-bit.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure = new_figure(9.6, 4.4)
    absolute, relative = figure.subplots(1, 2)
    exact: list[float] = []
    for number, (name, sweep) in enumerate(sweeps.items()):
        rows = measured_alike(sweep)
        rows = rows[rows["kind"] != "float"].assign(accuracy=100 * rows["accuracy"])
        _draw(absolute, rows, "energy_nj", "accuracy", name, number)
        _draw(relative, rows, "relative_energy", "loss_points", name, number)
        exact.append(rows.loc[rows["kind"] == "exact", "accuracy"].iloc[0])
    margin = 0.06 * most_points_lost
    absolute.set_ylim(min(exact) - most_points_lost, max(exact) + margin)
    absolute.set_xlabel("multiplier energy per inference (nJ)")
    absolute.set_ylabel("test accuracy (%)")
    relative.set_ylim(most_points_lost, -margin)
    relative.set_xlabel("multiplier energy, exact 8-bit = 1")
    relative.set_ylabel("points below exact 8-bit")
    for axes in (absolute, relative):
        axes.set_xscale("log")
        plain(axes)
        axes.tick_params(which="both", labelsize=8)
    for axis in (absolute.xaxis, relative.xaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_locator(LogLocator(subs=(2, 3, 5, 7)))
        axis.set_minor_formatter("{x:g}")
    absolute.plot([], [], color="0.3", lw=0.8, ls=":", marker="s", ms=4.5, mfc="white",
                  label="exact, fewer bits")  # fmt: skip
    absolute.legend(frameon=False, loc="lower right", fontsize=8)
    save_figure(figure, path)


def _draw(axes: Axes, rows: pd.DataFrame, x: str, y: str, name: str, number: int) -> None:
    color, circuits = color_of(number), best_circuits(rows)
    axes.plot(circuits[x], circuits[y], color=color, lw=1, marker=mark_of(number), ms=3.5,
              zorder=3, label=shown(name))  # fmt: skip
    bits = rows[rows["kind"].isin(["exact", "narrow"])].sort_values(x)
    axes.plot(bits[x], bits[y], color=color, lw=0.8, ls=":", marker="s", ms=4.5, mfc="white",
              zorder=2)  # fmt: skip
