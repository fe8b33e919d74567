import shutil

import pytest

from evoapproxnas.files import let_go, take_lock
from evoapproxnas.report.page.building import build_content
from tests.dashboard.runs import (
    add_evaluation,
    assign_study,
    open_to_write,
    sweep_study,
    verified,
)
from tests.dashboard.serving import Places, Shelf
from tests.report.page.runs import (
    EVIL,
    change,
    hostile,
    searched_networks,
    searched_synthetic,
)
from tests.synthetic_runs import synthetic_run

SMALL = ("search.population=6", "search.generations=2")


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    return searched_synthetic(tmp_path_factory.mktemp("runs") / "one", *SMALL).path


@pytest.fixture
def folder(searched, tmp_path):
    shutil.copytree(searched, tmp_path / "runs" / "one")
    return tmp_path / "runs"


@pytest.fixture
def shelf(folder):
    return Shelf(Places([folder]), rest=0, first_seconds=600)


def row(shelf, key):
    (found,) = [each for each in shelf.rows() if each.key == key]
    return found


def opened(monkeypatch):
    """What is read from now on."""
    read = []
    for name in ("load_moment", "read_study"):
        real = getattr(__import__("evoapproxnas.dashboard.shelf", fromlist=[name]), name)
        monkeypatch.setattr(
            f"evoapproxnas.dashboard.shelf.{name}",
            lambda path, *more, real=real: read.append(path.name) or real(path, *more),
        )
    return read


def test_a_row_says_how_far_a_run_came(shelf):
    found = row(shelf, "one")
    assert (found.kind, found.state, found.trouble) == ("run", "finished", "")
    assert found.progress == "18 candidates, generation 2 of 2"
    assert len(found.best) == 2


def test_what_did_not_change_is_not_read_again(shelf, monkeypatch):
    read = opened(monkeypatch)
    first = shelf.rows(), shelf.view(["one"])
    assert read == ["one"]
    assert (shelf.rows(), shelf.view(["one"])) == first
    assert read == ["one"]


def test_a_new_evaluation_is_seen_while_it_is_written(shelf, folder):
    before = row(shelf, "one")
    points = len(shelf.view(["one"]).content.data["runs"][0]["ids"])
    database = open_to_write(folder / "one")
    name = add_evaluation(database, error=0.001)
    after, view = row(shelf, "one"), shelf.view(["one"])
    assert after.revision > before.revision
    assert view.revisions == {"one": after.revision}
    assert view.content.data["runs"][0]["ids"][points:] == [name]
    database.close()


def test_what_took_long_rests(folder, monkeypatch):
    monkeypatch.setattr("evoapproxnas.dashboard.shelf._LONGEST_REST", 1e9)
    shelf = Shelf(Places([folder]), rest=1e9)
    before = row(shelf, "one").revision
    (folder / "one" / "campaign.log").write_text("more")
    assert row(shelf, "one").revision == before


def test_who_works_on_a_run_is_told(shelf, folder):
    lock = take_lock(folder / "one")
    assert row(shelf, "one").state == "running"
    let_go(lock)
    assert row(shelf, "one").state == "finished"


def test_a_run_that_is_deleted_is_gone(shelf, folder):
    shelf.view(["one"])
    shutil.rmtree(folder / "one")
    assert shelf.rows() == []
    view = shelf.view(["one"])
    assert view.content is None
    assert view.trouble == (("one", "is not there, or not any more"),)


