"""What objects look like in a notebook: cards of HTML, each complete in itself.

    card(title, facts(...), table(...), heat_map(...)) -> text for `_repr_html_`

Every text is escaped here, so that a name with HTML in it is shown as it is. Colours are the
notebook's own, thinned out, and one blue on which black and white can both be read: a card fits
light and dark. There is no script, and nothing is loaded.

- `words`: numbers as a page writes them, escaping.
- `pieces`: card, facts, table.
- `pictures`: SVG: heat map of a matrix, dots in a plane.
"""

from evoapproxnas.html.pictures import Dot, heat_map, scatter
from evoapproxnas.html.pieces import SHADES, beside, card, facts, scrolled, table
from evoapproxnas.html.words import escaped, number

__all__ = [
    "Dot",
    "SHADES",
    "beside",
    "card",
    "escaped",
    "facts",
    "heat_map",
    "number",
    "scatter",
    "scrolled",
    "table",
]
