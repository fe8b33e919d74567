import os
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import EvoApproxNASError, StoreError
from evoapproxnas.files import Journal
from tests.mutation import changed


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
    again = Journal(tmp_path, "rows.csv", tuple(ROW))
    assert again.rows == journal.rows
    assert again.records(Measured) == [
        Measured(**ROW),
        Measured(**ROW | {"known": False, "share": float("inf")}),
    ]


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


def test_a_row_that_could_not_be_written_leaves_no_half(tmp_path, monkeypatch):
    journal = Journal(tmp_path, "rows.csv", tuple(ROW))
    before = (tmp_path / "rows.csv").read_text()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            journal.append(ROW)
    assert (tmp_path / "rows.csv").read_text() == before
    assert journal.rows == []
    journal.append(ROW)
    assert Journal(tmp_path, "rows.csv", tuple(ROW)).rows == journal.rows


def test_without_a_folder_rows_stay_in_memory():
    journal = Journal(None, "rows.csv", tuple(ROW))
    journal.append(ROW)
    assert len(journal.rows) == 1


def test_files_of_something_else_are_refused(tmp_path):
    (tmp_path / "rows.csv").write_text("other,columns\n1,2\n")
    with pytest.raises(StoreError, match="choose another folder"):
        Journal(tmp_path, "rows.csv", tuple(ROW))
    with pytest.raises(StoreError, match="one line"):
        Journal(None, "rows.csv", ("a",)).append({"a": "two\nlines"})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a,3", "rows.csv:3: 2 cells for 5 columns"),
        ('"a,3,0.5,True,', "rows.csv:3: unexpected end"),
        ("a,b,0.5,True,", "rows.csv:3: 'count': input should be a valid integer, got 'b'"),
        ("", "rows.csv:3: 0 cells"),
    ],
)
def test_a_damaged_row_is_told_with_file_and_line(tmp_path, line, told):
    Journal(tmp_path, "rows.csv", tuple(ROW)).append(ROW)
    with (tmp_path / "rows.csv").open("a") as file:
        file.write(line + "\n" + "a,3,0.5,True,\n")
    with pytest.raises(StoreError) as caught:
        Journal(tmp_path, "rows.csv", tuple(ROW)).records(Measured)
    assert told in str(caught.value)


@settings(max_examples=60)
@given(st.data())
def test_a_changed_file_is_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder, "rows.csv", tuple(ROW))
    journal.extend([ROW, ROW])
    (folder / "rows.csv").write_bytes(changed(data, (folder / "rows.csv").read_bytes()))
    try:
        Journal(folder, "rows.csv", tuple(ROW)).records(Measured)
    except EvoApproxNASError:
        pass
