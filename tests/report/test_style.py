import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from evoapproxnas.report.style import (
    COLORS,
    color_of,
    fit_scale,
    mark_of,
    new_figure,
    shown,
    wrapped,
)

ROOT = Path(__file__).parents[2]
SEEN_BY = {
    "all cones": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}
"""Machado, Oliveira, Fernandes, "A physiologically-based model", IEEE TVCG 2009."""


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_the_first_colours_are_apart_for_all_eyes(eyes):
    seen = [np.array(SEEN_BY[eyes]) @ np.array(to_rgb(color)) for color in COLORS[:6]]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 0.12


def test_colours_and_marks_begin_again():
    assert color_of(len(COLORS)) == color_of(0)
    assert len({mark_of(i) for i in range(10)}) == 10


def test_names_are_shown_as_there_is_room():
    assert shown("short") == "short"
    assert len(shown("x" * 200, 30)) == 30
    assert shown("a$b$") == r"a\$b\$"
    assert shown("_hidden").startswith(" ")
    assert shown("two\nlines\x00") == "two lines"
    assert max(map(len, wrapped("word " * 40, 3.5).splitlines())) < 60


def test_scales_fit_what_is_drawn():
    axes = new_figure(3, 3).subplots()
    fit_scale(axes.xaxis, [1.0, 1000.0, float("nan")])
    fit_scale(axes.yaxis, [0.0, 1000.0])
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    fit_scale(axes.yaxis, [])
    fit_scale(axes.yaxis, [2e6, 3e6])
    assert axes.yaxis.get_major_formatter()(2e6) == "2M"


def test_all_figures_have_their_colours_and_layout_from_here():
    figures = [*ROOT.glob("evoapproxnas/report/*.py"), *ROOT.glob("plots/*.py")]
    own = re.compile(r"#[0-9a-fA-F]{6}\b|\bFigure\(figsize|color_cycle|\.grid\(")
    found = {path.name: own.findall(path.read_text("utf-8")) for path in figures}
    assert {name for name, colours in found.items() if colours} == {"style.py"}
