"""Pareto fronts of libraries: power against an error figure."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas import pareto
from evoapproxnas.errors import unknown_name
from evoapproxnas.multipliers import CatalogEntry, Library, load_library
from evoapproxnas.quantization import exact_name
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.published import PublishedPoint
from evoapproxnas.report.style import DARK, WIDTH, color_of, mark_of, new_figure, plain, shown

ERROR_FIGURES = ("mae_pct", "wce_pct", "ep_pct", "mre_pct", "mse")
_LABELS = {
    "mae_pct": "MAE (%)",
    "wce_pct": "WCE (%)",
    "ep_pct": "EP (%)",
    "mre_pct": "MRE (%)",
    "mse": "MSE",
}


def check_error_figure(error: str) -> None:
    """Raise UnknownNameError unless `error` is one of `ERROR_FIGURES`."""
    if error not in ERROR_FIGURES:
        raise unknown_name("error figure", error, ERROR_FIGURES)


def error_power_points(
    library: Library, *, signed: bool, error: str = "mae_pct"
) -> tuple[list[CatalogEntry], npt.NDArray[np.bool_]]:
    """Return the circuits of known power of a library and mark its front.

    Raises:
        UnknownNameError: if there is no such error figure.
    """
    check_error_figure(error)
    entries = [library.entry(name) for name in library]
    chosen = [e for e in entries if e.signed == signed and e.power_uw is not None]
    points = np.array([[getattr(e, error), e.power_uw] for e in chosen]).reshape(-1, 2)
    return chosen, pareto.non_dominated(points)


def save_library_figure(
    libraries: Mapping[str, Library],
    path: Path,
    *,
    signed: bool = False,
    error: str = "mae_pct",
    published: Sequence[PublishedPoint] = (),
) -> None:
    """Draw power against error of one or several libraries, their fronts joined by lines.

    Power is relative to the exact circuit of the same source: that of the bundled library, or the
    published one.

    Args:
        libraries: by the label they get in the legend.
        path: PNG, SVG or PDF file.
        signed: which half of the libraries.
        error: one of `ERROR_FIGURES`.
        published: circuits to draw as crosses.

    Raises:
        UnknownNameError: if there is no such error figure.
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure = new_figure(WIDTH, 4.6)
    axes = figure.subplots()
    exact_uw = load_library().entry(exact_name(signed=signed)).power_uw or 1.0
    if published:
        x = np.array([point.error for point in published])
        y = np.array([100 * point.relative_power for point in published])
        axes.scatter(x, y, s=26, marker="x", color=DARK, lw=1.1, label="published", zorder=2)
    for number, (label, library) in enumerate(libraries.items()):
        entries, front = error_power_points(library, signed=signed, error=error)
        x = np.array([getattr(entry, error) for entry in entries])
        y = 100 * np.array([entry.power_uw for entry in entries], dtype=float) / exact_uw
        color = color_of(number)
        axes.scatter(x, y, s=18, color=color, marker=mark_of(number), lw=0, label=shown(label),
                     zorder=3)  # fmt: skip
        order = np.flatnonzero(front)[np.argsort(x[front])]
        axes.step(x[order], y[order], where="post", color=color, lw=1)
    axes.set_xscale("symlog", linthresh=1e-3)
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.set_xlabel(_LABELS[error])
    axes.set_ylabel(f"power (% of the exact {'signed' if signed else 'unsigned'} multiplier)")
    plain(axes)
    axes.legend(frameon=False)
    save_figure(figure, path)
