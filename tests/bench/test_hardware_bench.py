"""`bench hardware`: it runs, and says what it compares with; its times are never judged."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoapproxnas.bench import hardware as bench
from evoapproxnas.bench.hardware import zigzag_runs
from evoapproxnas.cli.app import app
from evoapproxnas.errors import EnvironmentBroken
from evoapproxnas.executors import Result
from evoapproxnas.hardware.accelerators import Shape, layer_cost, load_accelerator
from evoapproxnas.hardware.zigzag import ZigzagCache, missing_zigzag, reference
from evoapproxnas.records import Failure

EYERISS = load_accelerator("eyeriss")
SHAPE = Shape((1, 32, 16, 16, 16, 1, 1), (2, 2, 1, 1), (32, 32))


def _bench(*arguments: str) -> str:
    command = ["bench", "hardware", "--recorded", "--networks=2", *arguments]
    result = CliRunner().invoke(app, command)
    if result.exception:
        raise result.exception
    return result.stdout


@pytest.fixture(scope="module")
def found() -> dict:
    return json.loads(_bench("--json"))


def test_recorded_figures_are_reached(found: dict):
    assert found["reference"] == "ZigZag 3.9.1, recorded"
    (agreement,) = found["agreement"]
    assert (agreement["accelerator"], agreement["layers"]) == ("eyeriss_like", 34)
    assert agreement["energy_error_pct"] < 6
    assert agreement["energy_error_p90_pct"] < 20
    assert agreement["energy_rank"] > 0.97
    assert agreement["cycles_error_pct"] < 15
    assert agreement["cycles_rank"] > 0.95
    assert len(found["layers"]) == 34


def test_macs_have_the_share_that_zigzag_gives_them(found: dict):
    by_name = {row["accelerator"]: row for row in found["network"]}
    like = by_name["eyeriss_like"]
    assert like["mac_pct"] == pytest.approx(like["reference_mac_pct"], abs=2)
    assert (like["known"], like["layers"]) == (9, 10)
    assert by_name["edge_tpu"]["energy_ratio"] is None
    for row in found["network"]:
        parts = row["mac_pct"] + row["register_pct"] + row["buffer_pct"] + row["dram_pct"]
        assert parts == pytest.approx(100)
        assert 0 < row["multiplier_energy_nj"] < row["system_energy_nj"]


def test_points_are_priced_and_alexnet_stands_beside_the_chip(found: dict):
    for row in found["pricing"]:
        assert (row["points"], row["accelerators"], row["networks"]) == (1000, 50, 2)
        assert 0 < row["warm_s"]
        assert 0 < row["cold_s"]
    alexnet = found["alexnet"]
    assert alexnet["images_per_second"] < alexnet["published"] < alexnet["without_waiting"]
    macs = sum(layer["multiplications_m"] for layer in alexnet["layers"])
    assert macs == pytest.approx(665.8, abs=0.1)


def test_tables_for_people():
    shown = _bench("--accelerator", "eyeriss", "--layers")
    assert "ZigZag 3.9.1, recorded has no figures of these accelerators" in shown
    assert "the published chip: 34.7. Why they differ:" in shown
    assert "processor" in shown


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(reference, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentBroken, match="evoapproxnas\\[zigzag\\]"):
        bench.ZigzagRuns([(SHAPE, EYERISS)], workers=1)
    command = ["bench", "hardware", "--accelerator=eyeriss", "--networks=1"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0
    assert "compared with recorded figures of ZigZag alone: zigzag and six not" in result.output


class _Executor:
    """Gives one result and then one failure, or is interrupted before."""

    interrupted = False

    def __init__(self, **limits: object) -> None:
        self.tasks: list = []

    def start(self) -> None:
        pass

    def submit(self, task: object) -> int:
        self.tasks.append(task)
        return len(self.tasks) - 1

    def completed(self) -> Iterator[tuple[int, object]]:
        yield 0, Result.of(layer_cost(SHAPE, EYERISS))
        if self.interrupted:
            raise KeyboardInterrupt
        yield 1, Failure("crashed", "its worker was killed", 1.0)

    def close(self) -> None:
        pass


def test_results_are_kept_one_by_one_and_failures_have_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(zigzag_runs, "require_zigzag", lambda: "3")
    monkeypatch.setattr(zigzag_runs, "ProcessExecutor", _Executor)
    other = load_accelerator("edge_tpu")
    pairs = [(SHAPE, EYERISS), (SHAPE, other)]
    monkeypatch.setattr(_Executor, "interrupted", True)
    with bench.ZigzagRuns(pairs, workers=1, cache=ZigzagCache("3", tmp_path)) as runs:
        assert runs.waiting == pairs
        with pytest.raises(KeyboardInterrupt):
            list(runs.completed())
    monkeypatch.setattr(_Executor, "interrupted", False)
    with bench.ZigzagRuns(pairs, workers=1, cache=ZigzagCache("3", tmp_path)) as runs:
        assert runs.waiting == pairs[1:]
        assert runs.costs == {pairs[0]: layer_cost(SHAPE, EYERISS)}


@pytest.mark.skipif(missing_zigzag() is not None, reason="needs extra zigzag")
def test_zigzag_works_in_a_process_of_its_own(tmp_path: Path):
    cache = ZigzagCache("3", tmp_path)
    with bench.ZigzagRuns([(SHAPE, EYERISS)], workers=1, cache=cache) as runs:
        assert list(runs.completed()) == [(SHAPE, EYERISS)]
    theirs = bench.Zigzag(runs.version, runs.costs)
    (row,) = bench.compare({"shortcut": SHAPE}, EYERISS, theirs)
    assert row.energy_ratio == pytest.approx(1, abs=0.001)
    assert cache.get(SHAPE, EYERISS) == runs.costs[SHAPE, EYERISS]