def test_a_damaged_run_is_told_and_keeps_nobody_else_away(shelf, folder):
    shutil.copytree(folder / "one", folder / "nan")
    to_nan = "UPDATE points SET metrics = replace(metrics, ?, ?)"
    change(folder / "nan", (to_nan, '"error": ', '"error": NaN, "was": '))
    shutil.copytree(folder / "one", folder / "cut")
    (folder / "cut" / "campaign.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    shutil.copytree(folder / "one", folder / "orphans")
    change(folder / "orphans", ("PRAGMA foreign_keys = 0",), ("DELETE FROM candidates",))
    assert "expected finite numbers" in row(shelf, "nan").trouble
    assert row(shelf, "cut").state == "unreadable"
    view = shelf.view(["nan", "one", "cut", "orphans"])
    assert [each["name"] for each in view.content.data["runs"]] == ["one"]
    assert [key for key, _ in view.trouble] == ["nan", "cut", "orphans"]


def test_what_turns_out_to_be_damaged_only_beside_others_is_left_out(shelf, folder, monkeypatch):
    shutil.copytree(folder / "one", folder / "odd")

    def builds(subjects):
        if any(each.label == "odd" for each in subjects):
            raise KeyError("odd")
        return build_content(subjects)

    monkeypatch.setattr("evoapproxnas.dashboard.beside.build_content", builds)
    view = shelf.view(["one", "odd"])
    assert view.content.title == "one"
    assert "is it damaged?" in dict(view.trouble)["odd"]
    assert shelf.view(["one", "odd"]) == view


def test_a_run_that_has_not_begun_and_failures_alone_have_rows(shelf, folder):
    synthetic_run(folder / "empty", *SMALL)
    found = row(shelf, "empty")
    assert (found.progress, found.best) == ("0 candidates, generation 0 of 2", ())
    assert shelf.view(["empty"]).content.data is None


def test_hostile_names_are_text(tmp_path):
    hostile(tmp_path / "runs" / EVIL)
    shelf = Shelf(Places([tmp_path / "runs"]), first_seconds=600)
    assert not row(shelf, EVIL).trouble
    html = shelf.view([EVIL]).content.html
    assert EVIL not in html
    assert "&lt;img src=x" in html


def test_a_library_that_a_run_names_is_looked_at_among_its_folders_only(tmp_path):
    run = searched_networks(tmp_path / "runs" / "networks").path
    for place in ("runs", "elsewhere"):
        (tmp_path / place / "mine").mkdir(parents=True)
        (tmp_path / place / "mine" / "catalog.csv").write_text("the first line of a secret\n")
        text = (run / "config.toml").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("library =")]
        named = f"[space]\nlibrary = '{tmp_path / place / 'mine'}'"
        (run / "config.toml").write_text("\n".join(lines).replace("[space]", named))
        shelf = Shelf(Places([tmp_path / "runs"]), rest=0, first_seconds=600)
        trouble = str(shelf.view(["networks"]).trouble)
        assert ("secret" in trouble or "catalog.csv" in trouble) == (place == "runs")


def test_studies_and_runs_stand_beside_each_other(shelf, folder):
    sweep_study(folder / "sweep")
    assign_study(folder / "assign", verified(0, 0.9, 100), verified(1, 0.88, 40))
    view = shelf.view(["one", "sweep", "assign"])
    run, sweep, assign = view.content.data["runs"]
    assert run["name"] == "one"
    assert sweep["columns"]["test_accuracy"]["values"] == (90.0, 89.0, 85.0, 20.0)
    assert sweep["front"] == [0, 1, 1, 0]
    assert sweep["beyond"] == [0, 0, 0, 1]
    assert assign["columns"]["accuracy"]["values"] == (90.0, 88.0)
    chosen = [assign["multipliers"][i]["name"] for i in assign["assignments"][1]]
    assert chosen == ["mul8u_exact", "mul8u_or8_v6"]
    assert row(shelf, "sweep").what == "every multiplier in all layers of r8 on digits"


def test_a_study_grows_and_half_a_line_is_none(shelf, folder):
    study = assign_study(folder / "assign", verified(0, 0.9, 100))
    assert row(shelf, "assign").progress == "1 measurement"
    with (study / "verified.csv").open("a") as file:
        file.write(verified(1, 0.88, 40) + "a002,1,")
    assert row(shelf, "assign").progress == "2 measurements"
    (study / "test.csv").write_text("id,accuracy\na001,0.75\n")
    (data,) = shelf.view(["assign"]).content.data["runs"]
    assert data["columns"]["test_accuracy"]["values"] == (None, 75.0)


@pytest.mark.parametrize("content", ["", "kind\n", "kind,multiplier\n1", "a,b\n1,2,3,4\n"])
def test_a_damaged_study_is_told(shelf, folder, content):
    sweep_study(folder / "sweep", rows=content)
    assert row(shelf, "sweep").state == "unreadable"
    assert row(shelf, "one").state == "finished"


def test_many_runs_are_read_bit_by_bit(folder):
    shutil.copytree(folder / "one", folder / "two")
    shelf = Shelf(Places([folder]), first_seconds=0)
    assert [each.state for each in shelf.rows()] == ["being read", "being read"]
    shelf.view(["two"])
    assert {each.key: each.state for each in shelf.rows()}["two"] == "finished"
