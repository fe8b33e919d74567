import json
from dataclasses import replace
from pathlib import Path

import pytest

from evoapproxnas.errors import MeasurementError, StoreError
from evoapproxnas.hardware.latency import DeviceTable, load_device_table
from tests.hardware.latency.small import FUSION, convolution, network, runtime_operations, table

NETWORK = network(convolution(), convolution(0))
OPERATIONS = tuple(dict.fromkeys(runtime_operations(NETWORK, FUSION)))
TABLE = table(OPERATIONS)


def test_a_network_takes_the_sum_of_its_operations_and_one_call():
    assert TABLE.predict(NETWORK).ms == 0.5 + 1 + 2 + 3 + 4
    assert TABLE.predict(NETWORK, statistic="fastest").ms == 0.5 + (1 + 2 + 3 + 4) / 2
    deeper = network(convolution(), convolution(0), convolution(1))
    assert TABLE.predict(deeper).ms == TABLE.predict(NETWORK).ms + 2


def test_a_missing_shape_is_an_error_that_names_it():
    with pytest.raises(MeasurementError) as raised:
        table(OPERATIONS[1:]).predict(NETWORK)
    assert OPERATIONS[0].name in str(raised.value)
    assert "hardware.interpolate = true" in str(raised.value)


def test_a_missing_shape_is_interpolated_when_asked_and_said():
    deep = network(convolution(), convolution(0), convolution(1, channels=16))
    operations = tuple(dict.fromkeys(runtime_operations(deep, FUSION)))
    found = table(operations[1:]).predict(deep, interpolate=True)
    assert found.interpolated == operations[:1]
    assert 0 < found.interpolated_ms < found.ms


def test_it_is_the_same_after_it_was_saved_and_loaded(tmp_path: Path):
    file = tmp_path / "table.json"
    TABLE.save(file)
    again = DeviceTable.load(file)
    assert again == TABLE
    assert again.predict(NETWORK).ms == TABLE.predict(NETWORK).ms


def test_a_file_is_read_again_only_when_it_changes(tmp_path: Path):
    file = tmp_path / "table.json"
    TABLE.save(file)
    first = load_device_table(file)
    assert load_device_table(file) is first
    table(OPERATIONS[1:]).save(file)
    assert len(load_device_table(file).operations) == len(OPERATIONS) - 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format=2, later=1), "format 1, got 2; a newer version"),
        (lambda d: d.update(input_shape=[8, 8, 0]), "input_shape"),
        (lambda d: d.update(runtime="onnx"), "runtime"),
        (lambda d: d["operations"][0].update(ms=-1.0), "ms"),
        (lambda d: d["operations"][0].update(ms="fast"), "ms"),
        (lambda d: d["operations"][0].update(ms=1e300), "ms"),
        (lambda d: d["operations"][0]["operation"].update(inputs=[[10**30, 8, 1]]), "inputs"),
        (lambda d: d["operations"][0]["operation"]["steps"][0]["attributes"].reverse(), "order"),
        (lambda d: d["operations"][0]["operation"].update(inputs=[[8, 8]]), "edited by hand"),
        (lambda d: d["operations"].append(d["operations"][0]), "in it twice"),
    ],
)
def test_a_damaged_file_is_said(tmp_path: Path, change, message):
    file = tmp_path / "table.json"
    TABLE.save(file)
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
    with pytest.raises(MeasurementError, match=message):
        load_device_table(file)


def test_a_file_that_is_not_there_or_no_json_is_said(tmp_path: Path):
    with pytest.raises(StoreError, match=r"no\.json"):
        load_device_table(tmp_path / "no.json")
    (tmp_path / "half.json").write_text('{"format": 1, ')
    with pytest.raises(StoreError, match=r"half\.json"):
        load_device_table(tmp_path / "half.json")


def test_a_check_is_of_the_table_it_was_made_with():
    checked = replace(TABLE, check=None).with_operation(replace(TABLE.operations[0]))
    assert checked.check is None
