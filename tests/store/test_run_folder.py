import json
import platform
import re
import subprocess

import pandas as pd
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.constraints import Ranking
from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.search import run_campaign
from evoapproxnas.store import create_run, load_run, next_free_name
from tests.fakes import FakeExecutor, Recorder, tiny_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = tiny_run(tmp_path_factory.mktemp("runs") / "done", "search.generations=1")
    run_campaign(made, FakeExecutor(), Recorder())
    return made


def test_folder_holds_what_the_docstring_says(run):
    names = {p.name for p in run.path.iterdir()}
    expected = {"config.toml", "environment.json", "campaign.sqlite", "campaign.log"}
    assert expected | {"front.csv", "models"} <= names
    assert json.loads((run.path / "environment.json").read_text())["packages"]["tensorflow"]
    assert "generation 1" in (run.path / "campaign.log").read_text()


def test_front_survives_the_way_through_csv(run):
    table = pd.read_csv(run.path / "front.csv")
    pd.testing.assert_frame_equal(table, run.front(), check_dtype=False)


def test_a_run_is_read_while_it_is_written(run):
    lock = run.lock()
    try:
        assert len(load_run(run.path, read_only=True).front()) == len(run.front())
    finally:
        lock.release()


def test_candidates_are_found_by_id(run):
    network = run.network(run.front()["id"][0])
    assert network.classes == 10
    with pytest.raises(StoreError, match="no candidate g77-00"):
        run.network("g77-00")


def test_an_empty_run_has_an_empty_front(tmp_path):
    fresh = tiny_run(tmp_path / "fresh")
    assert fresh.front().empty
    assert list(fresh.failures()) == ["id", "kind", "reason", "seconds"]


def test_a_run_is_the_same_from_every_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = load_config(settings=["data.data_dir=data", "space.library=lib"])
    made = create_run("runs/x", config, Ranking({"error": "min"}))
    monkeypatch.chdir("/")
    again = load_run(tmp_path / "runs" / "x").config
    assert again == made.config
    assert again.data.data_dir == str(tmp_path / "data")
    assert again.space.library == str(tmp_path / "lib")


def test_what_a_kill_left_is_gone_and_a_missing_folder_of_models_made(tmp_path):
    killed = subprocess.Popen(["true"])
    killed.wait()
    for leftover in (f".a.partial-{killed.pid}", f".b.partial-{killed.pid}"):
        (tmp_path / leftover / "models").mkdir(parents=True)
    fresh = tiny_run(tmp_path / "fresh")
    assert [p.name for p in tmp_path.iterdir()] == ["fresh"]
    host = re.sub(r"[^A-Za-z0-9-]", "-", platform.node())
    (fresh.models_dir / f".g00-01.partial-{killed.pid}@{host}.keras").touch()
    fresh.begin_writing()
    assert list(fresh.models_dir.iterdir()) == []
    fresh.end_writing()
    fresh.models_dir.rmdir()
    fresh.begin_writing()
    fresh.end_writing()
    assert fresh.models_dir.is_dir()


def test_an_existing_run_is_refused(run):
    with pytest.raises(StoreError, match="exists already.*resume done"):
        tiny_run(run.path)


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="choose another folder"):
        tiny_run(tmp_path / "file" / "run")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_absent_runs_list_the_present_ones(run):
    with pytest.raises(StoreError, match="runs in .*: done"):
        load_run(run.path.with_name("dnoe"))
    with pytest.raises(StoreError, match="is this a run folder"):
        load_run(run.models_dir)
    with pytest.raises(StoreError, match="expected the path of a run folder, got 3"):
        load_run(3)


def test_an_empty_database_is_said_to_be_empty(tmp_path):
    run = tiny_run(tmp_path / "a")
    run.database.close()
    (run.path / "campaign.sqlite").write_bytes(b"")
    with pytest.raises(StoreError, match="is empty.*restore it from a copy, or remove"):
        load_run(run.path)


def test_what_may_change_can_be_changed_but_not_to_nonsense(tmp_path):
    fresh = tiny_run(tmp_path / "fresh", "search.generations=0")
    before = (fresh.path / "config.toml").read_bytes()
    fresh.reconfigure({"execution": {"workers": 7}, "search": {"max_hours": None}})
    assert (fresh.path / "config.toml").read_bytes() == before
    run_campaign(fresh, FakeExecutor(), Recorder())
    assert load_run(fresh.path).config.execution.workers == 7
    with pytest.raises(ConfigError, match="execution.workers"):
        fresh.reconfigure({"execution": {"workers": 0}})
    with pytest.raises(ConfigError, match=r"training\.epochs of a run cannot change"):
        fresh.reconfigure({"training": {"epochs": 3}})


def test_a_run_tells_what_it_is(run):
    text = repr(run)
    assert "'done' of cnn (error, energy_nj)" in text
    assert f"generation 1 of 1 done, 12 candidates evaluated, {len(run.front())} on the" in text


def test_a_model_that_was_not_kept_is_said(run):
    gone = run.front()["id"][0]
    (run.models_dir / f"{gone}.npz").rename(run.path / "elsewhere.npz")
    with pytest.raises(StoreError, match=r"cannot read the weights of g\d\d-\d\d.*front members"):
        run.model(gone, kind="float")
    with pytest.raises(StoreError, match="no candidate g77-00"):
        run.model("g77-00")


def test_a_run_that_was_opened_for_reading_does_not_go_on(run):
    with pytest.raises(StoreError, match="for reading only"):
        run_campaign(load_run(run.path, read_only=True), FakeExecutor(), Recorder())


def test_names_count_up(tmp_path):
    assert next_free_name(tmp_path / "absent", "digits") == "digits-001"
    for name in ("digits-001", "digits-007", "digits-other"):
        (tmp_path / name).mkdir()
    assert next_free_name(tmp_path, "digits") == "digits-008"
