import os
import threading
import time

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.files import locked, take_lock


def test_a_folder_is_for_one_process(tmp_path):
    folder = tmp_path / "deep" / "study"
    with locked(folder):
        with pytest.raises(StoreError, match="another process works in .*study; look at it"):
            take_lock(folder, advice="look at it")
    take_lock(folder).release()


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
