"""A network drawn as SVG, for pages of a report and for notebooks.

- `rows`: what is drawn: a row for each operation, with what changes its output beside it.
- `svg`: the drawing; colours say what a multiplication takes.
- `energies`: what multiplications take, of multipliers that the library knows.
"""

from evoapproxnas.networks.drawing.energies import relative_energies
from evoapproxnas.networks.drawing.rows import Drawable, DrawnRow, network_rows
from evoapproxnas.networks.drawing.svg import draw_network, energy_class

__all__ = [
    "Drawable",
    "DrawnRow",
    "draw_network",
    "energy_class",
    "network_rows",
    "relative_energies",
]
