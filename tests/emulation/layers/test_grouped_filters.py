"""A layer of several multipliers: each channel is that of a layer with its group's multiplier."""

import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf

import evoapproxnas as ea
from evoapproxnas.emulation.recording import recorded_calls
from evoapproxnas.errors import MultiplierError, QuantizationError
from evoapproxnas.multipliers import Multiplier, load_library
from tests.emulation import cases

KINDS = [name for name in cases.SIMPLE if name != "conv_pixel"]
OPTIONS = {
    "plain": {},
    "uncorrected": {"error_correction": False},
    "affine": {"weight_scheme": "affine", "per_channel": True},
    "variate": {"control_variate": True},
    "tuned": {"tune_weights": True},
    "narrow": {"activation_bits": 6, "weight_bits": 5, "tune_weights": True},
}


def two():
    library = load_library()
    return library["mul8u_or8_v6"], library["mul8u_trunc_a6_w6"]


def uneven(count):
    first = [0, 3]
    return [first, [c for c in range(count) if c not in first]]


def layers_of(name, **options):
    """The layer in groups, its groups, and the layers of the two multipliers, on the same data."""
    single = [cases.build(name, multiplier, **options) for multiplier in two()]
    groups = uneven(single[0][1].output_channels)
    both = cases.build(name, list(two()), channel_groups=groups, **options)
    return both, groups, single


def check_channels(name, **options):
    (model, _, x), groups, single = layers_of(name, **options)
    found = model.predict(x, verbose=0)
    np.testing.assert_allclose(found, model(x, training=False), rtol=1e-5, atol=1e-5)
    for channels, (alone, _, _) in zip(groups, single, strict=True):
        expected = alone.predict(x, verbose=0)
        alike = {"rtol": 1e-5, "atol": 1e-5}  # graphs add up bias and corrections in their ways
        np.testing.assert_allclose(found[..., channels], expected[..., channels], **alike)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_layer_computes_its_groups(name):
    check_channels(name)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("name", ["conv", "depthwise_two"])
def test_corrections_and_codes_are_those_of_the_groups(name, options):
    check_channels(name, **options)


@pytest.mark.parametrize("kernel", ["numba", "factorized", "reference"])
def test_every_kernel_takes_groups(kernel):
    check_channels("conv", kernel=kernel)


@pytest.mark.parametrize("gradient", ["ste", "table"])
@pytest.mark.parametrize("name", ["conv", "conv_groups", "depthwise", "dense"])
def test_gradients_are_those_of_the_groups(name, gradient):
    (model, layer, x), groups, single = layers_of(name, gradient=gradient)
    rng = np.random.default_rng(1)
    upstream = rng.normal(0, 1, model.compute_output_shape(x.shape)).astype(np.float32)

    def gradients(model, layer, upstream):
        with tf.GradientTape() as tape:
            inputs = tf.constant(x)
            tape.watch(inputs)
            outputs = model(inputs, training=True)
        return tape.gradient(outputs, [inputs, *layer.trainable_weights], upstream)

    found = gradients(model, layer, upstream)
    parts = []
    for channels, (alone, exact, _) in zip(groups, single, strict=True):
        masked = np.zeros_like(upstream)
        masked[..., channels] = upstream[..., channels]
        parts.append(gradients(alone, exact, masked))
    for whole, first, second in zip(found, *parts, strict=True):
        np.testing.assert_allclose(whole, first + second, rtol=1e-4, atol=1e-4)


def test_groups_of_equal_size_follow_the_order_of_channels():
    model, layer, x = cases.build("conv", "mul8u_or8_v6+mul8u_trunc_a6_w6+mul8u_exact")
    assert layer.channel_groups == ((0, 1), (2, 3), (4, 5))
    said = "mul8u_or8_v6:0-1+mul8u_trunc_a6_w6:2-3+mul8u_exact:4-5"
    same = cases.build("conv", said)[0]
    np.testing.assert_array_equal(model.predict(x, verbose=0), same.predict(x, verbose=0))


def test_groups_survive_saving_cloning_and_pickling(tmp_path):
    a, w = np.mgrid[0:256, 0:256]
    mine = Multiplier.from_table("mine", (a & 0xF0) * w)
    model, _, x = cases.build(
        "conv", [mine, two()[0]], channel_groups=[[1, 4], [0, 2, 3, 5]], tune_weights=True
    )
    expected = model.predict(x, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = ea.load_model(tmp_path / "model.keras", multipliers=[mine])
    copies = [loaded, pickle.loads(pickle.dumps(model)), keras.models.clone_model(model)]  # noqa: S301
    copies[-1].set_weights(model.get_weights())
    for copy in copies:
        assert copy.layers[0].channel_groups == ((1, 4), (0, 2, 3, 5))
        np.testing.assert_array_equal(copy.predict(x, verbose=0), expected)
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "served")).serve(x)
    np.testing.assert_allclose(served, expected, rtol=1e-5, atol=1e-5)


def test_recorded_sums_come_group_by_group():
    model, layer, x = cases.build("conv", list(two()), channel_groups=[[1, 4], [0, 2, 3, 5]])
    (calls,) = recorded_calls(model, x[:1]).values()
    assert [call.shape[3] for call in calls] == [2, 4]
    assert [call.table.key for call in calls] == [m.digest for m in layer.multipliers]


def test_a_layer_of_several_has_no_single_multiplier():
    _, layer, _ = cases.build("conv", "mul8u_or8_v6+mul8u_exact")
    with pytest.raises(QuantizationError, match="has 2 multipliers, a group"):
        _ = layer.multiplier


@pytest.mark.parametrize(
    ("given", "groups", "message"),
    [
        ("mul8u_or8_v6+mul8u_exact+exact8+mul8u_or9_v8", None, "6 output .* 1, 2, 3, 6 groups"),
        (["mul8u_exact"] * 7, None, "7 groups, more than its channels"),
        ("mul8u_or8_v6:0-3+mul8u_exact:4-7", None, "has 6 output channels"),
        (["mul8u_or8_v6", "mul8u_exact"], [[0, 1], [2, 3]], "has 6 output channels"),
        (["mul8u_or8_v6", "mul8u_exact"], [[0, 1, 2, 3, 4, 5]], "1 groups .* for the multipl"),
        ("mul8u_exact", [[0, 1, 2], [3, 4, 5]], "2 groups .* for the multipliers mul8u_exact"),
        ("mul8u_or8_v6@a6w6+mul8u_exact@a6w6", None, "as activation_bits"),
        (["mul8u_or8_v6@a6w6", "mul8u_exact"], None, "activation_bits=6"),
    ],
)
def test_groups_that_cannot_be_are_refused(given, groups, message):
    with pytest.raises(QuantizationError, match=message):
        cases.build("conv", given, channel_groups=groups, calibrated=False)


def test_signed_and_unsigned_multipliers_are_not_mixed():
    with pytest.raises(MultiplierError, match="all signed or all unsigned"):
        cases.build("conv", ["exact8", "exact8s"], calibrated=False)


def test_a_separable_layer_takes_one():
    with pytest.raises(QuantizationError, match="one multiplier for both its"):
        cases.build("separable", "mul8u_or8_v6+mul8u_exact", calibrated=False)
