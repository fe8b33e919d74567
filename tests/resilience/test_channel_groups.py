"""`assign` with several multipliers in a layer."""

import json
import shutil

import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import MultiplierChoice, layer_choice
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.resilience import AssignOptions, assign, retrain_front
from evoapproxnas.resilience.channel_groups import groups_by, output_gains
from evoapproxnas.resilience.options import with_changes
from evoapproxnas.resilience.units import Unit, chosen_for, names_of, units_of
from evoapproxnas.training import accuracy

OPTIONS = AssignOptions(
    multipliers=("mul8u_or8_v6", "mul8u_or10_v9", "mul8u_trunc_a6_w6"),
    sensitivity_images=60,
    verify=12,
    rounds=2,
    evolution=Evolution(20, 10),
    max_loss_points=40.0,
    groups=3,
)


@pytest.fixture(scope="module")
def study(trained, digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    return folder, assign(trained, digits, options=OPTIONS, folder=folder)


def test_layers_get_a_multiplier_for_each_group(study, trained, digits):
    folder, result = study
    channels = json.loads((folder / "channels.json").read_text())
    assert set(channels) == {"first", "second"}
    assert all(sorted(sum(groups, [])) == list(range(6)) for groups in channels.values())
    assignments = json.loads((folder / "assignments.json").read_text())
    several = {k: v for k, v in assignments.items() if "+" in v["first"] + v["second"]}
    assert several, "no member of the front has several multipliers in a layer"
    name, chosen = next(iter(several.items()))
    member = next(a for a in result.verified if a.id == name)
    network = ea.approximate(trained, chosen, digits.x_train[:256])
    assert accuracy(network, digits.x_val, digits.y_val) == pytest.approx(member.accuracy)
    assert accuracy(network, digits.x_test, digits.y_test) == pytest.approx(member.test_accuracy)
    assert (
        ":"
        not in result.table()["multipliers"]
        .str.replace("first:|second:|head:", "", regex=True)
        .str.cat()
    )


def test_a_search_that_goes_on_has_the_same_groups(study, trained, digits, tmp_path):
    folder, result = study
    for name in ("identity.json", "channels.json", "groups.csv", "sensitivities.csv"):
        shutil.copy(folder / name, tmp_path)
    lines = (folder / "verified.csv").read_text().splitlines(keepends=True)
    (tmp_path / "verified.csv").write_text("".join(lines[:6]))
    again = assign(trained, digits, options=OPTIONS, folder=tmp_path)
    assert [a.multipliers for a in again.verified] == [a.multipliers for a in result.verified]


def test_members_are_retrained_in_their_groups(study, trained, digits):
    _, result = study
    member = next(a for a in result.members if "+" in a.multipliers["first"])
    table = retrain_front(trained, digits, result, OPTIONS, epochs=1, members=[member.id])
    assert table["accuracy_before"][0] == pytest.approx(member.accuracy)


def test_groups_that_do_not_divide_the_channels_say_what_is_possible(trained, digits):
    with pytest.raises(ConfigError, match=r"4 groups do not divide .*'first' \(6\).* 1, 2, 3, 6"):
        assign(trained, digits, options=with_changes(OPTIONS, {"groups": 4}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"groups": 0}, "groups"),
        ({"operands": "network"}, "known for whole layers"),
        ({"bits": (6,)}, "have 8-bit operands, got mul8u_exact_a6w6"),
        ({"multipliers": ("mul8u_or8_v6@a7w7",)}, "8-bit operands"),
    ],
)
def test_what_groups_cannot_be_asked_with_is_refused(trained, digits, changes, message):
    with pytest.raises(ConfigError, match=message):
        assign(trained, digits, options=with_changes(OPTIONS, changes))


def test_the_most_sensitive_channels_come_first():
    assert groups_by(np.array([1.0, 5, 3, 4]), 2) == ((1, 3), (0, 2))


def test_gains_tell_which_channels_the_scores_depend_on(trained, digits):
    converted = ea.approximate(trained, "exact8", digits.x_train[:128])
    layer = converted.get_layer("second")
    kernel = np.array(converted.get_layer("head").kernel).reshape(4, 4, 6, 10)
    before = output_gains(converted, digits.x_train[:64, ...], probabilities=False)["second"]
    kernel[:, :, 2] *= 0.01
    converted.get_layer("head").kernel.assign(kernel.reshape(96, 10))
    after = output_gains(converted, digits.x_train[:64, ...], probabilities=False)["second"]
    assert layer.output_channels == len(before) == 6
    assert after[2] < 0.01 * before[2]
    np.testing.assert_allclose(np.delete(after, 2), np.delete(before, 2), rtol=0.3)


def test_units_and_assignments_say_the_same():
    groups = {"a": ((1, 2), (0, 3))}
    units = units_of({"a": {"a": 40}, "b": {"b/x": 10, "b/y": 6}}, groups)
    assert units == (
        Unit("a", {"a": 20}, (1, 2)),
        Unit("a", {"a": 20}, (0, 3)),
        Unit("b", {"b/x": 10, "b/y": 6}),
    )
    names = ["mul8u_or8_v6", "mul8u_exact", "mul8u_or9_v8"]
    chosen = chosen_for(units, [MultiplierChoice.of(name) for name in names])
    texts = {path: choice.name for path, choice in chosen.items()}
    assert texts == {"a": "mul8u_or8_v6:1-2+mul8u_exact:0,3", "b": "mul8u_or9_v8"}
    assert names_of(units, texts) == names
    assert layer_choice(texts["a"]) == chosen["a"]
    same = chosen_for(units, [MultiplierChoice.of("mul8u_exact")] * 3)
    assert same["a"].name == "mul8u_exact"
    with pytest.raises(ConfigError, match="other groups of channels"):
        names_of(units, {"a": "mul8u_or8_v6:0-1+mul8u_exact:2-3", "b": "mul8u_exact"})
