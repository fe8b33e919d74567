import os
import shutil
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

from tests.dashboard.runs import add_evaluation, open_to_write, sweep_study
from tests.dashboard.serving import answer, served, told
from tests.report.page.runs import EVIL, SCRIPT, hostile, searched_synthetic

SMALL = ("search.population=6", "search.generations=2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "runs"
    searched_synthetic(folder / "one", *SMALL)
    sweep_study(folder / "r8" / "sweep")
    hostile(folder / EVIL)
    (folder / "secret.txt").write_text("a secret")
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as found:
        yield found


def test_a_page_lists_and_shows_without_any_script(address):
    status, headers, content = answer(f"{address}/?show=one")
    page = content.decode()
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "r8/sweep" in page
    assert "18 candidates, generation 2 of 2" in page
    assert "Members of the front" in page


def test_names_are_text_wherever_they_stand(address):
    for path in ("/", "/?show=%3Cimg%20src=x%20onerror=alert(1)%3E", "/?show=%3Cscript%3E"):
        page = answer(address + path)[2].decode()
        assert EVIL not in page
        assert SCRIPT not in page
        assert "<script>" not in page
    state = told(f"{address}/state")
    assert EVIL not in state["html"]
    assert set(state["revisions"]) == {"one", "r8/sweep", EVIL}


def test_names_that_are_no_text_are_spelled_out(folder, tmp_path):
    shutil.copytree(folder / "one", os.fsdecode(os.fsencode(tmp_path / "runs") + b"/bad\xff"))
    with served(tmp_path / "runs") as here:
        (name,) = told(f"{here}/state")["revisions"]
        assert name == r"bad\udcff"
        page = answer(f"{here}/?show=" + quote(name))[2].decode()
        assert "Members of the front" in page
        assert told(f"{here}/view?show=" + quote(name))["title"] == name


def test_figures_have_their_data(address):
    view = told(f"{address}/view?show=one&show=r8/sweep")
    assert [run["name"] for run in view["data"]["runs"]] == ["one", "r8/sweep"]
    assert view["title"] == "one, r8/sweep"
    assert set(view["revisions"]) == {"one", "r8/sweep"}


@pytest.mark.parametrize(
    "name",
    ["../one", "..", "/etc", "one/../../secret.txt", "secret.txt", "one/campaign.sqlite", "", "%"],
)
def test_names_that_are_none_of_its_runs_lead_nowhere(address, name):
    view = told(f"{address}/view?show={name.replace('%', '%25')}")
    assert view["data"] is None
    assert "is not there" in view["html"]


@pytest.mark.parametrize(
    "path",
    ["/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/one/campaign.sqlite", "/parts",
     "/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/page.js/../../secret.txt"],
)  # fmt: skip
def test_no_file_is_served(address, path):
    status, _, content = answer(address + path)
    assert status == 404
    assert b"secret" not in content
    assert b"root:" not in content


def test_only_reading_is_answered(address):
    for method in ("POST", "PUT", "DELETE"):
        request = urllib.request.Request(f"{address}/state", method=method)
        with pytest.raises(urllib.error.HTTPError, match="405"):
            urllib.request.urlopen(request, timeout=120)


def test_a_domain_of_a_stranger_is_not_answered(address):
    status, _, content = answer(f"{address}/state", Host="evil.example")
    assert status == 421
    assert b"evil.example" in content
    assert b"revisions" not in content
    assert answer(f"{address}/state", Host="localhost:1")[0] == 200


def test_a_page_may_run_nothing_but_its_own_scripts(address):
    for path in ("/", "/state", "/nothing"):
        policy = answer(address + path)[1]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
    script = answer(f"{address}/page.js")
    assert script[1]["X-Content-Type-Options"] == "nosniff"
    assert script[1]["Content-Type"].startswith("text/javascript")


def test_what_did_not_change_is_not_sent_again(address):
    for path in ("/state?show=one", "/view?show=one", "/plotly.js", "/page.css"):
        status, headers, content = answer(address + path)
        assert (status, bool(content)) == (200, True)
        again = answer(address + path, If_None_Match=headers["ETag"])
        assert again[0] == 304
        assert again[2] == b""


def test_a_state_tells_of_a_new_evaluation(folder, tmp_path):
    shutil.copytree(folder / "one", tmp_path / "two")
    with served(tmp_path) as here:
        before = told(f"{here}/state")["revisions"]["two"]
        database = open_to_write(tmp_path / "two")
        add_evaluation(database, error=0.1)
        assert told(f"{here}/state")["revisions"]["two"] > before
        database.close()


def test_an_empty_folder_says_how_to_fill_it(tmp_path):
    with served(tmp_path / "nothing yet") as here:
        page = answer(f"{here}/")[2].decode()
        assert "Nothing here yet" in page
        assert "python -m evoapproxnas run NAME" in page
        searched_synthetic(tmp_path / "nothing yet" / "now", *SMALL)
        assert list(told(f"{here}/state")["revisions"]) == ["now"]
