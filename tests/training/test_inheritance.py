"""A child begins as its parent, where that is promised, and never with nonsense."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks import Node
from evoapproxnas.training.inheritance import inherit, load_weights, weights_of
from evoapproxnas.training.inheritance.transfer import transfer
from tests.networks.designs import conv, make_space
from tests.training.inheritance_cases import (
    arrays_of,
    block,
    fresh,
    images,
    logits,
    network,
    same_names,
    stem,
    trained,
)

RELU = {"function": "relu"}


def inherited(parent, child, match, **options):
    """Return what `inherit` says, and the logits of parent and child before any training."""
    (model, weights), heir, x = trained(parent), fresh(child), images()
    result = inherit(heir, child, parent, weights, match, images=x, **options)
    return result, logits(model, x), logits(heir, x)


def check_preserved(parent, child, match):
    result, expected, got = inherited(parent, child, match)
    assert result.preserved
    np.testing.assert_allclose(got, expected, rtol=2e-3, atol=2e-3 * np.abs(expected).max())
    return result


CHAIN = [*stem(), block(2), block(3, channels=8, stride=2), block(4, channels=8)]


def test_the_same_network_is_kept_bit_for_bit():
    parent = network(*CHAIN)
    result, expected, got = inherited(parent, parent, same_names(parent, parent))
    assert result.preserved
    assert result.share == 1.0
    assert set(result.changes.values()) == {"kept"}
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("node", [
    block(2), block(2, preactivation=True), block(2, kernel=2), block(2, kernel=4),
    block(2, "residual_bottleneck", factor=2.0), block(2, "residual_inverted", factor=2.0),
    conv((2,), kernel=3, channels=4), conv((2,), kernel=2, channels=6),
    conv((2,), kernel=5, channels=8, activation="linear", bias=True),
    Node("depthwise_conv2d", (2,), {"kernel": 3, "activation": "elu", "bias": True}),
    Node("batch_norm", (2,)), Node("dropout", (2,)), Node("activation", (2,), RELU),
])  # fmt: skip
def test_an_inserted_node_changes_nothing_at_first(node):
    parent = network(*CHAIN)
    later = [replace(n, inputs=(i + 3,)) for i, n in enumerate(CHAIN[3:])]
    child = network(*CHAIN[:3], node, *later)
    match = same_names(parent, child, without=(4,), renamed={5: 4, 6: 5, 7: 6})
    result = check_preserved(parent, child, match)
    if child.parameters > parent.parameters:
        assert "new" in result.changes.values()
        assert result.share < 1.0


@pytest.mark.parametrize(
    "nodes",
    [
        [*stem(6), block(2), block(3, channels=8, stride=2), block(4, channels=8)],
        [*stem(), block(2, channels=6), block(3, channels=8, stride=2), block(4, channels=8)],
        [*stem(8), block(2, channels=8), block(3, channels=8, stride=2), block(4, channels=8)],
        [*stem(kernel=5), block(2), block(3, channels=8, stride=2), block(4, channels=8)],
        [*stem(), block(2, kernel=5), block(3, channels=8, stride=2), block(4, channels=8)],
        [*stem(), block(2), block(3, channels=8, stride=2, kernel=4), block(4, channels=8)],
        [*stem(), block(2), block(3, channels=8, stride=2, kernel=5), block(4, channels=8)],
    ],
)
def test_wider_blocks_and_larger_kernels_compute_the_same(nodes):
    parent, child = network(*CHAIN), network(*nodes)
    result = check_preserved(parent, child, same_names(parent, child))
    assert "widened" in result.changes.values()


def test_other_ways_to_begin_as_the_parent():
    parent = network(*stem(), conv((2,), kernel=3, channels=4), block(3, "residual_inverted"))
    for node, without in (
        (conv((2,), kernel=3, channels=4, bias=True), ()),
        (conv((2,), kernel=3, channels=8), ()),
    ):
        child = network(*stem(), node, block(3, "residual_inverted"))
        check_preserved(parent, child, same_names(parent, child, without=without))


def test_a_new_branch_of_a_sum_begins_with_zeros_that_can_learn():
    parent = network(*stem(), conv((2,), kernel=3, channels=6))
    nodes = [*stem(), conv((2,), kernel=3, channels=4, activation="elu")]
    child = network(*nodes, Node("summation", (3, 2)), conv((4,), kernel=3, channels=6))
    # Which branch is first is for the canonical order to say.
    new = next(
        op for op in child.ops if op.kind == "conv2d" and op.node not in (1, child.ops[-3].node)
    )
    match = {op.name: op.name for op in parent.ops if op.node < 4 and op.parameters}
    last = next(op for op in reversed(child.ops) if op.kind == "conv2d")
    match |= {new.name: None, last.name: "n04_conv", "head": "head"}
    check_preserved(parent, child, match)


def test_a_rectified_branch_of_a_sum_begins_faintly_as_zeros_would_never_learn():
    parent = network(*stem(), conv((2,), kernel=3, channels=6))
    nodes = [*stem(), conv((2,), kernel=3, channels=4, activation="relu")]
    child = network(*nodes, Node("summation", (3, 2)), conv((4,), kernel=3, channels=6))
    (_, weights), heir = trained(parent), fresh(child)
    own = weights_of(heir)
    _, new, last = (op.name for op in child.ops if op.kind == "conv2d")
    match = {op.name: op.name for op in parent.ops if op.node < 4 and op.parameters}
    match |= {new: None, last: "n04_conv", "head": "head"}
    result = inherit(heir, child, parent, weights, match, images=images())
    assert not result.preserved
    np.testing.assert_allclose(weights_of(heir)[new][0], 0.1 * own[new][0], rtol=1e-6)


@pytest.mark.parametrize(
    ("convolution", "bias"),
    [
        (conv(kernel=3, channels=4, activation="linear"), True),
        (conv(kernel=3, channels=4, activation="linear", bias=True), True),
        (Node("depthwise_conv2d", values={"kernel": 3, "activation": "linear"}), True),
        (conv(kernel=3, channels=4, activation="linear"), False),
    ],
)
def test_a_lost_normalization_goes_into_the_convolution(convolution, bias):
    rest = [Node("activation", (1,), RELU), conv((2,), kernel=3, channels=6)]
    parent = network(convolution, Node("batch_norm", (0,)), *rest)
    changed = replace(convolution, values={**convolution.values, "bias": bias})
    child = network(changed, Node("activation", (0,), RELU), conv((1,), kernel=3, channels=6))
    match = same_names(parent, child, renamed={3: 4})
    if bias:
        check_preserved(parent, child, match)
    else:
        result, expected, got = inherited(parent, child, match)
        assert not result.preserved
        assert np.corrcoef(expected.ravel(), got.ravel())[0, 1] > 0.5


def test_narrower_blocks_take_the_channels_of_the_largest_scales():
    parent = network(*CHAIN)
    child = network(*stem(), block(2), block(3, channels=6, stride=2), block(4, channels=6))
    (_, weights), heir = trained(parent), fresh(child)
    result = inherit(heir, child, parent, weights, same_names(parent, child), images=images())
    assert not result.preserved
    assert result.share == 1.0
    assert result.changes["n05_conv2"] == "narrowed"
    inner = np.sort(np.argsort(-weights["n05_bn1"][0])[:6])
    joined = sum(weights[name][0] for name in ("n05_bn2", "n05_shortcut_bn", "n06_bn2"))
    outer = np.sort(np.argsort(-joined)[:6])
    got = weights_of(heir)
    expected = weights["n05_conv2"][0][:, :, inner][..., outer]
    np.testing.assert_array_equal(got["n05_conv2"][0], expected)
    for name in ("n05_bn2", "n05_shortcut_bn", "n06_bn2"):
        np.testing.assert_array_equal(got[name], [array[outer] for array in weights[name]])
    np.testing.assert_array_equal(got["head"][0], weights["head"][0][outer])


def test_kernels_that_would_read_other_things_stay_fresh():
    parent = network(*stem(), block(2, channels=8, stride=2), conv((3,), kernel=3, channels=6))
    child = network(*stem(), conv((2,), kernel=3, channels=6))
    (_, weights), heir = trained(parent), fresh(child)
    own = weights_of(heir)
    match = same_names(parent, child, without=(4,)) | {"n04_conv": "n05_conv"}
    result = inherit(heir, child, parent, weights, match, images=images())
    assert result.changes["n04_conv"] == "new"
    np.testing.assert_array_equal(weights_of(heir)["n04_conv"], own["n04_conv"])
    assert result.changes["head"] == "kept"


def test_factors_shrink_and_perturb_inherited_kernels_only():
    parent = network(*CHAIN)
    child = network(*stem(), block(2), block(3, channels=8, stride=2), block(4))
    (_, weights), heir = trained(parent), fresh(child)
    own = weights_of(heir)
    match = same_names(parent, child)
    result = inherit(
        heir, child, parent, weights, match, images=images(), shrink=0.5, perturb=0.25
    )
    assert not result.preserved
    got = weights_of(heir)
    expected = 0.5 * weights["n01_conv"][0] + 0.25 * own["n01_conv"][0]
    np.testing.assert_allclose(got["n01_conv"][0], expected, rtol=1e-5)
    np.testing.assert_array_equal(got["n02_bn"], weights["n02_bn"])
    assert match["n06_shortcut"] is None
    assert set(np.unique(got["n06_shortcut"][0])) == {0.0, 1.0}


SPACES = [
    make_space((8, 8, 2), max_depth=30, conv_kernels=(1, 2, 3, 5), residual_kernels=(2, 3, 5)),
    make_space((9, 7, 2), max_depth=30, conv_activations=("relu", "elu", "linear", "prelu")),
    make_space((8, 8, 2), nodes=("summation", "conv2d", "depthwise_conv2d", "activation")),
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SPACES), st.integers(0, 2**32), st.booleans())
def test_any_match_of_any_networks_gives_finite_weights_of_the_right_shapes(space, seed, related):
    rng = np.random.default_rng(seed)
    genotype = space.random(rng)
    other = space.mutate(genotype, rng, 0.05) if related else space.random(rng)
    parent, child = space.decode(genotype), space.decode(other)
    layers = [[op for op in network.ops if op.parameters] for network in (parent, child)]
    offered = {
        op.name: [None, *(x.name for x in layers[0] if x.kind == op.kind)] for op in layers[1]
    }
    match = {name: names[rng.integers(len(names))] for name, names in offered.items()}
    weights, own = (arrays_of(net, rng) for net in (parent, child))
    result = transfer(child, parent, match, weights=weights, fresh=own)
    assert list(result.layers) == list(own)
    for name, layer in result.layers.items():
        assert [a.shape for a in layer.variables] == [a.shape for a in own[name]]
        assert all(np.isfinite(a).all() and a.dtype == np.float32 for a in layer.variables)
        assert match[name] is not None or result.changes[name] == "new"


def test_a_wrong_match_is_told():
    parent = network(*CHAIN)
    (_, weights), heir = trained(parent), fresh(parent)
    for match in ({"n01_conv": "n02_bn"}, {"n01_conv": "n77_conv"}, {"n77_conv": "n01_conv"}):
        with pytest.raises(ConfigError, match="match of layer"):
            inherit(heir, parent, parent, weights, match, images=images())


def test_weights_of_another_network_are_told():
    parent, other = network(*CHAIN), network(*stem(6))
    (_, weights), heir = trained(other), fresh(parent)
    match = same_names(parent, parent)
    with pytest.raises(ConfigError, match="'n01_conv': expected 72 numbers, got 108"):
        inherit(heir, parent, parent, weights, match, images=images())


@pytest.mark.parametrize("factors", [{"shrink": 1.5}, {"perturb": -0.1}, {"shrink": float("nan")}])
def test_factors_out_of_range_are_told(factors):
    parent = network(*CHAIN)
    (_, weights), heir = trained(parent), fresh(parent)
    match = same_names(parent, parent)
    with pytest.raises(ConfigError, match="from 0 to 1"):
        inherit(heir, parent, parent, weights, match, images=images(), **factors)


def test_weights_are_loaded_whole_or_not_at_all():
    (model, weights), heir = trained(network(*CHAIN)), fresh(network(*CHAIN))
    before = weights_of(heir)
    missing = {name: arrays for name, arrays in weights.items() if name != "head"}
    for wrong in (missing, {**weights, "more": weights["head"]}, {**weights, "head": ()}):
        with pytest.raises(ConfigError, match="weights of layer"):
            load_weights(heir, wrong)
    for name, arrays in weights_of(heir).items():
        np.testing.assert_array_equal(arrays[0], before[name][0])
    load_weights(heir, weights)
    np.testing.assert_array_equal(logits(heir, images()), logits(model, images()))
