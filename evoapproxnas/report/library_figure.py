"""Pareto fronts of libraries: power against an error figure."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from evoapproxnas import pareto
from evoapproxnas.errors import unknown_name
from evoapproxnas.multipliers import CatalogEntry, Library
from evoapproxnas.report.figure_file import save_figure

ERROR_FIGURES = ("mae_pct", "wce_pct", "ep_pct", "mre_pct", "mse")
_LABELS = {
    "mae_pct": "MAE (%)",
    "wce_pct": "WCE (%)",
    "ep_pct": "EP (%)",
    "mre_pct": "MRE (%)",
    "mse": "MSE",
}


def error_power_points(
    library: Library, *, signed: bool, error: str = "mae_pct"
) -> tuple[list[CatalogEntry], npt.NDArray[np.bool_]]:
    """Return the circuits of known power of a library and mark its front.

    Raises:
        UnknownNameError: if there is no such error figure.
    """
    if error not in ERROR_FIGURES:
        raise unknown_name("error figure", error, ERROR_FIGURES)
    entries = [library.entry(name) for name in library]
    chosen = [e for e in entries if e.signed == signed and e.power_uw is not None]
    points = np.array([[getattr(e, error), e.power_uw] for e in chosen]).reshape(-1, 2)
    return chosen, pareto.non_dominated(points)


def save_library_figure(
    libraries: Mapping[str, Library], path: Path, *, signed: bool = False, error: str = "mae_pct"
) -> None:
    """Draw power against error of one or several libraries, their fronts joined by lines.

    Args:
        libraries: by the label they get in the legend.
        path: PNG or SVG file.
        signed: which half of the libraries.
        error: one of `ERROR_FIGURES`.

    Raises:
        UnknownNameError: if there is no such error figure.
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    axes = figure.subplots()
    for label, library in libraries.items():
        entries, front = error_power_points(library, signed=signed, error=error)
        x = np.array([getattr(entry, error) for entry in entries])
        y = np.array([entry.power_uw for entry in entries], dtype=float)
        points = axes.scatter(x, y, s=18, label=label, zorder=3)
        order = np.flatnonzero(front)[np.argsort(x[front])]
        axes.step(x[order], y[order], where="post", color=points.get_facecolor()[0], lw=1)
    axes.set_xscale("symlog", linthresh=1e-3)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(_LABELS[error])
    axes.set_ylabel("power (uW)")
    axes.grid(visible=True, color="0.92", linewidth=0.7)
    axes.legend(frameon=False)
    save_figure(figure, path)
