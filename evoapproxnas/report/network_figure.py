"""A network as boxes and arrows: shapes, multipliers, and where its energy goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from evoapproxnas.report.data.drawing import NetworkDrawing
from evoapproxnas.report.style import DARK, GREY, NARROW, WIDTH, new_figure, shown

_LINE = 0.145
"""Height of a line of text, inches."""
_CHARACTER = 0.058
"""Width of a character at the size of text in boxes, inches."""
_BOLD = 1.18
"""Wider by this are the letters of a box's first line."""
_SIZE = 7.0
"""Of text in boxes, points."""
_PADDING = 0.06
_GAP = 0.24
"""Between the rows of boxes, inches."""
_SHAPE = 0.75
"""Room for the shape beside a box, inches."""
_TALLEST = 100.0
"""Inches; longer networks are drawn smaller."""
_PALE_BOX = "0.957"
_STRONGEST = 0.4
"""Share of the energy that has the strongest colour."""
_MAP = ListedColormap(colormaps["Oranges"](np.linspace(0.05, 0.6, 64)))


def draw_network(drawing: NetworkDrawing, *, width: float = WIDTH, title: str = "") -> Figure:
    """Draw a network from the image at the top to the logits at the bottom.

    A box is a node: its kind, its layers with their multipliers, and its share of the network's
    multiplier energy, which also is its colour. Beside lines stands the shape of what is passed
    on, where it changes.

    Args:
        drawing: of `network_drawing`.
        width: of the figure, inches; networks with many branches make it wider.
        title: above it.
    """
    plan = _Plan.of(drawing, most=int(np.clip((width - 0.5) / _CHARACTER, 24, 46)))
    heading = _heading(drawing.nodes, plan.total, title, width)
    head = 0.19 * len(heading) + 0.15
    across, height = max(width, plan.right - plan.left + 0.3), plan.height + head + 0.15
    figure = new_figure(across, min(height, _TALLEST))
    figure.set_layout_engine("none")  # Places are in inches already.
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    start = (plan.left + plan.right - across) / 2
    axes.set_xlim(start, start + across)
    axes.set_ylim(plan.height + 0.15, -head)
    axes.axis("off")
    for edge in drawing.edges.to_dict("records"):
        _draw_edge(axes, plan, edge["source"], edge["target"], edge["path"])
    for node in plan.boxes:
        _draw_box(axes, plan, node)
    axes.text(start + 0.12, 0.08 - head, "\n".join(heading), fontsize=8.5, va="top",
              linespacing=1.35)  # fmt: skip
    return figure


@dataclass(frozen=True, eq=False)
class _Plan:
    """Sizes and places in inches, y downwards.

    Attributes:
        rows: of the nodes, by number.
        texts: lines in each box.
        boxes: left, top, width and height of each.
        bands: top and height of each depth.
        step: between columns of the layout.
        total: multiplier energy, nJ.
    """

    rows: Mapping[int, Mapping[str, Any]]
    texts: Mapping[int, list[str]]
    boxes: Mapping[int, tuple[float, float, float, float]]
    bands: Mapping[int, tuple[float, float]]
    step: float
    total: float
    left: float
    right: float

    @property
    def height(self) -> float:
        """Of all rows."""
        return max(top + height for top, height in self.bands.values())

    @classmethod
    def of(cls, drawing: NetworkDrawing, *, most: int) -> "_Plan":
        """Plan a drawing with lines of at most so many characters."""
        total = float(drawing.nodes["energy_nj"].sum(skipna=False))
        rows: dict[int, dict[str, Any]] = {
            int(row["node"]): {str(name): value for name, value in row.items()}
            for row in drawing.nodes.to_dict("records")
        }
        texts = {node: _text(row, total, most=most) for node, row in rows.items()}
        sizes = {node: _size(lines) for node, lines in texts.items()}
        heights: dict[int, float] = {}
        for node, row in rows.items():
            heights[row["depth"]] = max(heights.get(row["depth"], 0.0), sizes[node][1])
        tops = np.concatenate([[0.0], np.cumsum([heights[d] + _GAP for d in sorted(heights)])])
        bands = {d: (float(tops[i]), heights[d]) for i, d in enumerate(sorted(heights))}
        step = max(width for width, _ in sizes.values()) + 0.3
        boxes = {}
        for node, row in rows.items():
            (width, height), (top, room) = sizes[node], bands[row["depth"]]
            boxes[node] = (row["x"] * step - width / 2, top + (room - height) / 2, width, height)
        passed = [x * step for path in drawing.edges["path"] for x, _ in path]
        left = min([box[0] for box in boxes.values()] + passed)
        right = max([box[0] + box[2] + _SHAPE for box in boxes.values()] + passed)
        return cls(rows, texts, boxes, bands, step, total, left, right)


