from xml.etree import ElementTree

import numpy as np

from evoapproxnas.html import Dot, heat_map, scatter

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {"down": "a", "across": "w", "ends": (0, 255), "told": "errors"}


def drawn(svg):
    return ElementTree.fromstring(svg)


def test_the_largest_value_has_the_last_shade_and_zero_none():
    values = np.zeros((4, 4))
    values[1, 2:] = 8.0
    values[3, 0] = 0.01
    paths = drawn(heat_map(values, **LABELS)).findall(f"{SVG}g/{SVG}path")
    assert {path.get("class"): path.get("d") for path in paths} == {
        "e0": "M0 144h48v48h-48z",
        "e9": "M96 48h96v48h-96z",
    }


def test_a_matrix_of_zeros_is_an_empty_frame():
    assert not drawn(heat_map(np.zeros((4, 4)), **LABELS)).findall(f"{SVG}g/{SVG}path")


def dots(svg):
    return drawn(svg).findall(f"{SVG}g/{SVG}circle")


def test_points_lie_where_their_figures_are_the_dim_ones_behind():
    points = [Dot(0, 0, "low"), Dot(10, 1, "high"), Dot(5, 0.5, "<middle>", dim=True)]
    middle, low, high = dots(scatter(points, x_label="x", y_label="y", told="points"))
    assert middle.get("class") == "other"
    assert middle.find(f"{SVG}title").text == "<middle>"
    assert float(low.get("cx")) < float(middle.get("cx")) < float(high.get("cx"))
    assert float(low.get("cy")) > float(middle.get("cy")) > float(high.get("cy"))


def test_points_without_a_place_are_left_out():
    points = [Dot(float("nan"), 1, "no"), Dot(1, 0, "exact"), Dot(1, 2, "yes")]
    found = dots(scatter(points, x_label="x", y_label="y", told="points", log_y=True))
    assert [dot.find(f"{SVG}title").text for dot in found] == ["yes"]
    assert scatter(points[:1], x_label="x", y_label="y", told="points") == ""
