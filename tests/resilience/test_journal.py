from dataclasses import dataclass

import keras
import pytest
from filelock import FileLock

from evoapproxnas.errors import StoreError
from evoapproxnas.resilience.journal import Journal, fingerprint, read_record, study_folder


@dataclass(frozen=True)
class Measured:
    name: str
    count: int
    share: float
    good: bool
    known: bool | None = None


ROW = {"name": 'a, "b"', "count": 3, "share": 0.1 + 0.2, "good": True, "known": None}


def test_rows_come_back_as_they_were(tmp_path):
    journal = Journal(tmp_path, "rows.csv", tuple(ROW))
    journal.append(ROW)
    journal.append(ROW | {"known": False, "share": float("inf")})
    again = Journal(tmp_path, "rows.csv", tuple(ROW)).rows
    assert again == journal.rows
    assert read_record(Measured, again[0]) == Measured(**ROW)
    assert read_record(Measured, again[1]).known is False


@pytest.mark.parametrize("left", [0, 3, 40, 56])
def test_a_line_that_was_cut_short_is_dropped(tmp_path, left):
    path = tmp_path / "rows.csv"
    for _ in range(2):
        Journal(tmp_path, "rows.csv", tuple(ROW)).append(ROW)
    whole = path.read_text()
    path.write_text(whole[:left])
    journal = Journal(tmp_path, "rows.csv", tuple(ROW))
    for _ in range(2 - len(journal.rows)):
        journal.append(ROW)
    assert path.read_text() == whole


def test_without_a_folder_rows_stay_in_memory():
    journal = Journal(None, "rows.csv", tuple(ROW))
    journal.append(ROW)
    assert len(journal.rows) == 1


def test_files_of_something_else_are_refused(tmp_path):
    (tmp_path / "rows.csv").write_text("other,columns\n1,2\n")
    with pytest.raises(StoreError, match="choose another folder"):
        Journal(tmp_path, "rows.csv", tuple(ROW))


def test_a_folder_is_for_one_study_by_one_process(tmp_path):
    folder = tmp_path / "deep" / "study"
    with study_folder(folder, {"seed": 1}):
        with pytest.raises(StoreError, match="another process works"):
            with study_folder(folder, {"seed": 1}):
                pass
    with study_folder(folder, {"seed": 1}):
        pass
    with pytest.raises(StoreError, match="seed was 1, now 2"):
        with study_folder(folder, {"seed": 2}):
            pass
    assert not FileLock(folder / ".lock").is_locked
    (folder / "identity.json").write_text("{")
    with pytest.raises(StoreError, match="cannot be read"):
        with study_folder(folder, {"seed": 1}):
            pass
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot use folder"):
        with study_folder(tmp_path / "file" / "study", {}):
            pass


def test_fingerprints_follow_weights():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name="dense")])
    before = fingerprint(model)
    assert before == fingerprint(model)
    weights = model.get_weights()
    weights[1][0] += 1
    model.set_weights(weights)
    assert fingerprint(model) != before
