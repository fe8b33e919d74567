from xml.etree import ElementTree

import pytest

from evoapproxnas.html import beside, card, escaped, facts, number, table

HOSTILE = "<script>alert('x')</script>\"&\x00"


def parsed(html):
    return ElementTree.fromstring(html)


def test_every_text_on_a_card_is_escaped():
    html = card(
        HOSTILE, facts([(HOSTILE, HOSTILE)]), table((HOSTILE,), [(HOSTILE,)]), note=HOSTILE
    )
    assert "<script" not in html
    assert "".join(parsed(html).itertext()).count("alert('x')") == 6


def test_a_card_loads_nothing_and_takes_its_colours_from_where_it_is():
    html = card("title", "<b>part</b>")
    assert all(
        word not in html for word in ("http:", "https:", "url(", "@import", "<link", "src=")
    )
    assert "currentColor" in html
    assert len(html) < 3000


def test_rules_reach_cards_only():
    style = parsed(card("title")).find("style").text
    selectors = [part.split("{")[0] for part in style.split("}") if part]
    assert all(s.startswith(".evoapproxnas ") for part in selectors for s in part.split(","))


def test_facts_that_are_not_known_are_left_out():
    assert "power" not in facts([("power", None), ("area", 3.0)])


def test_numbers_stand_to_the_right_and_lacks_are_dashes():
    rows = parsed(table(("name", "value"), [("a", 1234.5), ("b", None)])).findall("tbody/tr")
    assert [cell.text for row in rows for cell in row] == ["a", "1,234", "b", "–"]
    assert [cell.get("class") for cell in rows[0]] == [None, "number"]


def test_beside_leaves_out_what_is_empty():
    assert len(parsed(beside("<i>a</i>", "", "<i>b</i>"))) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.123456, "0.1235"), (3.0, "3"), (12345.6, "12,346"), (float("nan"), "–"), ("x", "x")],
)
def test_numbers_have_four_digits(value, expected):
    assert number(value) == expected


def test_what_no_xml_holds_is_replaced():
    assert escaped("a\x00<b") == "a?&lt;b"
