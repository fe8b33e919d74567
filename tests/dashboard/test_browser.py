"""The live view in headless Chromium: followed, clicked through, by keys, narrow, in the dark."""

import shutil

import pytest

from tests.browser import click_mark, needs_chromium, opened, started
from tests.dashboard.runs import (
    add_evaluation,
    assign_study,
    open_to_write,
    sweep_study,
    verified,
)
from tests.dashboard.serving import served
from tests.report.page.runs import EVIL, hostile, searched_networks, searched_synthetic

pytestmark = needs_chromium
SMALL = ("search.population=6", "search.generations=2")
SEEN = """key => {
  const chosen = document.querySelector(`#list tr.selected[data-key="${key}"]`);
  const row = chosen?.getBoundingClientRect();
  const list = document.querySelector("#list .scroll").getBoundingClientRect();
  return row && row.top >= list.top && row.bottom <= list.bottom;
}"""


@pytest.fixture(scope="module")
def browser():
    with started() as driven:
        yield driven


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    return searched_networks(tmp_path_factory.mktemp("runs") / "networks").path


@pytest.fixture(scope="module")
def folder(tmp_path_factory, networks):
    folder = tmp_path_factory.mktemp("browsed") / "runs"
    shutil.copytree(networks, folder / "networks")
    searched_synthetic(folder / "numbers", *SMALL)
    sweep_study(folder / "r8")
    assign_study(folder / "r8" / "assign", verified(0, 0.9, 100), verified(1, 0.88, 40))
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as found:
        yield found


def see(browser, address, path="/", **looks):
    return opened(browser, f"{address}{path}", within=address, **looks)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_a_mark_is_clicked_and_its_network_appears(browser, address, width, scheme):
    looks = {"width": width, "scheme": scheme}
    with see(browser, address, "/?show=networks", **looks) as (page, trouble):
        page.locator("#front-plot").scroll_into_view_if_needed()
        (hovered,) = click_mark(page, 0)
        assert page.locator("#chosen h3").text_content() in hovered
        assert page.locator("#chosen .drawing svg g[data-layer]").count() >= 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert trouble == []


def test_a_new_evaluation_appears_and_nothing_else_changes(browser, networks, tmp_path):
    shutil.copytree(networks, tmp_path / "runs" / "networks")
    database = open_to_write(tmp_path / "runs" / "networks")
    with served(tmp_path / "runs") as here, see(browser, here) as (page, trouble):
        click_mark(page, 1)
        chosen = page.locator("#chosen h3").text_content()
        page.locator("#reproduce details > summary").click()
        page.locator("#members th button").nth(2).click()
        page.select_option("#axis-x", "macs")
        member = page.locator("#members tbody button").nth(1)
        focused = member.text_content()
        member.focus()
        name = add_evaluation(database, error=0.001, energy=1e6)
        page.wait_for_selector(f"#members tbody td:has-text({name!r})")
        assert page.locator("#chosen h3").text_content() == chosen
        assert page.locator("#axis-x").input_value() == "macs"
        assert page.locator("#reproduce details").get_attribute("open") is not None
        assert page.locator("#members th[aria-sort]").count() == 1
        assert page.evaluate("document.activeElement.textContent") == focused
        assert name in page.evaluate("front.data.runs[0].ids")
        # The list is of the question before the front's: of the next one at the latest.
        page.wait_for_selector("#list tr[data-key=networks]:has-text('25 candidates')")
        page.evaluate("window.stayed = true")
        best = add_evaluation(database, error=0.0001, energy=0.0001)
        database.close()
        page.wait_for_selector(f"#members tbody td:has-text({best!r})")
        assert page.locator("#members tbody tr").count() == 1
        assert page.locator("#chosen h3").text_content() == chosen
        shutil.rmtree(tmp_path / "runs" / "networks")
        page.wait_for_selector("text=is not there, or not any more")
        shutil.copytree(networks, tmp_path / "runs" / "another")
        page.wait_for_selector("#list tr[data-key=another]")
        assert page.evaluate("window.stayed")
        assert trouble == []


def test_keys_alone_choose_and_compare(browser, address):
    with see(browser, address, "/?show=numbers") as (page, trouble):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        link = page.locator("#list tr[data-key=networks] a")
        for _ in range(20):
            page.keyboard.press("Tab")
            if link.evaluate("each => each === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_selector("#about h2:has-text('networks')")
        assert page.url.endswith("?show=networks")
        box = page.locator("#list tr[data-key=numbers] input")
        box.focus()
        page.keyboard.press("Space")
        page.wait_for_selector("#compared")
        assert box.evaluate("each => each === document.activeElement")
        assert page.locator("#compared th").all_text_contents()[1:3] == ["networks", "numbers"]
        page.locator("#front-plot").focus()
        before = page.locator("#chosen h3").text_content()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        assert page.locator("#chosen h3").text_content().startswith(before.split(",")[0])
        page.go_back()
        page.wait_for_selector("#compared", state="detached")
        assert trouble == []


def test_links_to_parts_open_them_and_keep_what_is_chosen(browser, address):
    with see(browser, address, "/?show=networks&show=numbers") as (page, trouble):
        click_mark(page, 1)
        chosen = page.locator("#chosen h3").text_content()
        page.evaluate("document.getElementById('front').stayed = true")
        page.locator("#about a[href='#run-1']").click()
        page.wait_for_selector("#run-1[open]")
        page.wait_for_timeout(1500)
        assert page.evaluate("document.getElementById('front').stayed")
        assert page.locator("#chosen h3").text_content() == chosen
        assert trouble == []


def test_studies_are_shown_beside_runs(browser, address):
    path = "/?show=r8/assign&show=r8&show=networks"
    with see(browser, address, path, width=390) as (page, trouble):
        assert page.locator("#compared th").all_text_contents()[1:] == [
            "r8/assign",
            "r8",
            "networks",
        ]
        assert page.locator("#chosen h3").text_content().startswith("r8/assign, a00")
        page.locator("#chosen summary").click()
        assert "mul8u_exact" in page.locator("#chosen table").text_content()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert trouble == []


def test_what_an_address_names_is_seen_in_a_long_list(browser, tmp_path):
    for i in range(40):
        sweep_study(tmp_path / f"study{i:02d}")
    with served(tmp_path) as address, see(browser, address, "/?show=study07") as (page, trouble):
        page.wait_for_selector("html[data-ready]")
        for name in ("study07", "study31"):
            page.evaluate(f"history.pushState(null, '', '?show={name}')")
            page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
            page.wait_for_function(SEEN, arg=name)
        assert trouble == []


def test_hostile_names_do_nothing(browser, tmp_path):
    hostile(tmp_path / EVIL)
    with served(tmp_path) as here, see(browser, here) as (page, trouble):
        assert page.locator("#list a").text_content() == EVIL
        page.locator("#list a").click()
        page.wait_for_selector("#view:not([aria-busy])")
        page.locator("#chosen summary").click()
        assert EVIL in page.locator("#chosen table").text_content()
        assert page.locator("img").count() == 0
        assert trouble == []


def test_an_end_of_the_server_is_told(browser, folder):
    with served(folder) as here:
        context = see(browser, here)
        page, _ = context.__enter__()
    page.wait_for_selector("#trouble:has-text('does not answer')")
    context.__exit__(None, None, None)
