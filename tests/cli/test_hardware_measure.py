"""`hardware measure`, as a user types it; only the last test runs a real runtime."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.errors import ConfigError, MeasurementError
from evoapproxnas.hardware.latency import DeviceTable
from tests.hardware.latency.small import PretendedRuntime

SPACE = (
    *("--set", "space.channels=[8]", "--set", "space.nodes=['conv2d', 'max_pooling']"),
    *("--set", "space.conv_activations=['relu']", "--draws", "20"),
)


def _measure(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["hardware", "measure", *arguments])
    if result.exception:
        raise result.exception
    return result.stdout


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> PretendedRuntime:
    runtime = PretendedRuntime()
    monkeypatch.setattr("evoapproxnas.hardware.latency.get_runtime", lambda *_, **__: runtime)
    monkeypatch.setattr("evoapproxnas.hardware.latency.require_runtime", lambda name: None)
    return runtime


def test_a_space_is_measured_into_a_file_that_says_where(tmp_path: Path, pretended):
    file = tmp_path / "table.json"
    told = _measure("-o", str(file), *SPACE)
    assert "100.0% of all that its networks execute" in told
    table = DeviceTable.load(file)
    assert (table.space, table.input_shape, table.runtime) == ("digits", (8, 8, 1), "litert")
    assert {"processor", "runtime_versions", "date", "load"} <= set(table.machine)


def test_the_same_command_goes_on_where_time_was_over(tmp_path: Path, pretended):
    file = tmp_path / "table.json"
    with pytest.raises(MeasurementError, match="none of .* operations .* 0 minutes; give more"):
        _measure("-o", str(file), *SPACE, "--minutes", "0")
    assert not file.exists()
    again = json.loads(_measure("-o", str(file), *SPACE, "--json"))
    assert again["covered"] == 1
    pretended.batches.clear()
    _measure("-o", str(file), *SPACE)
    assert not pretended.batches


def test_what_was_measured_is_kept_when_it_is_interrupted(
    tmp_path: Path, pretended, monkeypatch: pytest.MonkeyPatch
):
    prepare, batches = pretended.operations, []

    def interrupted(operations: Sequence):
        if batches:
            raise KeyboardInterrupt
        batches.append(operations)
        return prepare(operations)

    monkeypatch.setattr(pretended, "operations", interrupted)
    file = tmp_path / "table.json"
    CliRunner().invoke(app, ["hardware", "measure", "-o", str(file), *SPACE])
    assert len(DeviceTable.load(file).operations) == len(batches[0])


def test_a_check_is_told_and_kept(tmp_path: Path, pretended):
    file = tmp_path / "table.json"
    told = _measure("-o", str(file), *SPACE, "--check", "4")
    assert "4 networks: rank correlation of predicted and measured latency" in told
    assert DeviceTable.load(file).check.networks == 4  # type: ignore[union-attr]


def test_given_networks_are_measured_alone(tmp_path: Path, pretended):
    file = tmp_path / "table.json"
    _measure("-o", str(file), "--network", "resnet8")
    table = DeviceTable.load(file)
    assert (table.space, table.input_shape) == ("resnet8", (32, 32, 3))
    assert 8 < len(table.operations) < 20


def test_options_that_exclude_each_other_are_said(tmp_path: Path, pretended):
    with pytest.raises(ConfigError, match="choose one of --run, --network"):
        _measure("-o", str(tmp_path / "x"), "--network", "resnet8", "--preset", "digits")


def test_litert_measures_a_small_space(tmp_path: Path):
    pytest.importorskip("ai_edge_litert", reason="extra litert")
    file = tmp_path / "table.json"
    told = _measure("-o", str(file), *SPACE, "--minutes", "0.2", "--check", "2")
    assert "2 networks: rank correlation" in told
    assert all(each.executed for each in DeviceTable.load(file).operations)
