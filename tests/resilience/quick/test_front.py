"""A front in seconds: what it promises, and networks that are hard to please."""

import keras
import numpy as np
import pytest

from evoapproxnas.emulation import approximate
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.quick import QuickOptions, quick_front, spread_choices
from evoapproxnas.training import accuracy

IMAGES = 120


@pytest.fixture(scope="module")
def choices():
    return spread_choices(("mul8u_evo_layer*", "mul8u_or*"), circuits=6, bits=[6, 4])


@pytest.fixture(scope="module")
def find(trained, digits, choices):
    def find(model=trained, choices=choices, images=IMAGES, **options):
        x, y = digits.x_val[:images], digits.y_val[:images]
        given = {"calibration_images": digits.x_train[:64], "images": x, "labels": y}
        return quick_front(model, choices, **(given | options))

    return find


@pytest.fixture(scope="module")
def front(find):
    return find()


def test_exact_8_bit_comes_first_and_the_front_is_marked(front):
    first = front.points[0]
    assert set(first.multipliers.values()) == {"mul8u_exact"}
    assert set(first.multipliers) == {"first", "second", "head"}
    assert first.relative_energy == 1.0
    assert 3 <= len(front.points) <= QuickOptions().verify
    assert len({tuple(p.multipliers.items()) for p in front.points}) == len(front.points)
    for point in front.points:
        better = [
            p for p in front.points
            if (p.accuracy >= point.accuracy and p.energy_nj <= point.energy_nj)
            and (p.accuracy, p.energy_nj) != (point.accuracy, point.energy_nj)
        ]  # fmt: skip
        assert point.front == (not better)
        assert point.multipliers["head"] == "mul8u_exact"
    energies = [p.energy_nj for p in front.members]
    assert energies == sorted(energies, reverse=True)
    assert min(p.relative_energy for p in front.points if p.accuracy > first.accuracy - 0.05) < 0.5


def test_points_are_what_converted_models_do(front, trained, digits):
    for point in front.points[::3]:
        model = approximate(trained, dict(point.multipliers), digits.x_train[:64])
        right = accuracy(model, digits.x_val[:IMAGES], digits.y_val[:IMAGES])
        assert point.accuracy == pytest.approx(right, abs=1e-9)


def test_it_is_repeatable_and_leaves_the_model_alone(front, find, trained):
    before = trained.get_weights()
    assert find() == front
    assert all(np.array_equal(a, b) for a, b in zip(before, trained.get_weights(), strict=True))


def test_known_assignments_are_verified_whatever_the_number(find):
    known = [
        {"first": "mul8u_or9_v6", "second": "mul8u_exact_a5w5", "gone": "mul8u_exact"},
        {"second": "mul8u_evo_layer461_p32p8", "head": "mul8u_or9_v6"},
        {},
    ]
    found = find(known=known, options=QuickOptions(verify=1)).points
    assert [dict(p.multipliers) for p in found] == [
        dict.fromkeys(("first", "second", "head"), "mul8u_exact"),
        {"first": "mul8u_or9_v6", "second": "mul8u_exact_a5w5", "head": "mul8u_exact"},
        {"first": "mul8u_exact", "second": "mul8u_evo_layer461_p32p8", "head": "mul8u_exact"},
    ]
    more = find(known=known, options=QuickOptions(verify=6)).points
    assert more[:3] == tuple(
        type(p)(**{**vars(p), "front": q.front}) for p, q in zip(found, more[:3], strict=True)
    )
    assert 3 < len(more) <= 6


def test_a_network_that_is_not_accurate_enough_gets_no_front(find, front):
    exact = front.points[0]
    known = [{"first": "mul8u_or9_v6"}]
    (point,) = find(known=known, options=QuickOptions(least_accuracy=exact.accuracy + 1e-6)).points
    assert (point.multipliers, point.accuracy) == (exact.multipliers, exact.accuracy)
    assert find(options=QuickOptions(least_accuracy=exact.accuracy)) == front


def test_exact_alone_is_one_point(find):
    (point,) = find(choices=spread_choices(("exact8",), circuits=0)).points
    assert point.front
    (same,) = find(choices=()).points
    assert same == point


@pytest.mark.parametrize(
    "changes",
    [
        {"tune_weights": True},
        {"error_correction": False},
        {"per_channel": True},
        {"weight_scheme": "affine"},
        {"activation_bits": 6, "weight_bits": 6},
        {"range_method": "percentile"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_quantizations(find, changes):
    found = find(quantization=Quantization(**changes), options=QuickOptions(verify=5))
    assert len(found.points) > 1
    assert found.points[-1].relative_energy < 1


def test_signed_multipliers(find):
    signed = Quantization(weight_scheme="symmetric")
    choices = spread_choices(("mul8s_*",), circuits=5, bits=[5], quantization=signed)
    found = find(choices=choices, quantization=signed)
    assert found.points[0].multipliers["head"] == "mul8s_exact"
    assert len(found.points) > 2


def test_few_labels(find):
    found = find(images=3, options=QuickOptions(verify=4))
    assert found.points[0].front or len(found.points) > 1
    fewer = find(options=QuickOptions(images=3, verify=4))
    assert fewer == found


def test_a_network_of_dense_layers_has_one_point(find):
    inputs = keras.Input((8, 8, 1))
    outputs = keras.layers.Dense(10, name="head")(keras.layers.Flatten()(inputs))
    (point,) = find(model=keras.Model(inputs, outputs)).points
    assert dict(point.multipliers) == {"head": "mul8u_exact"}
    assert point.relative_energy == 1.0


def test_a_separable_layer_is_chosen_for_as_one(find):
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.SeparableConv2D(6, 3, activation="relu", name="two")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    found = find(model=keras.Model(inputs, keras.layers.Dense(10, name="head")(x)))
    assert len(found.points) > 1
    assert all(set(p.multipliers) == {"two", "head"} for p in found.points)


def test_what_cannot_be(find):
    with pytest.raises(UnknownNameError, match="mul8u_nothing"):
        find(known=[{"first": "mul8u_nothing"}])
    with pytest.raises(QuantizationError, match="batch"):
        find(quantization=Quantization(activation_range="batch"))
