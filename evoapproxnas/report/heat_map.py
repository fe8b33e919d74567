"""Where a multiplier errs: the mean error by blocks of operands, as text or as a picture."""

from pathlib import Path

import numpy as np

from evoapproxnas.multipliers import Multiplier, error_map, operand_values
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.report.style import new_figure, shown

_SHADES = " .:-=+*#%@"


def heat_map_text(multiplier: Multiplier, *, blocks: int = 16) -> str:
    """Draw the map with characters: activations down, weights to the right, @ is the largest."""
    errors = error_map(multiplier.table, signed=multiplier.signed, blocks=blocks)
    largest = float(errors.max())
    scaled = errors / largest if largest else errors
    shades = np.ceil(scaled * (len(_SHADES) - 1)).astype(int)
    values = np.sort(operand_values(signed=multiplier.signed))[:: 256 // blocks]
    rows = [
        f"{value:5d} |{''.join(_SHADES[shade] * 2 for shade in row)}|"
        for value, row in zip(values, shades, strict=True)
    ]
    return "\n".join(
        [
            f"mean |error| by operands, activation down, weight across; @ = {largest:.4g}",
            *rows,
        ]
    )


def save_heat_map(multiplier: Multiplier, path: Path) -> None:
    """Draw the map, 64 blocks a side, into a PNG, SVG or PDF file.

    Raises:
        StoreError: if the file cannot be written.
        ConfigError: if its name has no known ending.
    """
    figure = new_figure(5.4, 4.4)
    axes = figure.subplots()
    values = operand_values(signed=multiplier.signed)
    low, high = int(values.min()), int(values.max())
    image = axes.imshow(
        error_map(multiplier.table, signed=multiplier.signed, blocks=64),
        origin="lower",
        extent=(low, high, low, high),
        cmap="magma",
        interpolation="nearest",
    )
    figure.colorbar(image, label="mean |error|")
    axes.set_xlabel("weight operand")
    axes.set_ylabel("activation operand")
    axes.set_title(f"{shown(multiplier.name)}, MAE {multiplier.mae_pct:.3g} %", fontsize=10)
    save_figure(figure, path)
