from dataclasses import replace
from pathlib import Path

import pytest

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.resuming import begin_table
from tests.hardware.latency.small import FUSION, convolution, network, runtime_operations, table

OPERATIONS = tuple(dict.fromkeys(runtime_operations(network(convolution()), FUSION)))


def test_without_a_file_it_begins_with_nothing(tmp_path: Path):
    assert begin_table(tmp_path / "new.json", table()) == table()


def test_it_goes_on_with_what_the_file_holds(tmp_path: Path):
    table(OPERATIONS).save(tmp_path / "table.json")
    later = table(space="renamed", machine={**table().machine, "date": "later"})
    assert begin_table(tmp_path / "table.json", later) == table(OPERATIONS)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"runtime": "tensorflow"}, "runtime litert, now tensorflow"),
        ({"threads": 2}, "threads 1, now 2"),
        ({"input_shape": (32, 32, 3)}, "input shape"),
        ({"machine": {"processor": "another", "runtime_versions": {}}}, "processor pretended"),
        ({"machine": {"processor": "pretended", "runtime_versions": {"x": "2"}}}, "versions"),
    ],
)
def test_a_table_of_other_measurements_is_not_mixed_with_these(
    tmp_path: Path, changed: dict, message: str
):
    table(OPERATIONS).save(tmp_path / "table.json")
    with pytest.raises(MeasurementError, match=message):
        begin_table(tmp_path / "table.json", table(**changed))


def test_an_adapted_table_is_not_measured_into(tmp_path: Path):
    replace(table(OPERATIONS), adapted_from="mine").save(tmp_path / "table.json")
    with pytest.raises(MeasurementError, match="adapted from mine"):
        begin_table(tmp_path / "table.json", table())
