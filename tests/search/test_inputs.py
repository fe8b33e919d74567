import json
from dataclasses import replace
from importlib import resources

import pytest

import evoapproxnas as ea
from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.latency import count_operations_of, random_networks
from evoapproxnas.problems.cnn.population import make_space
from evoapproxnas.search import run_campaign
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, Recorder, tiny_config
from tests.hardware.latency.small import FUSION, table


def test_a_run_does_not_go_on_with_other_images(tmp_path, monkeypatch):
    monkeypatch.setattr("evoapproxnas.search.api.make_executor", lambda *_: FakeExecutor())
    run = ea.search(tiny_config("search.generations=1"), name="a", runs_dir=tmp_path)
    assert set(run.inputs) == {"data set digits", "multipliers"}
    run_campaign(load_run(run.path), FakeExecutor(), Recorder())
    other = dict(run.inputs) | {"data set digits": "0123"}
    (run.path / "inputs.json").write_text(json.dumps(other))
    before = (run.path / "campaign.sqlite").read_bytes()
    with pytest.raises(ConfigError, match="data set digits of run a changed since .* was 0123"):
        run_campaign(load_run(run.path), FakeExecutor(), Recorder())
    assert (run.path / "campaign.sqlite").read_bytes() == before


def test_a_run_does_not_go_on_with_the_latencies_of_another_device(tmp_path, monkeypatch):
    monkeypatch.setattr("evoapproxnas.search.api.make_executor", lambda *_: FakeExecutor())
    file = tmp_path / "table.json"
    asked = [f"hardware.latency_table={file}", "hardware.interpolate=true"]
    asked += ["search.objectives=['error', 'latency_ms']"]
    config = tiny_config("search.generations=1", *asked)
    networks = random_networks(make_space(config), 300, seed=0, purpose="census")
    operations = list(count_operations_of(networks, FUSION))
    known = table(operations)
    known.save(file)
    run = ea.search(config, name="a", runs_dir=tmp_path)
    assert run.inputs[f"latency table {file}"] == known.digest
    replace(known, machine={"processor": "called otherwise"}).save(file)
    run_campaign(load_run(run.path), FakeExecutor(), Recorder())
    table(operations, times=dict.fromkeys(operations, 2.0)).save(file)
    with pytest.raises(ConfigError, match=r"latency table .*table.json of run a changed since"):
        run_campaign(load_run(run.path), FakeExecutor(), Recorder())


def test_a_run_does_not_go_on_with_another_accelerator(tmp_path, monkeypatch):
    monkeypatch.setattr("evoapproxnas.search.api.make_executor", lambda *_: FakeExecutor())
    text = (resources.files("evoapproxnas.hardware.accelerators") / "eyeriss.toml").read_text()
    file = tmp_path / "mine.toml"
    file.write_text(text)
    config = tiny_config("search.generations=1", f"hardware.accelerator={file}")
    run = ea.search(config, name="a", runs_dir=tmp_path)
    assert f"accelerator {file}" in run.inputs
    file.write_text(f"# another comment\n{text}")
    run_campaign(load_run(run.path), FakeExecutor(), Recorder())
    file.write_text(text.replace("read_pj = 24.0", "read_pj = 12.0"))
    with pytest.raises(ConfigError, match=r"accelerator .*mine.toml of run a changed since"):
        run_campaign(load_run(run.path), FakeExecutor(), Recorder())
