"""`hardware probes`, `adapt` and `predict` of what `measure` wrote, as a user types them."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, MeasurementError
from evoapproxnas.hardware.latency import (
    FUSIONS,
    DeviceTable,
    count_operations_of,
    random_networks,
    runtime_operations,
)
from evoapproxnas.networks import Network
from evoapproxnas.networks.zoo import zoo_network
from evoapproxnas.problems.cnn.population import make_space
from tests.hardware.latency.small import table

SETTINGS = ("space.channels=[8]", "space.nodes=['conv2d', 'max_pooling']")


def _hardware(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["hardware", *map(str, arguments)])
    if result.exception:
        raise result.exception
    return result.stdout


def test_a_table_is_adapted_by_probes_that_were_measured_elsewhere(tmp_path: Path):
    space = make_space(load_config(preset="digits", settings=SETTINGS))
    networks = list(random_networks(space, 300, seed=0, purpose="probe"))
    operations = list(count_operations_of(networks, FUSIONS["tensorflow"]))
    known = table(operations, runtime="tensorflow")
    known.save(tmp_path / "mine.json")
    folder, options = tmp_path / "probes", [o for s in SETTINGS for o in ("--set", s)]
    told = _hardware("probes", tmp_path / "mine.json", "-o", folder, "--count", 4, *options)
    assert "4 networks in" in told
    form = (folder / "latencies.csv").read_text().splitlines()
    assert form == ["network,milliseconds", *(f"probe-0{n}," for n in range(4))]
    measured = [
        f"{name}{2 * known.predict(_network(folder / f'{name[:-1]}.json')).ms}"
        for name in form[1:]
    ]
    (folder / "latencies.csv").write_text("\n".join([form[0], *measured]))
    adapt = ("adapt", tmp_path / "mine.json", folder, "--device", "phone")
    told = _hardware(*adapt, "-o", tmp_path / "phone.json")
    assert "4 networks: median error 0.0 %" in told
    phone = DeviceTable.load(tmp_path / "phone.json")
    assert phone.predict(networks[0]).ms == pytest.approx(2 * known.predict(networks[0]).ms, 0.01)


@pytest.fixture
def probed(tmp_path: Path) -> Path:
    """A folder with probes of which two were measured, and a table that knows most of them."""
    space = make_space(load_config(preset="digits", settings=SETTINGS))
    networks = list(random_networks(space, 300, seed=0, purpose="probe"))
    operations = list(count_operations_of(networks, FUSIONS["tensorflow"]))
    table(operations[:-20], runtime="tensorflow").save(tmp_path / "mine.json")
    options = [option for setting in SETTINGS for option in ("--set", setting)]
    _hardware("probes", tmp_path / "mine.json", "-o", tmp_path / "probes", *options)
    form = tmp_path / "probes" / "latencies.csv"
    form.write_text("network,milliseconds\nprobe-00,1\nprobe-01,500\n")
    return tmp_path


def _adapt(folder: Path) -> str:
    known, probes = folder / "mine.json", folder / "probes"
    return _hardware("adapt", known, probes, "--device", "phone", "-o", folder / "phone.json")


def test_what_is_estimated_is_said_and_what_does_not_fit_is_doubted(probed: Path):
    options = [option for setting in SETTINGS for option in ("--set", setting)]
    told = _hardware("probes", probed / "mine.json", "-o", probed / "again", *options)
    assert "have no time in the table: it is estimated from others of their kind" in told
    form = probed / "probes" / "latencies.csv"
    form.write_text("network,milliseconds\nprobe-00,1\nprobe-00,500\nprobe-01,2\n")
    told = _adapt(probed)
    assert "explain these latencies badly" in told


def _some_images(folder: Path) -> Path:
    """Write a few blank images as the archive of CIFAR-10 has its own."""
    arrays: dict[str, np.ndarray] = {}
    for split in ("train", "test"):
        arrays[f"x_{split}"] = np.zeros((200, 32, 32, 3), np.uint8)
        arrays[f"y_{split}"] = np.arange(200, dtype=np.uint8)[:, None] % 10
    np.savez(folder / "cifar10.npz", **arrays)
    return folder


def test_a_network_that_is_damaged_or_of_another_space_is_named(probed: Path):
    file = probed / "probes" / "probe-01.json"
    file.write_text('{"operations": []}')
    with pytest.raises(ConfigError, match=r"probe-01\.json: network: 'operations' is not one of"):
        _adapt(probed)
    other = ("--preset", "cifar10", "--data-dir", _some_images(probed))
    with pytest.raises(ConfigError, match="images 8x8x1 and 10 classes; this one has 32x32x3"):
        _hardware("probes", probed / "mine.json", "-o", probed / "other", *other)


def test_a_network_that_takes_no_time_is_predicted(tmp_path: Path):
    network = zoo_network("resnet8", (32, 32, 3), 10)
    operations = tuple(dict.fromkeys(runtime_operations(network, FUSIONS["litert"])))
    free = table(operations, times=dict.fromkeys(operations, 0.0), call_ms=0.0)
    free.save(tmp_path / "free.json")
    (row,) = json.loads(_hardware("predict", tmp_path / "free.json", "resnet8", "--json"))
    assert (row["latency_ms"], row["interpolated_pct"]) == (0.0, 0.0)


def _network(file: Path) -> Network:
    return Network.from_dict(json.loads(file.read_text()))


def test_networks_are_predicted_from_what_was_measured(tmp_path: Path):
    network = zoo_network("resnet8", (32, 32, 3), 10)
    operations = tuple(dict.fromkeys(runtime_operations(network, FUSIONS["litert"])))
    known = table(operations, input_shape=(32, 32, 3))
    known.save(tmp_path / "table.json")
    table(operations[1:]).save(tmp_path / "poor.json")
    (row,) = json.loads(_hardware("predict", tmp_path / "table.json", "resnet8", "--json"))
    assert row == {
        "network": "resnet8",
        "latency_ms": known.predict(network).ms,
        "interpolated_pct": 0.0,
    }
    with pytest.raises(MeasurementError, match="has no time for conv2d"):
        _hardware("predict", tmp_path / "poor.json", "resnet8")
    poor = ("predict", tmp_path / "poor.json", "resnet8", "--interpolate", "--json")
    assert json.loads(_hardware(*poor))[0]["interpolated_pct"] > 0
