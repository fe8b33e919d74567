"""`bench fresh`: two processes run, and what they took is compared (times are never checked)."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoapproxnas.bench.fresh import Load, bench_fresh, comparing
from evoapproxnas.cli.app import app
from evoapproxnas.errors import MeasurementError


def test_the_command_compares_two_processes() -> None:
    arguments = ["bench", "fresh", "--quick", "--images", "4", "--batch", "2", "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    (row,) = json.loads(result.stdout)["processes"]
    assert row["network"] == "resnet8"
    assert row["float32_s"] > 0
    assert row["float32_mb"] > 100
    assert row["process_more_mb"] > 0


def test_the_least_of_each_kind_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {"": iter((9.0, 2.0, 3.0)), "exact8": iter((9.0, 5.0, 4.5))}

    def run(task: dict[str, str]) -> comparing.Stages:
        taken = next(seconds[task["multiplier"]])
        peaks = {"start": 300.0, "load": 310.0, "predict": 400.0}
        if task["multiplier"]:
            peaks |= {"approximate": 900.0, "predict": 500.0}
        return {
            name: {"seconds": taken / 2, "processor_s": taken, "peak_mb": peak}
            for name, peak in peaks.items()
        }

    monkeypatch.setattr(comparing, "_run", run)
    (row,) = bench_fresh({"net": Path("net.keras")}, Load("exact8"), repeats=2)
    assert row == {
        "network": "net",
        "float32_s": 1.0,
        "more_s": 4.5 - 1.0,
        "float32_processor_s": 2.0,
        "more_processor_s": 9.0 - 2.0,
        "float32_mb": 400.0,
        "more_mb": 100.0,
        "process_more_mb": 500.0,
    }


def test_a_process_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match=r"none\.keras failed; it said: .*none\.keras"):
        list(bench_fresh({"none": tmp_path / "none.keras"}, Load("exact8"), repeats=1))
