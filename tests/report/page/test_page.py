import base64
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from evoapproxnas.errors import ConfigError, EnvironmentBroken, StoreError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.records import Failure
from evoapproxnas.report.page import build_page, packing, read_snapshots, write_report
from evoapproxnas.search import Silent, api, ending
from evoapproxnas.store import load_run
from tests.report.page.runs import (
    EVIL,
    SCRIPT,
    change,
    hostile,
    searched_networks,
    searched_synthetic,
)
from tests.synthetic_runs import synthetic_run

SMALL = ("search.population=6", "search.generations=2")


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    return searched_networks(tmp_path_factory.mktemp("runs") / "networks")


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    return searched_synthetic(tmp_path_factory.mktemp("runs") / "synthetic", *SMALL)


def page_of(*runs):
    return build_page(read_snapshots(runs))


def packed(page, name="data"):
    text = re.search(f'id="packed-{name}">([^<]*)<', page)[1]
    return gzip.decompress(base64.b64decode(text)).decode()


def data_of(page):
    return json.loads(packed(page))["runs"]


def test_points_and_front_are_those_of_the_run(networks):
    (data,) = data_of(page_of(networks))
    table = networks.evaluations().set_index("id")
    copies = {str(place) for place in networks.database.cache_hits()}
    assert set(data["ids"]) == set(table.index) - copies
    front = {name for name, member in zip(data["ids"], data["front"], strict=True) if member}
    assert front == set(networks.front()["id"])
    energies = dict(zip(data["ids"], data["columns"]["energy_nj"]["values"], strict=True))
    assert energies == pytest.approx(
        {name: table.at[name, "energy_nj"] for name in data["ids"]}, 1e-5
    )
    accuracies = dict(zip(data["ids"], data["columns"]["accuracy"]["values"], strict=True))
    expected = {name: 100 * (1 - table.at[name, "error"]) for name in data["ids"]}
    assert accuracies == pytest.approx(expected, rel=1e-5)


def test_energies_of_layers_add_up_to_that_of_the_network(networks):
    (data,) = data_of(page_of(networks))
    for point, total in enumerate(data["columns"]["energy_nj"]["values"]):
        layers = data["architectures"][data["of"][point]]["layers"]
        chosen = [data["multipliers"][number] for number in data["assignments"][point]]
        pairs = zip(layers, chosen, strict=True)
        parts = [count * each["pj"] / 1000 for (_, _, count), each in pairs]
        assert sum(parts) == pytest.approx(total, rel=1e-4)


def test_words_name_search_time_front_and_baseline(networks):
    page = page_of(networks)
    searched = "Convolutional networks for digits"
    took = "24 candidates in 3 generations"
    found = "on the Pareto front"
    for words in (searched, took, found, "exact 8-bit multipliers", "2 generations done"):
        assert words in page


def test_a_page_asks_for_nothing_and_forbids_it(networks):
    page = page_of(networks)
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)


def test_commands_run_the_recorded_configuration_again(networks):
    page = page_of(networks)
    assert f"--config {networks.path}/config.toml" in page
    assert "problem = &#34;cnn&#34;" in page


def test_equal_runs_make_equal_pages(networks):
    assert page_of(networks) == page_of(load_run(networks.path, read_only=True))


def test_several_runs_are_compared_by_one_reference(synthetic, tmp_path):
    other = searched_synthetic(tmp_path / "other", *SMALL, "seed=7")
    page = page_of(synthetic, other)
    assert [run["name"] for run in data_of(page)] == ["synthetic", "other"]
    assert "hypervolume, of one reference for all" in page
    assert page.count("members-") >= 2


def test_runs_of_other_problems_stand_beside_each_other(synthetic, networks):
    first, second = data_of(page_of(synthetic, networks))
    assert "cost" in first["columns"]
    assert "energy_nj" in second["columns"]


def test_runs_called_alike_are_told_apart(synthetic, tmp_path):
    copy = tmp_path / "elsewhere" / "synthetic"
    shutil.copytree(synthetic.path, copy)
    names = [run["name"] for run in data_of(page_of(synthetic, load_run(copy, read_only=True)))]
    assert len(set(names)) == 2


