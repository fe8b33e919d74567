import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from evoapproxnas.errors import DatasetError, EvoApproxNASError, StoreError
from evoapproxnas.files import (
    decode,
    decode_json,
    decode_row,
    encode_json,
    encode_row,
    read_json,
    read_text,
)
from tests.mutation import plain


@dataclass(frozen=True)
class Part:
    genes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measured:
    name: str
    count: Annotated[int, Field(ge=0)]
    share: float
    good: bool
    known: bool | None = None
    layers: Mapping[str, str] | None = None
    widths: tuple[int, ...] = ()
    part: Part = Part()


ROW = {"name": 'a, "b"', "count": "3", "share": "0.30000000000000004", "good": "True"}
RECORD = Measured('a, "b"', 3, 0.1 + 0.2, True)


def test_rows_and_records_follow_from_each_other():
    assert decode_row(Measured, ROW, where="a.csv:2") == RECORD
    full = Measured("", 0, -math.inf, False, False, {"a": "b"}, (1, 2))
    cells = encode_row(full)
    assert cells["known"] == "False"
    assert cells["layers"] == '{"a": "b"}'
    del cells["part"]
    assert decode_row(Measured, cells, where="") == full
    assert encode_row(RECORD)["known"] == ""
    assert math.isnan(decode_row(Measured, ROW | {"share": "nan"}, where="").share)


def test_json_and_records_follow_from_each_other():
    record = Measured("n", 1, 0.5, True, layers={"a": "b"}, widths=(1,), part=Part((7, 8)))
    assert decode_json(Measured, encode_json(record), where="a.json") == record
    with pytest.raises(StoreError, match="as JSON"):
        encode_json(Measured("n", 1, math.nan, True))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": "-1"}, "'count': input should be greater than or equal to 0, got -1"),
        ({"count": "1.0"}, "'count': input should be a valid integer, got '1.0'"),
        ({"good": "yes"}, "'good': input should be a valid boolean, got 'yes'"),
        ({"share": "x" * 500}, "got 'xxx"),
        ({"layers": "[]"}, "'layers'"),
        ({"layers": "{"}, "rows.csv:7: EOF"),
        ({"widths": "[1, true]"}, "'widths.1'"),
        ({"strange": "1"}, "'strange' is not one of count, good"),
    ],
)
def test_malformed_rows_are_told_with_file_and_row(change, told):
    with pytest.raises(DatasetError) as caught:
        decode_row(Measured, ROW | change, where="rows.csv:7", error=DatasetError)
    assert str(caught.value).startswith("rows.csv:7: ")
    assert told in str(caught.value)
    assert len(str(caught.value)) < 200
    with pytest.raises(StoreError, match="'count' is missing"):
        decode_row(Measured, {k: v for k, v in ROW.items() if k != "count"}, where="")


@pytest.mark.parametrize(
    "text",
    ['{"x": NaN}', '{"x": 1e999}', "[" * 100_000, "nothing", '{"a": 1}', "[]", '"\\ud800"'],
)
def test_malformed_json_is_told(text, tmp_path):
    with pytest.raises(StoreError, match=r"^here\.json: "):
        decode_json(Measured, text, where="here.json")


def test_nothing_nested_too_deep_gets_through():
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(StoreError, match="here"):
        decode(Measured, {"name": deep}, where="here")


def test_files_that_cannot_be_read_are_told(tmp_path):
    path = tmp_path / "a.json"
    with pytest.raises(DatasetError, match="No such file"):
        read_text(path, error=DatasetError)
    path.write_bytes(b"\xff")
    with pytest.raises(StoreError, match="decode"):
        read_json(path)
    path.write_text("[" * 5000)
    with pytest.raises(StoreError, match="not valid JSON"):
        read_json(path)
    path.write_text('{"a": 1}')
    assert read_json(path) == {"a": 1}


@given(st.dictionaries(st.sampled_from([*Measured.__annotations__, "x"]), plain) | plain)
def test_any_plain_value_becomes_a_record_or_an_error_of_ours(value):
    try:
        record = decode(Measured, value, where="here")
    except EvoApproxNASError:
        return
    assert json.loads(encode_json(record))["count"] >= 0


@given(st.dictionaries(st.sampled_from([*Measured.__annotations__, "x"]), st.text()))
def test_any_row_becomes_a_record_or_an_error_of_ours(row):
    try:
        decode_row(Measured, row, where="here")
    except EvoApproxNASError:
        pass
