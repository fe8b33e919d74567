"""Accuracy against multiplier energy of one network: a sweep, and fronts of assignments."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from evoapproxnas import pareto
from evoapproxnas.multipliers.narrow import OperandWidths
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.style import WIDTH, color_of, name_mark, new_figure, plain, shown

_FRONT, _TEST, _EXACT = map(color_of, range(3))
_VERIFIED = "0.75"


def save_sweep_figure(sweep: pd.DataFrame, path: Path, *, title: str = "") -> None:
    """Draw every multiplier of a sweep, those on the front with their names.

    Args:
        sweep: `SweepResult.table()`.
        path: PNG, SVG or PDF file.
        title: above the figure.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure, axes = _canvas(title)
    measured = sweep[~sweep["screened"]]
    exact = measured[measured["kind"].isin(["exact", "narrow"])]
    circuits = measured[measured["kind"] == "circuit"]
    axes.scatter(circuits["energy_nj"], 100 * circuits["accuracy"], s=18, color=_FRONT,
                 label="circuits", zorder=3)  # fmt: skip
    for scheme, rows in exact.groupby("weight_scheme"):
        draw_exact(axes, rows, "energy_nj", f"exact, fewer bits ({scheme})")
    given_up = sweep[sweep["screened"]]
    if len(given_up):
        axes.scatter(given_up["energy_nj"], 100 * given_up["accuracy"], s=20, marker="x",
                     color="0.6", label="given up early", zorder=2)  # fmt: skip
    for accuracy in sweep.loc[sweep["kind"] == "float", "accuracy"].tolist():
        axes.axhline(100 * accuracy, color="0.35", lw=0.9, ls="--", label="float")
    front = best_circuits(sweep)
    axes.step(front["energy_nj"], 100 * front["accuracy"], where="post", color=_FRONT, lw=0.9)
    _finish(axes)
    names = [_name(row, sweep) for row in front.to_dict("records")]
    _number(axes, front["energy_nj"].tolist(), (100 * front["accuracy"]).tolist(), names)
    save_figure(figure, path)


def save_assignment_figure(verified: pd.DataFrame, path: Path, *, title: str = "") -> None:
    """Draw verified assignments by validation accuracy, and their front by test accuracy, too.

    Args:
        verified: `AssignResult.table()`.
        path: PNG, SVG or PDF file.
        title: above the figure.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure, axes = _canvas(title)
    others, front = verified[~verified["front"]], verified[verified["front"]]
    axes.scatter(others["energy_nj"], 100 * others["accuracy"], s=12, color=_VERIFIED,
                 label="verified assignments", zorder=2)  # fmt: skip
    for row in verified[verified["id"] == "a000"].to_dict("records"):
        axes.annotate("exact 8-bit", (row["energy_nj"], 100 * row["accuracy"]), fontsize=7,
                      xytext=(0, 5), textcoords="offset points", ha="center")  # fmt: skip
    front = front.sort_values("energy_nj")
    axes.plot(front["energy_nj"], 100 * front["accuracy"], color=_FRONT, marker="o", ms=4, lw=1,
              label="front, validation", zorder=3)  # fmt: skip
    if front["test_accuracy"].notna().any():
        axes.scatter(
            front["energy_nj"],
            100 * front["test_accuracy"],
            s=20,
            marker="D",
            facecolors="white",
            edgecolors=_TEST,
            label="front, test",
            zorder=4,
        )
    _finish(axes)
    save_figure(figure, path)


def _canvas(title: str) -> tuple[Figure, Axes]:
    figure = new_figure(WIDTH, 4.8)
    axes = figure.subplots()
    axes.set_title(shown(title, 80), fontsize=10)
    return figure, axes


def measured_alike(sweep: pd.DataFrame) -> pd.DataFrame:
    """Return what a sweep measured under the first of its weight schemes, and in float."""
    reference = sweep[sweep["kind"] == "exact"].iloc[0]
    of_scheme = sweep["weight_scheme"] == reference["weight_scheme"]
    return sweep[of_scheme | (sweep["kind"] == "float")]


def best_circuits(sweep: pd.DataFrame) -> pd.DataFrame:
    """Return the circuits of a sweep that no other beats in accuracy and energy, by energy."""
    known = ~sweep["screened"] & sweep["energy_nj"].notna()
    circuits = sweep[(sweep["kind"] == "circuit") & known]
    points = np.column_stack([circuits["energy_nj"], -circuits["accuracy"]])
    return circuits[pareto.non_dominated(points)].sort_values("energy_nj")


def draw_exact(axes: Axes, rows: pd.DataFrame, energy: str, label: str) -> None:
    """Draw uniform networks of exact multipliers, each with its width.

    Args:
        axes: to draw on.
        rows: of a sweep, of one weight scheme.
        energy: column of the energy.
        label: for the legend.
    """
    rows = rows.sort_values(energy)
    axes.plot(rows[energy], 100 * rows["accuracy"], ls=":", lw=0.9, marker="s", ms=5,
              color=_EXACT, label=label, zorder=3)  # fmt: skip
    for row in rows.to_dict("records"):
        name_mark(axes, _width(row), (row[energy], 100 * row["accuracy"]), color=_EXACT)


def _width(row: dict[Any, Any]) -> str:
    """Return the width of a row's operands in words: "6 bit", or "6x4 bit" where they differ."""
    widths = OperandWidths.parse(row.get("multiplier", ""))  # retrained rows name none
    if widths is None or widths.activation_bits == widths.weight_bits:
        return f"{row['bits']} bit"
    return f"{widths.activation_bits}x{widths.weight_bits} bit"


def _finish(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))
    axes.set_xlabel("multiplier energy per inference (nJ)")
    axes.set_ylabel("accuracy (%)")
    plain(axes)
    axes.legend(frameon=False, loc="lower right")


def _name(row: dict[Any, Any], sweep: pd.DataFrame) -> str:
    """Return a circuit's name, and whether it goes uncorrected where others do not."""
    plain = row["error_correction"] is False and True in set(sweep["error_correction"])
    return row["multiplier"] + (" (no correction)" if plain else "")


def _number(axes: Axes, x: Sequence[float], y: Sequence[float], names: Sequence[str]) -> None:
    """Number points, and list their names beside the axes, where nothing can overlap."""
    for number, position in enumerate(zip(x, y, strict=True), start=1):
        axes.annotate(str(number), position, xytext=(-2, 5 + 6 * (number % 2)), fontsize=6.5,
                      textcoords="offset points", ha="center")  # fmt: skip
    listed = "\n".join(f"{number:2d} {name}" for number, name in enumerate(names, start=1))
    axes.annotate(listed, (1.02, 1.0), xycoords="axes fraction", va="top", fontsize=6.5,
                  family="monospace")  # fmt: skip
