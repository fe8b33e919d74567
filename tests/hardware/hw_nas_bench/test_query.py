import json

import pytest
from typer.testing import CliRunner

import evoapproxnas as ea
from evoapproxnas.cli.app import app
from evoapproxnas.errors import DatasetError, UnknownNameError
from evoapproxnas.hardware.hw_nas_bench import costs_of
from tests.nas_bench import needs_table, write_table

PUBLISHED = {
    "eyeriss_latency": 3.64562,
    "eyeriss_energy": 0.6872827645,
    "fpga_latency": 2.57296,
    "fpga_energy": 18.01072,
}
query = ea.hardware.hw_nas_bench.query


@pytest.fixture
def nothing(tmp_path, monkeypatch):
    """No table anywhere."""
    monkeypatch.setenv("EVOAPPROXNAS_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "nothing"))


@pytest.mark.usefixtures("nothing")
def test_eyeriss_and_fpga_need_no_data():
    found = query(0)
    assert dict(found) == pytest.approx(PUBLISHED, rel=0, abs=1e-9)
    assert query(found.arch, "cifar10") == found
    with pytest.raises(UnknownNameError, match=r"devices: eyeriss, fpga; .* was not found"):
        query(0, devices=["raspi4"])


@needs_table
def test_the_documented_example():
    found = query(0, "cifar10")
    devices = {"raspi4_latency": 10.481976820010459, "pixel3_latency": 3.605849999999998}
    for name, value in {**PUBLISHED, **devices}.items():
        assert found[name] == pytest.approx(value, rel=0, abs=1e-6)


def test_nobody_can_change_what_all_queries_answer():
    cost = costs_of("cifar10")["eyeriss_energy"]
    with pytest.raises(ValueError, match="read-only"):
        cost.values[0] = 1
    assert costs_of("cifar10")["eyeriss_energy"] is cost


def test_each_figure_says_how_it_is_known(made_table):
    found = query(3, table=made_table)
    assert found.cost("raspi4_latency").basis == "measured"
    assert found.cost("eyeriss_latency").basis == "estimated"
    assert found.cost("fpga_energy").basis == "derived"
    assert found["raspi4_latency_ms"] == found["raspi4"] == found["raspi4_latency"]
    assert (found.get("x"), "x" in found, "raspi4" in found) == (None, False, True)
    assert query(3, "cifar100", table=made_table).cost("pi5_onnx_energy").unit == "mJ"


def test_devices_can_be_chosen_and_unknown_ones_are_told(made_table):
    assert list(query(1, devices="fpga", table=made_table)) == ["fpga_latency", "fpga_energy"]
    with pytest.raises(UnknownNameError, match="'vpu'.* devices: eyeriss, fpga, raspi4$"):
        query(1, devices=["fpga", "vpu"], table=made_table)
    with pytest.raises(UnknownNameError, match="'fpga' for ImageNet16-120; devices: eyeriss$"):
        query(1, "ImageNet16-120", devices=["fpga"], table=made_table)
    with pytest.raises(UnknownNameError, match="did you mean 'raspi4_latency'"):
        query(1, table=made_table)["raspi3_latency"]


@pytest.mark.parametrize("network", ["cell 3", "-1", "--1", 15625, "15625", True + 0.5])
def test_unknown_networks_are_told(network):
    with pytest.raises(UnknownNameError, match="NAS-Bench-201"):
        query(network)


def test_other_data_are_told(tmp_path):
    with pytest.raises(UnknownNameError, match="known: |did you mean"):
        query(0, "mnist")
    with pytest.raises(UnknownNameError, match="unknown data set of NAS-Bench-201 None; known: "):
        query(0, None)
    with pytest.raises(DatasetError, match="not found"):
        query(0, data_dir=tmp_path)
    write_table(tmp_path)
    with pytest.raises(DatasetError, match="SHA-256"):
        query(0, data_dir=tmp_path)


@pytest.mark.usefixtures("nothing")
def test_the_command_prints_what_is_known():
    output = CliRunner().invoke(app, ["hardware", "query", "0"]).output
    assert "|avg_pool_3x3~0|+" in output
    assert "3.64562" in output
    assert "estimated" in output
    words = ["hardware", "query", "0", "--device", "fpga", "--json"]
    found = json.loads(CliRunner().invoke(app, words).output)
    assert [cost["name"] for cost in found["costs"]] == ["fpga_latency", "fpga_energy"]
    assert found["index"] == 0
