import dataclasses
import json
import shutil

import keras
import numpy as np
import pandas as pd
import pytest

import evoapproxnas as ea
from evoapproxnas.errors import ConfigError, QuantizationError, StoreError
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.pareto import non_dominated
from evoapproxnas.resilience import AssignOptions, assign
from evoapproxnas.resilience.options import with_changes
from evoapproxnas.training import accuracy

CIRCUITS = ("mul8u_or8_v6", "mul8u_or10_v9", "mul8u_or12_v10", "mul8u_trunc_a6_w6")
SMALL = AssignOptions(
    multipliers=CIRCUITS,
    sensitivity_images=60,
    verify=14,
    rounds=3,
    evolution=Evolution(20, 10),
    max_loss_points=40.0,
)


def options(**changes):
    return with_changes(SMALL, changes)


@pytest.fixture(scope="module")
def result(trained, digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("assign")
    return folder, assign(trained, digits, options=SMALL, folder=folder)


def test_the_front_is_of_verified_assignments(result):
    frame = result[1].table()
    assert 8 <= len(frame) <= 14
    assert frame["multipliers"].is_unique
    points = np.column_stack([-frame["accuracy"], frame["energy_nj"]])
    np.testing.assert_array_equal(frame["front"], non_dominated(points))
    exact = frame.iloc[0]
    assert (exact["id"], exact["loss_points"], exact["relative_energy"]) == ("a000", 0.0, 1.0)
    np.testing.assert_allclose(
        frame["loss_points"], 100 * (exact["accuracy"] - frame["accuracy"]), atol=1e-9
    )
    assert (frame["test_accuracy"].notna() == (frame["front"] | (frame["id"] == "a000"))).all()
    assert frame["relative_energy"].min() < 0.5
    searched = frame[frame["round"] > 0]
    expected = searched["squared_error"].corr(searched["loss_points"], method="spearman")
    assert result[1].rank_correlation == pytest.approx(expected)
    assert result[1].evaluations_per_minute > 0


def test_assignments_are_what_approximate_takes(result, trained, digits):
    assignments = json.loads((result[0] / "assignments.json").read_text())
    front = pd.read_csv(result[0] / "front.csv").set_index("id")
    assert list(front.index) == list(assignments) == [a.id for a in result[1].members]
    name, chosen = next((i, a) for i, a in assignments.items() if i != "a000")
    assert set(chosen) == {"first", "second", "head"}
    assert chosen["head"] == "mul8u_exact"
    network = ea.approximate(trained, chosen, digits.x_train[:256])
    for split, x, y in (
        ("accuracy", digits.x_val, digits.y_val),
        ("test_accuracy", digits.x_test, digits.y_test),
    ):
        assert accuracy(network, x, y) == pytest.approx(front.loc[name, split])


def test_an_interrupted_search_makes_the_same_choices(result, trained, digits, tmp_path):
    shutil.copy(result[0] / "identity.json", tmp_path)
    for name, kept in (("sensitivities.csv", 5), ("verified.csv", 4), ("test.csv", 2)):
        lines = (result[0] / name).read_text().splitlines(keepends=True)
        (tmp_path / name).write_text("".join(lines[:kept]))
    again = assign(trained, digits, options=SMALL, folder=tmp_path)
    columns = ["seconds"]
    assert again.table().drop(columns=columns).equals(result[1].table().drop(columns=columns))
    finished = assign(trained, digits, options=SMALL, folder=tmp_path)
    assert finished == again


def test_another_search_needs_another_folder(result, trained, digits):
    with pytest.raises(StoreError, match="seed was 0, now 1"):
        assign(trained, digits, options=options(seed=1), folder=result[0])


def test_time_limits_end_the_search_with_what_is_verified(trained, digits):
    result = assign(trained, digits, options=options(time_limit_seconds=0.0, test_images=20))
    assert [a.id for a in result.verified] == ["a000"]
    assert [a.id for a in result.members] == ["a000"]


def test_tuned_weights_of_dense_layers_too(trained, digits):
    told = []
    result = assign(
        trained,
        digits,
        options=options(
            multipliers=("mul8u_or8_v6",), tune_weights=True, include_dense=True,
            images=50, sensitivity_images=20, verify=3, rounds=1, test_images=20,
        ),
        observer=lambda *event: told.append(event),
    )  # fmt: skip
    chosen = result.verified[-1].multipliers
    assert set(chosen) == {"first", "second", "head"}
    network = ea.approximate(trained, chosen, digits.x_train[:256], tune_weights=True)
    expected = accuracy(network, digits.x_val[:50], digits.y_val[:50])
    assert result.verified[-1].accuracy == pytest.approx(expected)
    assert {stage for stage, *_ in told} == {"sensitivity", "verification", "test"}


def test_what_cannot_be_searched_is_refused(trained, digits):
    with pytest.raises(ConfigError, match="signed and unsigned"):
        assign(trained, digits, options=options(multipliers=("mul8s_*", "mul8u_*")))
    inputs = keras.Input((8, 8, 1))
    dense = keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Flatten()(inputs)))
    with pytest.raises(QuantizationError, match="no convolution"):
        assign(dense, digits, options=SMALL)


@pytest.fixture(scope="module")
def by_gradient(trained, digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gradient")
    told = []
    chosen = options(method="gradient")
    result = assign(
        trained, digits, options=chosen, folder=folder, observer=lambda *e: told.append(e)
    )
    return folder, result, told


def test_the_method_by_gradient_keeps_the_protocol(by_gradient, result):
    folder, found, told = by_gradient
    frame = found.table()
    assert len(frame) >= 4
    assert list(frame.columns) == list(result[1].table().columns)
    assert frame["multipliers"].is_unique
    assert frame["relative_energy"].min() < 0.5
    assert found.verified[0] == dataclasses.replace(
        result[1].verified[0], seconds=found.verified[0].seconds, front=found.verified[0].front
    )
    assert json.loads((folder / "identity.json").read_text())["method"] == "gradient"
    assert "method" not in json.loads((result[0] / "identity.json").read_text())
    assert {stage for stage, *_ in told} == {"noise", "verification", "test"}
    assert not (folder / "sensitivities.csv").exists()


def test_by_gradient_an_interrupted_search_makes_the_same_choices(
    by_gradient, trained, digits, tmp_path
):
    shutil.copy(by_gradient[0] / "identity.json", tmp_path)
    for name, kept in (("noise-28.csv", 5), ("verified.csv", 3)):
        lines = (by_gradient[0] / name).read_text().splitlines(keepends=True)
        (tmp_path / name).write_text("".join(lines[:kept]))
    again = assign(trained, digits, options=options(method="gradient"), folder=tmp_path)
    found = by_gradient[1].table().drop(columns="seconds")
    assert again.table().drop(columns="seconds").equals(found)


def test_methods_need_folders_of_their_own_and_there_are_two(by_gradient, trained, digits):
    with pytest.raises(StoreError, match="method was 'gradient', now None"):
        assign(trained, digits, options=SMALL, folder=by_gradient[0])
    with pytest.raises(ConfigError, match="'surrogate' or 'gradient', got 'agn'"):
        options(method="agn")
    with pytest.raises(ConfigError, match="learned for whole layers"):
        options(method="gradient", groups=2)