def _text(row: Mapping[str, Any], total: float, *, most: int) -> list[str]:
    kind = str(row["kind"]).replace("_", " ")
    lines = [shown(f"{kind}  {row['details']}" if row["details"] else kind, most)]
    lines += [shown(line, most) for line in row["layers"].split("\n") if line]
    if row["layers"]:
        lines.append(_energy(row["energy_nj"], row["exact_energy_nj"], total))
    return lines


def _energy(energy: float, exact: float, total: float) -> str:
    if np.isnan(energy):
        return "energy unknown"
    share = f", {100 * energy / total:.2g} %" if total > 0 else ""
    return f"{energy:.4g} nJ{share} ({energy / exact:.2f} of exact)"


def _heading(nodes: pd.DataFrame, total: float, title: str, width: float) -> list[str]:
    exact = float(nodes["exact_energy_nj"].sum())
    sizes = (
        f"{nodes['macs'].sum() / 1e6:.3g} MMAC, {nodes['parameters'].sum() / 1e3:.4g} k weights"
    )
    energy = f"{total:.4g} nJ / inference, {total / exact:.3f} of exact 8-bit"
    if np.isnan(total):
        energy = "energy unknown: a multiplier is not in the library"
    facts = [f"{sizes}; {energy}"] if width >= NARROW else [sizes, energy]
    return [shown(title, int(width / 0.085)), *facts] if title else facts


def _size(lines: Sequence[str]) -> tuple[float, float]:
    widest = max(len(lines[0]) * _BOLD, *map(len, lines))
    return max(widest * _CHARACTER, 0.7) + 2 * _PADDING, len(lines) * _LINE + 2 * _PADDING


def _draw_box(axes: Axes, plan: _Plan, node: int) -> None:
    left, top, width, height = plan.boxes[node]
    row = plan.rows[node]
    share = float(row["energy_nj"]) / plan.total if plan.total > 0 else 0.0
    multiplies = bool(row["layers"])
    # The pale half of the map, so that the text is dark on all of it.
    face = _MAP(0.95 * min(share / _STRONGEST, 1.0)) if multiplies else _PALE_BOX
    axes.add_patch(
        FancyBboxPatch(
            (left, top), width, height, boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=face, edgecolor=DARK if multiplies else GREY, linewidth=0.8, zorder=3,
        )
    )  # fmt: skip
    for i, line in enumerate(plan.texts[node]):
        axes.text(
            left + width / 2, top + _PADDING + (i + 0.5) * _LINE, line, ha="center",
            va="center", fontsize=_SIZE, zorder=4, weight="bold" if i == 0 else "normal",
        )  # fmt: skip
    axes.text(left + width + 0.05, top + height / 2, row["shape"].replace("x", "×"), fontsize=6.5,
              va="center", color="0.4", zorder=4)  # fmt: skip


def _draw_edge(
    axes: Axes, plan: _Plan, source: int, target: int, path: Sequence[tuple[float, float]]
) -> None:
    _, top, _, height = plan.boxes[source]
    x = path[0][0] * plan.step
    places, codes = [(x, top + height)], [Path.MOVETO]
    for (column, depth), last in zip(path[1:], [False] * (len(path) - 2) + [True], strict=True):
        above, x = places[-1], column * plan.step
        row_top, row_height = plan.bands[int(depth)]
        entry = plan.boxes[target][1] if last else row_top
        middle = (above[1] + entry) / 2
        places += [(above[0], middle), (x, middle), (x, entry)]
        codes += [Path.CURVE4] * 3
        if not last:
            places.append((x, row_top + row_height))
            codes.append(Path.LINETO)
    axes.add_patch(PathPatch(Path(places, codes), facecolor="none", edgecolor="0.45", lw=1.0,
                             zorder=2))  # fmt: skip
    end = places[-1]
    axes.plot([end[0] - 0.04, end[0], end[0] + 0.04], [end[1] - 0.07, end[1], end[1] - 0.07],
              color="0.45", lw=1.0, zorder=2)  # fmt: skip