def test_a_run_without_its_log_whose_time_is_up_was_not_interrupted(synthetic, tmp_path):
    path = tmp_path / "long"
    shutil.copytree(synthetic.path, path)
    (path / "campaign.log").unlink()
    change(path, ("DELETE FROM generations WHERE generation = 2",))
    assert "It was interrupted; it can go on." in page_of(load_run(path, read_only=True))
    config = (path / "config.toml").read_text()
    (path / "config.toml").write_text(config.replace("[search]", "[search]\nmax_hours = 1.5"))
    change(path, ("UPDATE sessions SET seconds = 5401.0",))
    page = page_of(load_run(path, read_only=True))
    assert "It ended with: 1.5 hours spent." in page
    assert '<span class="badge">finished</span>' in page


def test_no_run_is_no_page():
    with pytest.raises(ConfigError, match="at least one run"):
        build_page(read_snapshots([]))


def test_an_empty_run_says_that_nothing_has_figures(tmp_path):
    page = page_of(synthetic_run(tmp_path / "empty", *SMALL))
    assert "Nothing has figures yet" in page
    assert "interrupted" in page
    assert 'id="front"' not in page


def test_an_empty_run_beside_another_one_is_left_out_of_figures_only(synthetic, tmp_path):
    page = page_of(synthetic_run(tmp_path / "empty", *SMALL), synthetic)
    assert [len(run["ids"]) > 0 for run in data_of(page)] == [False, True]


def test_failures_are_counted_with_their_reasons(tmp_path):
    fails = lambda task, before: Failure("diverged", "loss is nan", 1.0)  # noqa: E731
    page = page_of(searched_synthetic(tmp_path / "barren", *SMALL, script=fails))
    assert "Nothing has figures yet: 12 diverged" in page
    assert page.count("loss is nan") >= 12


def test_a_constant_objective_and_a_single_point_are_shown(synthetic, tmp_path):
    shutil.copytree(synthetic.path, tmp_path / "flat")
    change(tmp_path / "flat", ("UPDATE points SET metrics = json_set(metrics, '$.cost', 3.0)",))
    (data,) = data_of(page_of(load_run(tmp_path / "flat", read_only=True)))
    assert set(data["columns"]["cost"]["values"]) == {3.0}


def test_a_number_that_is_none_is_damage_that_is_named(synthetic, tmp_path):
    shutil.copytree(synthetic.path, tmp_path / "damaged")
    to_nan = "UPDATE points SET metrics = replace(metrics, ?, ?)"
    change(tmp_path / "damaged", (to_nan, '"error": ', '"error": NaN, "was": '))
    with pytest.raises(StoreError, match=r"points of 0, 0: expected finite numbers, got nan"):
        page_of(load_run(tmp_path / "damaged", read_only=True))


def test_what_lacks_an_objective_is_on_no_front(synthetic, tmp_path):
    shutil.copytree(synthetic.path, tmp_path / "damaged")
    without = "UPDATE points SET metrics = json_remove(metrics, '$.error') WHERE id % 2 = 0"
    change(tmp_path / "damaged", (without,))
    run = load_run(tmp_path / "damaged", read_only=True)
    (data,) = data_of(page_of(run))
    missing = [value is None for value in data["columns"]["error"]["values"]]
    assert any(missing)
    assert not any(gone and member for gone, member in zip(missing, data["front"], strict=True))
    assert set(run.front()["id"]) == {
        name for name, member in zip(data["ids"], data["front"], strict=True) if member
    }


def test_hostile_names_are_text(tmp_path):
    run = hostile(tmp_path / EVIL)
    page = page_of(run)
    assert EVIL not in page
    assert SCRIPT not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    (data,) = data_of(page)
    for architecture in data["architectures"]:
        assert "<img" not in architecture["svg"]
        assert "<script" not in architecture["svg"]


