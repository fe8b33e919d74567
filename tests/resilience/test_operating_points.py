"""Members of a front in one model."""

from dataclasses import replace

import pandas as pd
import pytest

import evoapproxnas as ea
from evoapproxnas.errors import ConfigError
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.resilience import AssignOptions, assign, save_operating_points
from evoapproxnas.resilience.assignment_records import Assigned
from evoapproxnas.resilience.operating_points import choose_points
from evoapproxnas.training import accuracy

OPTIONS = AssignOptions(
    multipliers=("mul8u_or8_v6", "mul8u_or10_v9", "mul8u_trunc_a6_w6"),
    sensitivity_images=60,
    verify=10,
    rounds=2,
    evolution=Evolution(20, 10),
    max_loss_points=40.0,
    groups=2,
)
MEMBER = Assigned(
    id="a000", round=1, multipliers={}, squared_error=0, predicted_loss_points=0, accuracy=0.9,
    loss_points=0, energy_nj=1, relative_energy=1, seconds=0,
)  # fmt: skip


def test_points_lie_along_the_front():
    energies = [100, 99, 98, 30, 12, 11, 10]
    members = [replace(MEMBER, id=str(e), energy_nj=e) for e in energies]
    chosen = choose_points(members, 3)
    assert {name: a.id for name, a in chosen.items()} == {
        "high": "100",
        "medium": "30",
        "low": "10",
    }
    assert list(choose_points(members, 7)) == [f"p{n}" for n in range(1, 8)]
    assert [a.id for a in choose_points(members, 7).values()] == [m.id for m in members]
    assert choose_points(members, 1)["high"].id == "100"
    with pytest.raises(ConfigError, match="8 operating points are asked for, the front has 7"):
        choose_points(members, 8)


def test_members_of_a_front_become_points_of_one_model(trained, digits, tmp_path):
    result = assign(trained, digits, options=OPTIONS)
    model, table = save_operating_points(
        trained, digits, result, OPTIONS, count=3, folder=tmp_path
    )
    assert list(table["point"]) == ["high", "medium", "low"] == list(ea.operating_points(model))
    assert table["relative_energy"].is_monotonic_decreasing
    assert pd.read_csv(tmp_path / "operating_points.csv").shape == table.shape
    loaded = ea.load_model(tmp_path / "operating_points.keras")
    assert ea.operating_point(loaded) == "high"
    for row in table.itertuples():
        loaded.set_operating_point(row.point)
        assert accuracy(loaded, digits.x_test, digits.y_test) == pytest.approx(row.test_accuracy)
        assert row.test_accuracy > row.test_accuracy_before - 0.1
