import os
import shutil

import pytest

from evoapproxnas.errors import StoreError
from tests.dashboard.runs import assign_study, sweep_study, verified
from tests.dashboard.serving import Places
from tests.synthetic_runs import synthetic_run


@pytest.fixture
def folder(tmp_path):
    synthetic_run(tmp_path / "runs" / "one")
    synthetic_run(tmp_path / "runs" / "deep" / "two")
    sweep_study(tmp_path / "runs" / "r8")
    assign_study(tmp_path / "runs" / "r8" / "assign", verified(0, 0.9, 100))
    (tmp_path / "runs" / "notes").mkdir()
    return tmp_path / "runs"


def kinds(places):
    return {key: place.kind for key, place in places.find().items()}


def test_runs_and_studies_are_found_by_where_they_lie(folder):
    found = kinds(Places([folder]))
    assert found == {"one": "run", "deep/two": "run", "r8": "study", "r8/assign": "study"}


def test_what_is_a_run_itself_may_be_named(folder):
    assert kinds(Places([folder / "one"])) == {"one": "run"}
    both = kinds(Places([folder / "one", folder / "r8"]))
    assert both == {"one": "run", "r8": "study", "r8/assign": "study"}


def test_a_folder_that_is_named_twice_is_shown_once(folder):
    assert len(kinds(Places([folder, folder / "one", folder]))) == 4


def test_folders_of_one_name_are_told_apart(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "other" / "runs")
    found = kinds(Places([folder, tmp_path / "other" / "runs"]))
    assert len(found) == 8
    assert "runs/one" in found


def test_what_appears_and_vanishes_is_noticed(folder, tmp_path):
    places = Places([folder, tmp_path / "later"])
    before = len(kinds(places))
    synthetic_run(tmp_path / "later" / "three")
    assert len(kinds(places)) == before + 1
    shutil.rmtree(folder / "deep")
    assert len(kinds(places)) == before
    shutil.rmtree(folder)
    assert len(kinds(places)) == 1


def test_links_lead_nowhere(folder, tmp_path):
    outside = synthetic_run(tmp_path / "elsewhere" / "secret").path
    (folder / "linked").symlink_to(outside)
    (folder / "half").mkdir()
    (folder / "half" / "campaign.sqlite").symlink_to(outside / "campaign.sqlite")
    found = Places([folder]).find()
    assert "linked" not in found
    assert "half" not in found
    for name in ("config.toml", "environment.json", "campaign.log", "finish"):
        copy = folder / f"with {name}"
        shutil.copytree(folder / "one", copy)
        (copy / name).unlink(missing_ok=True)
        (copy / name).symlink_to(outside / "config.toml")
        with pytest.raises(StoreError, match=f"{name} is a link"):
            Places([folder]).find()[copy.name].check()


def test_a_pipe_is_not_waited_at(folder):
    os.mkfifo(folder / "one" / "campaign.log")
    with pytest.raises(StoreError, match="no ordinary file"):
        Places([folder]).find()["one"].check()


def test_a_file_in_place_of_a_folder_is_told(folder):
    with pytest.raises(StoreError, match="is no folder"):
        Places([folder / "one" / "config.toml"])


def test_stamps_change_with_any_file_of_a_run(folder):
    place = Places([folder]).find()["one"]
    seen = {place.stamps()}
    (folder / "one" / "campaign.sqlite-wal").write_bytes(b"more")
    seen.add(place.stamps())
    (folder / "one" / "campaign.log").write_text("finished: all done")
    seen.add(place.stamps())
    (folder / "one" / "models" / "g00-00.npz").write_bytes(b"weights")
    seen.add(place.stamps())
    assert len(seen) == 3