def test_a_name_that_is_no_text_is_spelled_out(synthetic, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff"))
    shutil.copytree(synthetic.path, path)
    write_report([load_run(path, read_only=True)], tmp_path / "page.html")
    assert r"<h1>bad\udcff</h1>" in (tmp_path / "page.html").read_text("utf-8")


def test_a_finish_is_shown_whole_begun_or_damaged(networks, tmp_path):
    path = tmp_path / "finished"
    shutil.copytree(networks.path, path)
    (path / "finish").mkdir()
    assert "A finish was begun" in page_of(load_run(path, read_only=True))
    table = pd.DataFrame(
        {
            "id": ["g00-00-f1", "g00-00-a8w8"],
            "kind": ["approximate", "exact a8w8"],
            "val_accuracy": [0.9, 0.9],
            "test_accuracy": [0.875, 0.88],
            "energy_nj": [10.0, 30.0],
            "exact_bits": ["a6w6", None],
        }
    )
    table.to_csv(path / "finish" / "finish.csv", index=False)
    page = page_of(load_run(path, read_only=True))
    assert "g00-00-f1, has 87.50 % of test images right" in page
    for damaged in ("", "id,kind\n1,2\n"):
        (path / "finish" / "finish.csv").write_text(damaged)
        with pytest.raises(StoreError, match="write it anew with"):
            page_of(load_run(path, read_only=True))


def test_test_images_are_told_of_and_choose_nothing(networks, tmp_path):
    shutil.copytree(networks.path, tmp_path / "tested")
    change(tmp_path / "tested", ("UPDATE tests SET metrics = json_set(metrics, '$.accuracy', "
                                 "0.1 + 0.01 * generation)",))  # fmt: skip
    run = load_run(tmp_path / "tested", read_only=True)
    best = run.front().iloc[0]
    told = f"{best['id']}, the most accurate on validation images, has"
    assert f"{told} {100 * best['test_accuracy']:.2f} % of test images" in page_of(run)


def test_multipliers_that_are_not_here_are_of_unknown_energy(networks, tmp_path):
    shutil.copytree(networks.path, tmp_path / "foreign")
    change(
        tmp_path / "foreign",
        ("UPDATE points SET assignment = replace(assignment, 'mul8u', 'gone')",),
    )
    (data,) = data_of(page_of(load_run(tmp_path / "foreign", read_only=True)))
    assert {each["pj"] for each in data["multipliers"] if each["name"].startswith("gone")} == {
        None
    }


def test_a_run_that_is_being_written_is_read_at_one_moment(synthetic, tmp_path):
    shutil.copytree(synthetic.path, tmp_path / "live")
    run = load_run(tmp_path / "live", read_only=True)
    writer = sqlite3.connect(tmp_path / "live" / "campaign.sqlite", isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    with run.database.snapshot():
        before = len(run.database.evaluations())
        writer.execute("DELETE FROM points WHERE generation = 1")
        assert len(run.database.evaluations()) == before
    assert len(run.database.evaluations()) < before
    assert page_of(run)
    writer.close()


def test_a_thousand_evaluations_stay_small(tmp_path):
    run = searched_synthetic(tmp_path / "long", "search.population=50", "search.generations=19")
    write_report([run], tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 6e6
    assert len(data_of((tmp_path / "page.html").read_text("utf-8"))[0]["ids"]) == 1000


def test_a_page_without_plotly_says_what_to_install(synthetic, monkeypatch):
    packing.packed_plotly.cache_clear()
    monkeypatch.setattr(packing, "_PLOTLY", "plotly/package_data/gone.js")
    with pytest.raises(EnvironmentBroken, match="pip install plotly"):
        page_of(synthetic)
    packing.packed_plotly.cache_clear()


def test_a_campaign_that_fails_to_write_its_page_is_whole(tmp_path, monkeypatch):
    told = []

    class Listening(Silent):
        def message(self, text):
            told.append(text)

    run = synthetic_run(tmp_path / "run", *SMALL)
    monkeypatch.setattr(api, "make_executor", lambda *_: InlineExecutor())
    monkeypatch.setattr(ending, "PAGE", "evoapproxnas.report.page:gone")
    assert len(api.go_on(run, observer=Listening()).front())
    assert "python -m evoapproxnas report run" in told[-1]
    assert not (run.path / "report.html").exists()
    monkeypatch.undo()
    monkeypatch.setattr(api, "make_executor", lambda *_: InlineExecutor())
    api.go_on(load_run(run.path))
    assert (run.path / "report.html").is_file()


def test_writing_needs_no_tensorflow_and_no_matplotlib():
    # What a campaign's process would have to hold beside its search.
    heavy = {"tensorflow", "matplotlib", "plotly"}
    code = f"import sys, evoapproxnas.report.page; print({heavy} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_parts_hold_no_address_of_a_server():
    parts = Path(packing.__file__).parent / "parts"
    for part in parts.iterdir():
        text = part.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, part
