"""Pages in headless Chromium: nothing complains or is asked for, and what is clicked shows."""

from itertools import pairwise

import pytest

from evoapproxnas.report.page import write_report
from tests.browser import click_mark, needs_chromium, opened, started
from tests.report.page.runs import EVIL, hostile, searched_networks, searched_synthetic

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser():
    with started() as driven:
        yield driven


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    write_report([searched_networks(folder / "networks")], folder / "page.html")
    return (folder / "page.html").as_uri()


def overlapping(page, texts):
    boxes = page.locator(texts).evaluate_all("all => all.map((e) => e.getBoundingClientRect())")
    ends = sorted((box["left"], box["right"]) for box in boxes)
    return [a for a, b in pairwise(ends) if a[1] > b[0]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_a_mark_is_pointed_at_and_clicked_and_its_network_appears(
    browser, networks, width, scheme
):
    with opened(browser, networks, width=width, scheme=scheme) as (page, trouble):
        page.locator("#front-plot").scroll_into_view_if_needed()
        before = page.locator("#chosen h3").text_content()
        (hovered,) = click_mark(page, 0)
        chosen = page.locator("#chosen h3").text_content()
        assert chosen in hovered
        assert "layers" in hovered
        layers = page.locator("#chosen .drawing svg g[data-layer]")
        assert layers.count() >= 1
        assert "mul8" in layers.first.text_content()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not overlapping(page, "#front-plot .xtick text")
        assert before
        assert trouble == []


def test_keys_go_along_the_front_and_the_table_follows(browser, networks):
    with opened(browser, networks) as (page, trouble):
        page.locator("#front-plot").focus()
        seen = {page.locator("#chosen h3").text_content()}
        for _ in range(page.locator("#members tbody tr").count()):
            page.keyboard.press("ArrowLeft")
            seen.add(page.locator("#chosen h3").text_content())
        assert len(seen) == page.locator("#members tbody tr").count()
        assert page.locator("tr.selected").count() == 1
        page.locator("#members tbody button").first.focus()
        page.keyboard.press("Enter")
        first = page.locator("#members tbody button").first.text_content()
        assert page.locator("#chosen h3").text_content() == first
        assert trouble == []


def test_axes_tables_and_figures_follow_the_reader(browser, networks):
    with opened(browser, networks) as (page, trouble):
        page.select_option("#axis-x", "macs")
        page.select_option("#progress-x", "hours")
        page.uncheck("#log-x")
        assert "multiply-accumulates" in page.locator("#front-plot .xtitle").text_content()
        head = page.locator("#members th button").nth(2)
        head.click()
        values = page.locator("#members tbody tr td:nth-child(3)").all_text_contents()
        assert values == sorted(values, key=float)
        head.click()
        assert (
            page.locator("#members tbody tr td:nth-child(3)").all_text_contents() == values[::-1]
        )
        cut = page.evaluate("shortened('mul8u_evo_mae0p0982_p56p4')")
        assert cut == "mul8u_evo_m…82_p56p4"
        page.emulate_media(color_scheme="dark")
        page.locator("#chosen summary").click()
        assert page.locator("#chosen table tbody tr").count() >= 1
        assert trouble == []


def test_tables_sort_by_numbers_whatever_they_look_like(browser, tmp_path):
    run = searched_networks(tmp_path / "finished")
    (run.path / "finish").mkdir()
    rows = ("a,4090.5", "b,353.2", "c,", "d,1130")
    lines = [f"{row},approximate,0.9,0.9" for row in rows]
    head = "id,energy_nj,kind,test_accuracy,val_accuracy"
    (run.path / "finish" / "finish.csv").write_text("\n".join((head, *lines, "")))
    write_report([run], tmp_path / "page.html")
    with opened(browser, (tmp_path / "page.html").as_uri()) as (page, trouble):
        names = page.locator("#finished tbody tr td:first-child")
        head = page.locator("#finished th button:has-text('energy')")
        head.click()
        assert "".join(names.all_text_contents()) == "bdac"
        head.click()
        assert "".join(names.all_text_contents()) == "adbc"
        assert trouble == []


def test_hostile_names_do_nothing(browser, tmp_path):
    write_report([hostile(tmp_path / EVIL)], tmp_path / "page.html")
    with opened(browser, (tmp_path / "page.html").as_uri()) as (page, trouble):
        click_mark(page, 0)
        page.locator("#chosen summary").click()
        assert page.locator("h1").text_content() == EVIL
        assert EVIL in page.locator("#chosen table").text_content()
        assert page.locator("img").count() == 0
        assert trouble == []


def test_two_runs_of_a_thousand_evaluations_are_drawn(browser, tmp_path):
    runs = [
        searched_synthetic(
            tmp_path / name, "search.population=50", "search.generations=19", f"seed={seed}"
        )
        for seed, name in enumerate(("a", "b"))
    ]
    write_report(runs, tmp_path / "page.html")
    with opened(browser, (tmp_path / "page.html").as_uri()) as (page, trouble):
        assert page.locator("#front-plot path.point").count() >= 2000
        page.locator("#run-1 > summary").click()
        page.locator("#run-1 tbody button").first.click()
        assert page.locator("#chosen h3").text_content().startswith("b, ")
        assert trouble == []


def test_a_run_without_figures_opens(browser, tmp_path):
    write_report(
        [searched_synthetic(tmp_path / "empty", "search.max_hours=1e-9")], tmp_path / "page.html"
    )
    with opened(browser, (tmp_path / "page.html").as_uri()) as (page, trouble):
        assert page.locator("#reproduce .command").count() >= 3
        assert trouble == []
