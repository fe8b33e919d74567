"""What notebooks show of objects: small, complete in itself, escaped."""

from xml.etree import ElementTree

import pytest

from evoapproxnas.multipliers import Library, Multiplier, add_multiplier, exact_table, load_library
from evoapproxnas.networks.zoo import zoo_network
from evoapproxnas.search import run_campaign
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.readme.documents import ROOT

HOSTILE = "<img src=x onerror=alert(1)>"


def shown(thing, *, most=40_000):
    html = thing._repr_html_()
    assert len(html) < most
    assert "<script" not in html
    assert "<img" not in html
    assert html.startswith('<div class="evoapproxnas"')
    return " ".join(ElementTree.fromstring(html).itertext())


def test_a_multiplier_shows_figures_and_where_it_errs():
    multiplier = load_library()["mul8u_or8_v6"]
    text = shown(multiplier)
    assert "Multiplier mul8u_or8_v6" in text
    assert "up to 852.2" in text
    assert "0.4236" in text
    assert "weight" in text


def test_an_exact_multiplier_has_no_picture_of_errors():
    assert "it never errs" in shown(load_library()["exact8s"])


def test_names_are_text():
    multiplier = Multiplier.from_table(HOSTILE, exact_table(signed=False))
    assert HOSTILE in shown(multiplier)
    network = zoo_network("resnet8", (32, 32, 3), 10)
    named = network.with_assignment(dict.fromkeys(network.assignment, HOSTILE))
    assert HOSTILE in shown(named)


def test_a_library_shows_some_of_its_best():
    text = shown(load_library())
    assert "mul8u_exact" in text
    assert "gates" in text


def test_a_library_of_tables_without_power(tmp_path):
    library = load_library()
    add_multiplier(
        library.entry("mul8u_or8_v6"), library.netlist("mul8u_or8_v6"), library=tmp_path
    )
    assert "1 multiplier" in shown(Library(tmp_path))


def test_a_network_shows_layers_and_multipliers():
    network = zoo_network("resnet8", (32, 32, 3), 10)
    text = shown(network.with_assignment({"head": "mul8u_or8_v6"}), most=20_000)
    assert "MACs" in text
    assert "mul8u_or8_v6" in text


def test_a_run_shows_its_front(tmp_path):
    run = tiny_run(tmp_path / "run")
    assert "no generation of 4 done" in shown(run)
    run_campaign(run, FakeExecutor(), Recorder())
    text = shown(load_run(run.path))
    assert "generation 4 of 4 done" in text
    assert str(run.front()["id"].iloc[0]) in text


def test_a_run_of_one_objective_that_is_new_to_us(tmp_path):
    run = tiny_run(tmp_path / "run", 'search.objectives=["macs", "error"]')
    assert "(macs, error)" in shown(run)


@pytest.mark.parametrize("name", ["cifar10-reference"])
def test_the_reference_run_is_shown(name):
    # Steps on a candidate are no candidates; its networks are large, so there is more to draw.
    text = shown(load_run(ROOT / "runs" / name, read_only=True), most=80_000)
    assert "40 candidates" in text
