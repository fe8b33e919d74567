from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import DatasetError, StoreError
from evoapproxnas.files import read_rows
from tests.mutation import changed


@dataclass(frozen=True)
class Point:
    name: str
    power: float
    gates: int | None = None


def test_rows_of_any_program(tmp_path):
    path = tmp_path / "points.csv"
    path.write_bytes(b'power,else,name\r\n1.5,x,"two\nlines"\r\n\r\n2,,b\r\n')
    assert read_rows(Point, path) == [Point("two\nlines", 1.5), Point("b", 2.0)]
    path.write_text("name,power,gates\na,1,7\nb,2,\n", "utf-8-sig")  # As spreadsheets do.
    assert read_rows(Point, path) == [Point("a", 1.0, 7), Point("b", 2.0)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ":1: columns name, power are missing"),
        ("name\na\n", ":1: columns power are missing; its first line, cells between commas"),
        ("name;power\na;1\n", "is 'name;power'"),
        ("name,power\na\n", ":2: 1 cells for 2 columns"),
        ("name,power\na,1\n\nb,x\n", ":4: 'power': input should be a valid number, got 'x'"),
        ('name,power\n"a,1\n', ": unexpected end of data"),
    ],
)
def test_what_is_malformed_is_told(tmp_path, text, told):
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(DatasetError) as caught:
        read_rows(Point, path, error=DatasetError)
    assert told in str(caught.value)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_changed_file_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("points") / "points.csv"
    path.write_bytes(changed(data, b'name,power,gates\n"a",1.5,7\nb,2,\n'))
    try:
        read_rows(Point, path)
    except StoreError:
        pass
