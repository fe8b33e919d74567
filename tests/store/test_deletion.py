"""What is deleted with a run, and what is not."""

import os

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.files import locked
from evoapproxnas.store import delete_run, extent
from tests.fakes import tiny_run


@pytest.fixture
def run(tmp_path):
    return tiny_run(tmp_path / "runs" / "first").path


def test_a_run_goes_with_all_that_is_in_its_folder(run):
    (run / "finish").mkdir()
    (run / "finish" / "model.keras").write_bytes(b"0" * 1000)
    found = extent(run)
    files = [path for path in run.rglob("*") if path.is_file()]
    assert (found.files, found.size_bytes) == (len(files), sum(f.stat().st_size for f in files))
    delete_run(run)
    assert list(run.parent.iterdir()) == []


def test_links_are_not_followed(run, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data.bin").write_bytes(b"0" * 10**6)
    before = extent(run)
    (run / "models" / "data.bin").symlink_to(outside / "data.bin")
    (run / "elsewhere").symlink_to(outside)
    (run / "up").symlink_to("..")
    after = extent(run)
    assert after.files == before.files + 3
    assert after.size_bytes < before.size_bytes + 1000
    delete_run(run)
    assert (outside / "data.bin").stat().st_size == 10**6


def test_a_link_to_a_run_is_no_run(run):
    link = run.parent / "link"
    link.symlink_to(run)
    for refused in (extent, delete_run):
        with pytest.raises(StoreError, match=f"link is a link to {run}"):
            refused(link)
    assert run.is_dir()
    assert link.is_symlink()


@pytest.mark.parametrize("missing", ["campaign.sqlite", "config.toml", None])
def test_a_folder_that_is_no_run_stays(run, missing):
    if missing is None:
        run = run.parent / "nothing"
    else:
        (run / missing).unlink()
    for refused in (extent, delete_run):
        with pytest.raises(StoreError, match="no run"):
            refused(run)
    assert missing is None or (run / "environment.json").is_file()


def test_a_run_that_a_process_works_on_stays(run):
    with locked(run):
        for refused in (extent, delete_run):
            with pytest.raises(StoreError, match="another process works in .*stop it first"):
                refused(run)
    assert (run / "campaign.sqlite").is_file()


def test_a_run_with_another_one_in_it_stays(run):
    tiny_run(run / "inner")
    with pytest.raises(StoreError, match=f"another run lies within {run}"):
        extent(run)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_folder_that_cannot_be_written_is_an_error(run):
    run.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot remove"):
            delete_run(run)
    finally:
        run.parent.chmod(0o700)
    assert (run / "campaign.sqlite").is_file()


def test_what_an_interrupted_deletion_left_goes_with_the_next_run(run, monkeypatch):
    def interrupted(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("evoapproxnas.files.atomic.shutil.rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            delete_run(run)
    (left,) = run.parent.iterdir()
    assert left.name.startswith(".")
    monkeypatch.setattr("evoapproxnas.files.atomic._lives", lambda thread: False)
    tiny_run(run.parent / "second")
    assert [path.name for path in run.parent.iterdir()] == ["second"]
