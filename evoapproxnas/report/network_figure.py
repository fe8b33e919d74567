"""A network as boxes and arrows: shapes, multipliers, and where its energy goes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from evoapproxnas.report.data.drawing import NetworkDrawing
from evoapproxnas.report.style import DARK, GREY, WIDTH, new_figure, shown

_LINE = 0.145
"""Height of a line of text, inches."""
_CHARACTER = 0.062
"""Width of a character, inches, at the size of text in boxes."""
_SIZE = 7.0
_PADDING = 0.07
_GAP = 0.26
"""Between the rows of boxes, inches."""
_MOST = 30
"""Characters of a line in a box."""
_PALE_BOX = "#f2f2f2"
_TALLEST = 100.0
"""Inches; longer networks are drawn smaller."""


def draw_network(drawing: NetworkDrawing, *, width: float = WIDTH, title: str = "") -> Figure:
    """Draw a network from the image at the top to the logits at the bottom.

    A box is a node: its kind, its layers with their multipliers, and its share of the network's
    multiplier energy, which also is its colour. Beside lines stands the shape of what is passed
    on, where it changes.

    Args:
        drawing: of `network_drawing`.
        width: of the figure, inches; wide networks make it wider.
        title: above it.
    """
    nodes = drawing.nodes.set_index("node")
    total = float(nodes["energy_nj"].sum(skipna=False))
    texts = {int(n): _text(row, total, most=_room(width)) for n, row in nodes.iterrows()}
    boxes = {n: _size(lines) for n, lines in texts.items()}
    tops = _tops(nodes, boxes)
    step = max(w for w, _ in boxes.values()) + 0.35
    left, right = _extent(drawing, boxes, step)
    height = max(tops[d] + h for d, h in _heights(nodes, boxes).items())
    across = max(width, right - left + 0.3)
    head = 0.55
    figure = new_figure(across, min(height + head + 0.15, _TALLEST))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    middle = (left + right) / 2
    axes.set_xlim(middle - across / 2, middle + across / 2)
    axes.set_ylim(height + 0.15, -head)
    axes.axis("off")
    places = _Places(nodes, boxes, tops, step)
    _draw_edges(axes, drawing, places)
    _draw_boxes(axes, nodes, texts, boxes, places, total)
    axes.text(middle - across / 2 + 0.12, -head + 0.08, _heading(nodes, total, title, across),
              fontsize=8.5, va="top", linespacing=1.35)  # fmt: skip
    return figure


def _room(width: float) -> int:
    return int(np.clip((width - 0.5) / _CHARACTER, 24, 46))


def _text(row: pd.Series, total: float, *, most: int) -> list[str]:
    kind = str(row["kind"]).replace("_", " ")
    details = f"  {row['details']}" if row["details"] else ""
    lines = [shown(kind + details, most)]
    lines += [shown(line, most) for line in str(row["layers"]).split("\n") if line]
    if row["layers"]:
        lines.append(_energy(row, total))
    return lines


def _energy(row: pd.Series, total: float) -> str:
    energy, exact = float(row["energy_nj"]), float(row["exact_energy_nj"])
    if np.isnan(energy):
        return "energy unknown"
    share = f", {100 * energy / total:.3g} %" if total > 0 else ""
    return f"{energy:.4g} nJ{share} ({energy / exact:.2f} of exact)"


def _heading(nodes: pd.DataFrame, total: float, title: str, width: float) -> str:
    exact = float(nodes["exact_energy_nj"].sum())
    energy = (
        "multiplier energy unknown: a multiplier is not in the library"
        if np.isnan(total)
        else f"{total:.4g} nJ / inference, {total / exact:.3f} of exact 8-bit"
    )
    sizes = f"{nodes['macs'].sum() / 1e6:.3g} MMAC, {nodes['parameters'].sum() / 1e3:.4g} k weights"
    first = shown(title, int(width / 0.075)) if title else ""
    lines = [first, f"{sizes}; {energy}" if width > 4.5 else f"{sizes}\n{energy}"]
    return "\n".join(filter(None, lines))


def _size(lines: Sequence[str]) -> tuple[float, float]:
    widest = max(len(line) for line in lines)
    return widest * _CHARACTER + 2 * _PADDING + 0.1, len(lines) * _LINE + 2 * _PADDING


def _heights(nodes: pd.DataFrame, boxes: dict[int, tuple[float, float]]) -> dict[int, float]:
    heights: dict[int, float] = {}
    for node, depth in nodes["depth"].items():
        heights[depth] = max(heights.get(depth, 0.0), boxes[int(node)][1])  # type: ignore[call-overload]
    return heights


def _tops(nodes: pd.DataFrame, boxes: dict[int, tuple[float, float]]) -> dict[int, float]:
    tops, at = {}, 0.0
    for depth, height in sorted(_heights(nodes, boxes).items()):
        tops[depth] = at
        at += height + _GAP
    return tops
