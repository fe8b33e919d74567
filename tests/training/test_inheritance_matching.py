"""Inheritance between networks that `match_layers` matched: what is said to be kept is kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import ConfigError, NetworkRejected
from evoapproxnas.networks import KINDS, Node, design_of, encode, match_layers
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.networks.zoo import zoo_network
from evoapproxnas.training.inheritance import inherit, load_weights, weights_of
from evoapproxnas.training.inheritance.transfer import transfer
from tests.networks.designs import make_space
from tests.training.inheritance_cases import arrays_of, images, logits, trained

VALUES = {
    "nodes": tuple(KINDS),
    "channels": (2, 3, 4, 6, 8),
    "conv_kernels": (1, 2, 3, 4, 5),
    "residual_kernels": (2, 3, 4, 5),
    "depthwise_kernels": (2, 3, 4, 5),
    "conv_activations": ("relu", "elu", "linear", "prelu", "leakyrelu"),
}
SMALL = make_space((9, 8, 2), rows=3, columns=8, levels_back=8, max_depth=7, **VALUES)
ROOMY = make_space((9, 8, 2), rows=20, columns=60, levels_back=60, max_depth=30, **VALUES)
UNARY = [bound for bound in ROOMY.kinds if bound.kind.arity == 1]


def larger(design, rng):
    """One node with more channels or a larger kernel, or one node more that halves nothing."""
    place = int(rng.integers(len(design)))
    node = design[place]
    name = str(rng.choice(["channels", "kernel", "insertion"]))
    choices = [value for value in range(2, 9) if value > node.values.get(name, 9)]
    if choices:
        values = {**node.values, name: int(rng.choice(choices))}
        return [*design[:place], Node(node.kind, node.inputs, values), *design[place + 1 :]]
    bound = UNARY[int(rng.integers(len(UNARY)))]
    values = {name: some[int(rng.integers(len(some)))] for name, some in bound.choices.items()}
    new = Node(bound.kind.name, (place,), values | ({"stride": 1} if "stride" in values else {}))
    later = [
        Node(n.kind, tuple(x + (x >= place) for x in n.inputs), n.values)
        for n in design[place + 1 :]
    ]
    return [*design[: place + 1], new, *later]


def family(seed):
    """A random parent and a child with one change that may preserve the function."""
    rng = np.random.default_rng(seed)
    design = list(design_of(SMALL, SMALL.random(rng)))
    for _ in range(20):
        try:
            pair = [
                ROOMY.decode(encode(ROOMY, nodes, rng)) for nodes in (design, larger(design, rng))
            ]
        except (ConfigError, NetworkRejected):
            continue
        return pair, rng
    return [ROOMY.decode(encode(ROOMY, design, rng))] * 2, rng


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_children_of_one_change_inherit_finite_weights_of_the_right_shapes(seed):
    (parent, child), rng = family(seed)
    weights, fresh = (arrays_of(network, rng) for network in (parent, child))
    match = match_layers(parent, child)
    result = transfer(child, parent, match, weights=weights, fresh=fresh)
    for name, layer in result.layers.items():
        assert [a.shape for a in layer.variables] == [a.shape for a in fresh[name]]
        assert all(np.isfinite(a).all() for a in layer.variables)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_said_to_be_preserved_is(seed):
    (parent, child), _ = family(seed)
    (model, weights), x = trained(parent), images(shape=(9, 8, 2))
    heir = build_model(child, mean=[127.0] * 2, variance=[5000.0] * 2, seed=7)
    match = match_layers(parent, child)
    result = inherit(heir, child, parent, weights, match, images=x)
    expected, got = logits(model, x), logits(heir, x)
    assert np.isfinite(got).all()
    if result.preserved:
        np.testing.assert_allclose(got, expected, rtol=5e-3, atol=5e-3 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["resnet14", "mobilenet_10m", "shufflenet_10m"])
def test_networks_of_the_zoo_inherit_themselves(name):
    network = zoo_network(name, (32, 32, 3), 10)
    rng = np.random.default_rng(0)
    weights, fresh = arrays_of(network, rng), arrays_of(network, rng)
    result = transfer(
        network, network, match_layers(network, network), weights=weights, fresh=fresh
    )
    assert result.preserved
    assert set(result.changes.values()) == {"kept"}
    for layer, arrays in weights.items():
        for a, b in zip(result.layers[layer].variables, arrays, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_deeper_resnet_begins_as_a_shallower_one():
    parent, child = (zoo_network(name, (16, 16, 3), 10) for name in ("resnet8", "resnet14"))
    x = images(8, (16, 16, 3))
    model, heir = (build_model(net, seed=seed) for net, seed in ((parent, 1), (child, 2)))
    weights = weights_of(model)
    load_weights(model, weights)
    match = match_layers(parent, child)
    result = inherit(heir, child, parent, weights, match, images=x)
    assert result.preserved
    expected = logits(model, x)
    np.testing.assert_allclose(logits(heir, x), expected, atol=1e-3 * np.abs(expected).max())
