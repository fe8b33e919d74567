import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.files.frames import read_frame


def test_a_row_that_is_being_written_does_not_count_yet(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("id,accuracy\na,0.5\nb,0.2")
    assert read_frame(path, ("id",), advice="x")["id"].tolist() == ["a", "b"]
    assert read_frame(path, ("id",), advice="x", growing=True)["id"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "No columns"),
        ("a,b\n1,2,3\n4,5,6,7\n", "cannot read .*table.csv"),
        ("a\n1\n", "lacks column id"),
        (b"\xff\xfe\x00", "cannot read"),
    ],
)
def test_what_is_no_such_table_says_what_to_do(tmp_path, text, told):
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StoreError, match=told):
        read_frame(path, ("id",), advice="measure again")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreError, match=r"table\.csv: No such file.*; measure again"):
        read_frame(tmp_path / "table.csv", advice="measure again")
