import os
import threading
import time

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.files import is_taken, let_go, locked, take_lock


def test_a_folder_is_for_one_process(tmp_path):
    folder = tmp_path / "deep" / "study"
    with locked(folder):
        with pytest.raises(StoreError, match="another process works in .*study; look at it"):
            take_lock(folder, advice="look at it")
    assert list(folder.iterdir()) == []
    let_go(take_lock(folder))
    assert list(folder.iterdir()) == []


def test_who_waited_at_a_lock_that_is_gone_is_not_alone_with_the_next(tmp_path):
    first = take_lock(tmp_path)
    waiting = threading.Thread(target=lambda: held.append(take_lock(tmp_path, wait=True)))
    held = []
    waiting.start()
    time.sleep(0.2)  # It has the file open by now.
    let_go(first)
    waiting.join()
    with pytest.raises(StoreError, match="another process works"):
        take_lock(tmp_path)
    let_go(held[0])


def test_who_waits_comes_next(tmp_path):
    taken, events = threading.Event(), []

    def first():
        with locked(tmp_path):
            taken.set()
            time.sleep(0.3)
            events.append("first is done")

    thread = threading.Thread(target=first)
    thread.start()
    taken.wait()
    with locked(tmp_path, wait=True):
        events.append("second has it")
    thread.join()
    assert events == ["first is done", "second has it"]


def test_folders_that_cannot_be_used_are_told(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot use folder"):
        with locked(tmp_path / "file" / "study"):
            pass

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match="cannot write in .*Permission denied"):
        take_lock(tmp_path)


def test_who_asks_whether_a_folder_is_taken_takes_nothing(tmp_path, monkeypatch):
    assert is_taken(tmp_path) is False
    lock = take_lock(tmp_path)
    assert is_taken(tmp_path) is True
    let_go(lock)
    (tmp_path / ".lock").touch()  # As a process leaves it that was killed.
    assert is_taken(tmp_path) is False
    monkeypatch.setattr("evoapproxnas.files.lock._LOCKS", tmp_path / "no such file")
    assert is_taken(tmp_path) is None
