from xml.etree import ElementTree

import pytest

from evoapproxnas.html import SHADES
from evoapproxnas.networks.drawing import draw_network, energy_class, network_rows
from evoapproxnas.networks.zoo import ZOO, zoo_network

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=list(ZOO))
def network(request):
    return zoo_network(request.param, (32, 32, 3), 10)


def test_every_layer_that_multiplies_has_a_row_and_its_work(network):
    rows = {row.name: row for row in network_rows(network) if row.multiplications is not None}
    assert {name: row.multiplications for name, row in rows.items()} == {
        layer.name: layer.multiplications for layer in network.approx_layers
    }


def test_rows_read_rows_above_them_and_end_in_the_shape_of_the_network(network):
    rows = network_rows(network)
    assert all(-1 <= source < at for at, row in enumerate(rows) for source in row.reads)
    assert rows[-1].shape == (10,)
    read = {source for row in rows for source in row.reads}
    assert read == set(range(-1, len(rows) - 1))


def test_a_drawing_is_xml_and_names_layers_with_multipliers(network):
    names = set(network.assignment.values())
    root = ElementTree.fromstring(draw_network(network, dict.fromkeys(names, 0.5)))
    groups = root.findall(f"{SVG}g")
    assert [group.get("data-layer") for group in groups] == list(network.assignment)
    assert {group.findall(f"{SVG}text")[-1].text for group in groups} == names
    assert {group.findall(f"{SVG}rect")[-1].get("class") for group in groups} == {"e5"}


def test_lines_past_others_meet_none(network):
    root = ElementTree.fromstring(draw_network(network))
    lanes = {}
    for path in root.findall(f"{SVG}path"):
        text = path.get("d")
        if "H" in text:  # M left top H lane V bottom H left
            top, rest = text[1:].split("H", 1)
            lane, bottom = rest.split("V")
            span = float(top.split()[1]), float(bottom.split("H")[0])
            lanes.setdefault(lane, []).append(span)
    for spans in lanes.values():
        ordered = sorted(spans)
        assert all(a[1] <= b[0] for a, b in zip(ordered, ordered[1:], strict=False))


def test_without_multipliers_whoever_shows_it_names_them(network):
    root = ElementTree.fromstring(draw_network(network, styled=False))
    assert {group.findall(f"{SVG}text")[-1].text for group in root.findall(f"{SVG}g")} == {None}
    assert root.find(f"{SVG}style") is None


@pytest.mark.parametrize(
    ("relative", "expected"),
    [(None, "e-"), (float("nan"), "e-"), (0.0, "e0"), (0.49, "e4"), (1.0, "e9"), (7.0, "e9")],
)
def test_colours_stand_for_the_energy_of_a_multiplication(relative, expected):
    assert energy_class(relative) == expected
    assert SHADES == 10
