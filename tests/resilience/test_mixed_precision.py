"""Choices with operand widths, and quantization options that only `approximate` had."""

import json

import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.hardware import keras_workload, multiplier_energy_nj
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.training import accuracy

SMALL = {"sensitivity_images": 40, "images": 100, "verify": 8, "rounds": 2, "test_images": 30,
         "evolution": Evolution(20, 10), "max_loss_points": 60.0}  # fmt: skip
OTHERWISE = {"per_channel": True, "range_method": "percentile", "weight_bits": 6}


def test_assignments_choose_operand_widths(trained, digits, tmp_path):
    result = ea.assign(
        trained, digits, multipliers=("mul8u_or8_v6", "mul8u_or6_v2@a7w6"), bits=(4, "a6w3"),
        folder=tmp_path, **OTHERWISE, **SMALL,
    )  # fmt: skip
    names = {"mul8u_exact", "mul8u_or8_v6@a8w6", "mul8u_or6_v2@a7w6", "mul8u_exact_a4w4",
             "mul8u_exact_a6w3"}  # fmt: skip
    sensitivities = (tmp_path / "sensitivities.csv").read_text()
    assert all(f",{name}," in sensitivities for name in names)
    stored = json.loads((tmp_path / "assignments.json").read_text())
    member = min(result.members, key=lambda a: a.energy_nj)
    assert stored[member.id] == dict(member.multipliers)
    network = ea.approximate(
        trained, stored[member.id], digits.x_train[:256], per_channel=True,
        range_method="percentile",
    )  # fmt: skip
    assert accuracy(network, digits.x_val[:100], digits.y_val[:100]) == member.accuracy
    chosen = {p: ea.MultiplierChoice.of(t) for p, t in member.multipliers.items()}
    energy = multiplier_energy_nj(keras_workload(network), chosen)
    assert member.energy_nj == pytest.approx(energy)
    for path in ("first", "second"):
        assert network.get_layer(path).quantization.widths == chosen[path].widths
    assert repr(result).startswith("AssignResult(")
    assert list(result.front()["id"]) == [a.id for a in result.members]


def test_sweeps_can_do_what_approximate_can(trained, digits):
    result = ea.sweep(
        trained, digits, multipliers=("mul8u_or6_v2", "mul8u_or6_v2@a4w5", "mul8u_exact_a5w4"),
        bits=(), images=100, **OTHERWISE,
    )  # fmt: skip
    table = result.table().set_index("multiplier")
    assert list(table["kind"]) == ["float", "exact", "narrow", "circuit", "circuit"]
    calibration = ea.observe(trained, digits.x_train[:256])
    for name in ("mul8u_or6_v2@a8w6", "mul8u_or6_v2@a4w5"):
        chosen = {"first": name, "second": name, "head": "mul8u_exact@a8w8"}
        network = ea.approximate(trained, chosen, calibration, **OTHERWISE)
        expected = accuracy(network, digits.x_test[:100], digits.y_test[:100])
        assert table.loc[name, "accuracy"] == expected
    assert table.loc["mul8u_exact_a5w4", "relative_energy"] < 0.3
    front = result.front()
    assert np.all(np.diff(front["energy_nj"]) < 0)
    assert repr(result) == f"SweepResult(5 rows, {len(front)} on the front)"


def test_multipliers_of_ones_own_are_swept_by_value(trained, digits):
    table = ea.load_library()["mul8u_or6_v2"].table + 1
    table = np.minimum(table, 65535)
    mine = ea.Multiplier.from_table("mine", table)
    result = ea.sweep(trained, digits, multipliers=mine, bits=(), images=50)
    row = result.rows[-1]
    assert (row.multiplier, row.kind) == ("mine", "circuit")
    assert np.isnan(row.energy_nj)
    assert "mine" not in set(result.front()["multiplier"])
