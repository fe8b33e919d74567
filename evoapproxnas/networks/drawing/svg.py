"""Drawings of networks as SVG, layer by layer.

The colour of a layer says what one of its multiplications takes, relative to the exact 8-bit
multiplier: class `e0` is next to nothing, `e9` exact or more, `e-` unknown. Where a drawing
stands alone its `<style>` colours them, in a page the page does.
"""

import math
from collections.abc import Mapping, Sequence

from evoapproxnas.html import SHADES, escaped
from evoapproxnas.networks.drawing.rows import Drawable, DrawnRow, network_rows

_ROW, _BOX, _WIDTH, _CHIP = 26, 20, 250, 150
"""Pixels: from row to row, height and width of a box, width of what names a multiplier."""
_LETTER = 6.8
"""Pixels of a letter in the name of a multiplier, at most on average."""
_LANE = 11
"""Pixels between lines of what is read further below."""
_TOP = 24

STYLE = (
    ".network{font:11px system-ui,sans-serif}.network text{fill:#1b2733}"
    ".network .dim{fill:#5b6875}.network .box{fill:#fff;stroke:#9aa7b4}"
    ".network .band{fill:#eef2f6}.network .edge{fill:none;stroke:#6b7a89;stroke-width:1.3}"
    + "".join(
        f".network .e{i}{{fill:{color}}}"
        for i, color in enumerate(
            ("#eef5fb", "#dceaf6", "#c6ddf0", "#abcde8", "#8cbadd")
            + ("#6ba5d0", "#4c8fc1", "#3479af", "#216299", "#124a7e")
        )
    )
    + ".network .e-{fill:#cfd6dd}.network .e6+text,.network .e7+text,.network .e8+text,"
    ".network .e9+text{fill:#fff}"
)


def energy_class(relative: float | None) -> str:
    """Return the class of a layer's colour.

    Args:
        relative: energy of one multiplication, exact 8-bit is 1; None if it is unknown.
    """
    if relative is None or not math.isfinite(relative):
        return "e-"
    return f"e{min(SHADES - 1, max(0, int(relative * SHADES)))}"


def draw_network(
    network: Drawable, relative: Mapping[str, float | None] | None = None, *, styled: bool = True
) -> str:
    """Draw a network from the image at the top to its logits, a row for each operation.

    Args:
        network: what to draw.
        relative: energy of one multiplication by the name of a multiplier, exact 8-bit is 1;
            None names no multipliers: whoever shows the drawing fills them in.
        styled: with a style of its own.

    Returns:
        An `<svg>` element. A layer's name is in the attribute `data-layer` of its group.
    """
    rows = network_rows(network)
    lanes = _lanes(rows)
    left = 14 + _LANE * (1 + max(lanes.values(), default=-1))
    height = _TOP + _ROW * len(rows) + 6
    names = {} if relative is None else network.assignment
    chip = max([_CHIP, *(12 + math.ceil(_LETTER * len(name)) for name in names.values())])
    width = left + _WIDTH + 8 + chip
    parts = [
        f'<svg class="network" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{_told(network)}">',
        f"<style>{STYLE}</style>" if styled else "",
        *_bands(rows, left),
        f'<text x="{left + 8}" y="14" class="dim">image {_shape(network.input_shape)}</text>',
        *_edges(rows, lanes, left),
        *(
            _box(number, row, (left, chip), names.get(row.name), relative or {})
            for number, row in enumerate(rows)
        ),
        "</svg>",
    ]
    return "".join(parts)


def _told(network: Drawable) -> str:
    layers = len(network.assignment)
    return f"network of {layers} layers that multiply, {network.macs / 1e6:.3g} million times"


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))


def _y(number: int) -> float:
    """Return the middle of a row; the image is row -1."""
    return _TOP + _ROW * number + _ROW / 2 if number >= 0 else 16


def _lanes(rows: Sequence[DrawnRow]) -> dict[tuple[int, int], int]:
    """Give lines past other rows a lane each, in which they meet no other line.

    Returns:
        Lane by (row that is read, row that reads); those to the next row need none.
    """
    long = sorted(
        {(source, at) for at, row in enumerate(rows) for source in row.reads if source < at - 1},
        key=lambda edge: edge[1] - edge[0],
    )
    taken: list[list[tuple[int, int]]] = []
    lanes = {}
    for start, end in long:
        free = (i for i, lane in enumerate(taken) if all(end <= s or e <= start for s, e in lane))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((start, end))
        lanes[start, end] = lane
    return lanes


def _edges(rows: Sequence[DrawnRow], lanes: Mapping[tuple[int, int], int], left: int) -> list[str]:
    parts = []
    for at, row in enumerate(rows):
        for source in dict.fromkeys(row.reads):
            start = _y(source) + (_BOX / 2 if source >= 0 else 2)
            if (source, at) in lanes:
                x = left - 6 - _LANE * lanes[source, at]
                top = _y(source) if source >= 0 else 12
                # Below the middle out of a row and above it into another: no two lines meet.
                path = f"M{left} {top + 4:g}H{x}V{_y(at) - 4:g}H{left}"
            else:
                path = f"M{left + 20} {start}V{_y(at) - _BOX / 2}"
            parts.append(f'<path class="edge" d="{path}"/>')
    return parts


def _bands(rows: Sequence[DrawnRow], left: int) -> list[str]:
    """Put what belongs to one node on a band, which says its kind."""
    parts = []
    starts = [at for at, row in enumerate(rows) if at == 0 or rows[at - 1].node != row.node]
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        kind = escaped(rows[start].node_kind.replace("_", " "))
        parts.append(
            f'<rect class="band" x="{left - 4}" y="{_TOP + _ROW * start + 1.5}" rx="4" '
            f'width="{_WIDTH + 8}" height="{_ROW * (end - start) - 3}">'
            f"<title>{kind}</title></rect>"
        )
    return parts


def _box(
    number: int,
    row: DrawnRow,
    place: tuple[int, int],
    multiplier: str | None,
    relative: Mapping[str, float | None],
) -> str:
    y = _y(number)
    left, width = place
    text = f"{y + 4:g}"
    details = f'<tspan class="dim"> {escaped(row.details)}</tspan>' if row.details else ""
    box = (
        f'<rect class="box" x="{left}" y="{y - _BOX / 2:g}" width="{_WIDTH}" height="{_BOX}" '
        f'rx="3"><title>{escaped(row.name)}, {escaped(row.node_kind.replace("_", " "))}</title>'
        f'</rect><text x="{left + 6}" y="{text}">{escaped(row.title)}{details}</text>'
        f'<text class="dim" x="{left + _WIDTH - 6}" y="{text}" text-anchor="end">'
        f"{_shape(row.shape)}</text>"
    )
    if row.multiplications is None:
        return box
    chip = left + _WIDTH + 8
    name = multiplier or ""
    color = energy_class(relative.get(name))
    return (
        f'<g data-layer="{escaped(row.name)}">{box}<rect class="{color}" x="{chip}" '
        f'y="{y - _BOX / 2:g}" width="{width}" height="{_BOX}" rx="3"/>'
        f'<text x="{chip + 6}" y="{text}">{escaped(name)}</text></g>'
    )
