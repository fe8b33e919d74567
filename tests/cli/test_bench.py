"""`bench emulation --quick`: it runs, and its figures are of the right shape (never timed)."""

import json

import pytest
from typer.testing import CliRunner

from evoapproxnas.bench.emulation import QUICK_SHAPES, bench_tables, median_seconds
from evoapproxnas.cli.app import app
from evoapproxnas.errors import UnknownNameError


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["bench", "emulation", "--quick", *arguments])
    if result.exception:
        raise result.exception
    return result.stdout


def test_json_has_machine_layers_and_networks() -> None:
    found = json.loads(invoke("--json"))
    assert found["machine"]["threads"] >= 1
    kernels = {row["kernel"] for row in found["layers"]}
    assert {"numba", "factorized"} <= kernels
    assert {row["table"] for row in found["layers"]} == {"random", "exact8", "8 terms"}
    assert not any(
        row["table"] == "random" for row in found["layers"] if row["kernel"] == "factorized"
    )
    assert "reference" not in kernels
    shapes = {(row["shape"], row["weights"]) for row in found["layers"]}
    assert len(shapes) == 2 * len(QUICK_SHAPES)
    assert all(row["sums_ratio"] > 0 and row["layer_ratio"] > 0 for row in found["layers"])
    assert [(row["kernel"], row["table"]) for row in found["networks"]] == [
        ("auto", "random"), ("auto", "exact8"), ("auto", "8 terms")
    ]  # fmt: skip


def test_tables_for_people_and_a_chosen_kernel() -> None:
    output = invoke("--kernel", "tensorflow")
    assert "cpu_features" in output
    assert "sums_ratio" in output
    assert "predict_ratio" in output
    assert "numba " not in output.split("Layers:")[1]


def test_an_unknown_kernel_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'numba'"):
        invoke("--kernel", "nunba")


def test_calls_take_turns_after_warming_up() -> None:
    order: list[str] = []
    calls = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    seconds = median_seconds(calls, repeats=2)
    assert "".join(order) == "ababab"
    assert set(seconds) == {"a", "b"}


def test_macs_of_shapes() -> None:
    conv, depthwise, dense = QUICK_SHAPES
    assert conv.macs == 2 * 6 * 6 * 4 * 3 * 9
    assert depthwise.macs == 2 * 6 * 6 * 4 * 9
    assert dense.macs == 8 * 6 * 5


def test_the_tables_differ_and_one_is_short() -> None:
    tables = bench_tables()
    assert tables["random"].ep_pct > 99
    assert tables["8 terms"].mae_pct < 1
    assert tables["exact8"].ep_pct == 0


def test_circuits_are_counted_next_to_plain_numpy() -> None:
    arguments = ["bench", "circuits", "--threads", "1", "--seconds", "0", "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    found = json.loads(result.stdout)
    (row,) = found["circuits"]
    assert 350 <= row["gates"] <= 400
    assert row["threads"] == 1
    assert row["times_plain"] == pytest.approx(row["per_second"] / row["plain_per_second"])
    assert "load" in found["machine"]
