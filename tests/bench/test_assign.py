"""Both methods on a small network: what is counted, and that whole searches are kept."""

import json

import keras
import pytest
from typer.testing import CliRunner

from evoapproxnas.bench.assign import figures
from evoapproxnas.cli.app import app
from evoapproxnas.resilience.assignment_records import Assigned, AssignResult, mark_front


def assigned(number, accuracy, energy, *, test_loss):
    return Assigned(
        id=f"a{number:03d}", round=1, multipliers={}, squared_error=0.0, predicted_loss_points=0.0,
        accuracy=accuracy, loss_points=100 * (0.9 - accuracy), energy_nj=energy,
        relative_energy=energy / 100, seconds=0.0, test_loss_points=test_loss,
    )  # fmt: skip


def test_a_front_is_worth_what_it_dominates_and_its_cheapest_member_within_the_limit():
    verified = mark_front(
        [
            assigned(0, 0.900, 100.0, test_loss=0.0),
            assigned(1, 0.895, 60.0, test_loss=1.0),
            assigned(2, 0.870, 20.0, test_loss=2.0),
            assigned(3, 0.860, 30.0, test_loss=0.0),
        ]
    )
    found = figures(AssignResult(tuple(verified), 0.0, 0.0, ()), allowed_points=0.6)
    assert found["verified"] == 4
    assert found["relative_energy"] == 0.6
    assert found["loss_points"] == pytest.approx(0.5)
    assert found["test_loss_points"] == 1.0
    # 60 dominates 4.5 points times 0.4 of the energy, 20 another 2 points times 0.4.
    assert found["hypervolume"] == pytest.approx((4.5 * 0.4 + 2.0 * 0.4) / 5)
    assert found["test_hypervolume"] == pytest.approx((4.0 * 0.4 + 3.0 * 0.4) / 5)


def test_the_command_compares_both_and_keeps_what_is_whole(tmp_path):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Conv2D(4, 3, name="conv"), keras.layers.Flatten()]
    model = keras.Sequential([keras.Input((8, 8, 1)), *layers, keras.layers.Dense(10)])
    model.save(tmp_path / "small.keras")
    command = ["bench", "assign", str(tmp_path / "small.keras"), "--seeds", "1", "--images", "40"]
    command += ["--multipliers", "mul8u_or9_*", "--sensitivity-images", "20", "--verify", "4"]
    command += ["--test-images", "30", "--max-loss", "100", "-o", str(tmp_path / "methods")]
    result = CliRunner().invoke(app, [*command, "--json"], catch_exceptions=False)
    found = json.loads(result.stdout)
    assert [row["method"] for row in found["searches"]] == ["surrogate", "gradient"]
    assert {row["method"] for row in found["medians"]} == {"surrogate", "gradient"}
    for row in found["searches"]:
        assert row["verified"] >= 1
        assert row["relative_energy"] <= 1.0
        assert (tmp_path / "methods" / f"{row['method']}-0" / "front.csv").is_file()
    again = CliRunner().invoke(app, [*command, "--json"], catch_exceptions=False)
    assert json.loads(again.stdout)["searches"] == found["searches"]
    told = CliRunner().invoke(app, command, catch_exceptions=False).stdout
    assert "Medians of 1 seed\n" in told
