import os
import re
import subprocess
import sys
import time

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.files import atomic_file, atomic_folder, remove_leftovers, write_atomically


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def synced(monkeypatch):
    """Paths whose content was brought to the disk, in order."""
    paths, sync = [], os.fsync

    def record(descriptor):
        paths.append(os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    return paths


@pytest.mark.parametrize("content", ["grün\r\n", b"\0\xff"])
def test_text_and_bytes_arrive_as_they_are_and_on_the_disk(tmp_path, content, synced):
    target = tmp_path / "figures.csv"
    write_atomically(target, "old")
    synced.clear()
    write_atomically(target, content)
    expected = content.encode() if isinstance(content, str) else content
    assert target.read_bytes() == expected
    assert names(tmp_path) == ["figures.csv"]
    assert synced[0].startswith(".figures.partial-")
    assert synced[1] == tmp_path.name


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, problem):
    target = tmp_path / "g00-01.float.keras"
    target.write_text("old")

    def write():
        with atomic_file(target) as partial:
            assert partial.suffix == ".keras"
            partial.write_text("half")
            raise problem

    with pytest.raises((StoreError, KeyboardInterrupt)) as caught:
        write()
    if isinstance(problem, OSError):
        assert "No space left on device; free some space" in str(caught.value)
    assert target.read_text() == "old"
    assert names(tmp_path) == [target.name]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "far").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to("far/file.txt")
    write_atomically(link, "text")
    assert link.is_symlink()
    assert (tmp_path / "far" / "file.txt").read_text() == "text"


def test_a_writer_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(StoreError, match="cannot write"):
        with atomic_file(tmp_path / "a.csv"):
            pass
    with pytest.raises(StoreError, match="cannot write"):
        write_atomically(tmp_path / "no folder" / "a.csv", "")


def test_what_another_user_left_is_left_alone(tmp_path, monkeypatch):
    with pytest.raises(KeyboardInterrupt), atomic_file(tmp_path / "a.txt") as partial:
        raise KeyboardInterrupt
    dead = subprocess.Popen(["true"])
    dead.wait()
    leftover = tmp_path / re.sub(r"-\d+@", f"-{dead.pid}@", partial.name)
    leftover.touch()
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 12345)
        remove_leftovers(tmp_path)
    assert leftover.exists()
    remove_leftovers(tmp_path)
    assert not leftover.exists()


def test_a_folder_appears_with_all_that_is_in_it(tmp_path, synced):
    target = tmp_path / "deep" / "run-001"
    with atomic_folder(target) as partial:
        (partial / "models").mkdir()
        (partial / "config.toml").write_text("seed = 0")
        assert not target.exists()
    assert names(target) == ["config.toml", "models"]
    assert names(target.parent) == ["run-001"]
    assert {"config.toml", "models"} < set(synced)
    with pytest.raises(StoreError, match="cannot write"):
        with atomic_folder(target):
            pass
    assert names(target.parent) == ["run-001"]


def test_what_a_killed_process_left_is_removed_by_the_next_writer(tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from evoapproxnas.files import atomic_folder\n"
        "with atomic_folder(Path(sys.argv[1])) as partial:\n"
        "    (partial / 'models').mkdir(); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "run")])
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".run.partial-*/models")) and time.monotonic() < deadline:
        time.sleep(0.05)
    (started,) = names(tmp_path)
    write_atomically(tmp_path / "other.txt", "")
    assert names(tmp_path) == [started, "other.txt"]  # It is alive.
    process.kill()
    process.wait()
    (tmp_path / f".run.partial-{process.pid}").mkdir()  # As older versions named it.
    (tmp_path / f".run.partial-{process.pid}@elsewhere").touch()
    (tmp_path / f".download.partial-{process.pid}").touch()  # Another program's.
    (tmp_path / ".mine.partial").touch()
    remove_leftovers(tmp_path)
    left = [f".download.partial-{process.pid}", ".mine.partial"]
    left += [f".run.partial-{process.pid}@elsewhere", "other.txt"]
    assert names(tmp_path) == left
