import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.networks import KINDS, Node, design_of, match_layers
from evoapproxnas.networks.zoo import zoo_network
from tests.networks.designs import build, conv, make_space

SPACE = make_space((16, 16, 3), nodes=tuple(KINDS), max_depth=30)
ROOMY = make_space((16, 16, 3), rows=20, columns=60, levels_back=60, nodes=tuple(KINDS))
seeds = st.integers(0, 2**32)


def zoo(name):
    return zoo_network(name, (32, 32, 3), 10)


def weighted(network):
    return [op.name for op in network.ops if op.parameters]


@pytest.mark.parametrize("name", ["resnet20", "mlperf_resnet8", "mobilenet_25m", "shufflenet_10m"])
def test_every_layer_matches_itself(name):
    network = zoo(name)
    assert match_layers(network, network) == {name: name for name in weighted(network)}


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_only_layers_with_the_same_weights_match_and_each_once(seed):
    rng = np.random.default_rng(seed)
    parent, child = (SPACE.decode(SPACE.random(rng)) for _ in range(2))
    matches = match_layers(parent, child)
    assert list(matches) == weighted(child)
    given_once = [name for name in matches.values() if name is not None]
    assert len(set(given_once)) == len(given_once)
    ours = {op.name: op for op in child.ops}
    theirs = {op.name: op for op in parent.ops}
    for name, other in matches.items():
        if other is not None:
            assert ours[name].kind == theirs[other].kind
            assert ours[name].node_kind == theirs[other].node_kind


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_networks_that_differ_in_multipliers_name_and_match_all_layers_alike(seed):
    rng = np.random.default_rng(seed)
    genotype = SPACE.random(rng)
    design = [
        Node(n.kind, n.inputs, {**n.values, "multiplier": SPACE.multipliers[int(rng.integers(2))]})
        if "multiplier" in n.values
        else n
        for n in design_of(SPACE, genotype)
    ]
    parent, child = SPACE.decode(genotype), build(ROOMY, *design)
    assert parent.architecture_key == child.architecture_key
    names = [(op.name, op.inputs, op.shape) for op in parent.ops]
    assert [(op.name, op.inputs, op.shape) for op in child.ops] == names
    assert match_layers(parent, child) == {name: name for name in weighted(child)}


@pytest.mark.parametrize(("shallow", "deep"), [("resnet8", "resnet14"), ("resnet14", "resnet26")])
def test_a_deeper_network_takes_all_of_a_shallower_one(shallow, deep):
    parent, child = zoo(shallow), zoo(deep)
    taken = {name for name in match_layers(parent, child).values() if name}
    assert taken == set(weighted(parent))
    given = match_layers(child, parent)
    assert None not in given.values()
    named = {op.name: op for op in child.ops}
    shapes = {op.name: (op.shape, op.parameters) for op in parent.ops}
    assert all(shapes[ours] == (named[x].shape, named[x].parameters) for ours, x in given.items())


CHAIN = (
    conv(kernel=3, channels=4),
    Node("batch_norm", (0,)),
    Node("basic_residual", (1,), {"kernel": 3, "channels": 6}),
    conv((2,), kernel=3, channels=6),
    Node("batch_norm", (3,)),
)


def changed(position, **values):
    node = CHAIN[position]
    return [
        *CHAIN[:position],
        Node(node.kind, node.inputs, {**node.values, **values}),
        *CHAIN[position + 1 :],
    ]


@pytest.mark.parametrize(
    ("position", "values", "lost"),
    [
        (0, {"channels": 8}, set()),
        (2, {"channels": 8, "stride": 2}, set()),
        (2, {"kernel": 4}, set()),
        (2, {"preactivation": True}, {"n03_bn1", "n03_bn2"}),
        (3, {"kernel": 2}, set()),
        (3, {"activation": "elu", "bias": True}, set()),
    ],
)
def test_a_changed_node_keeps_what_still_means_the_same(position, values, lost):
    parent, child = build(ROOMY, *CHAIN), build(ROOMY, *changed(position, **values))
    matches = match_layers(parent, child)
    assert {name for name, other in matches.items() if other is None} == lost
    assert all(other in (name, None) for name, other in matches.items())


def test_kernels_of_any_size_match_and_new_shortcuts_do_not():
    space = make_space((16, 16, 3), conv_kernels=(3, 5, 1))
    parent = build(space, conv(kernel=3), Node("basic_residual", (0,), {"channels": 4}))
    child = build(space, conv(kernel=5), Node("basic_residual", (0,), {"channels": 8}))
    matches = match_layers(parent, child)
    assert matches["n01_conv"] == "n01_conv"
    assert {name for name, other in matches.items() if other is None} == {
        "n02_shortcut",
        "n02_shortcut_bn",
    }


def test_both_branches_of_a_sum_match_in_either_order():
    def network(kernel):
        return build(
            ROOMY,
            conv(channels=4, kernel=2),
            Node("batch_norm", (0,)),
            conv((1,), channels=4, kernel=kernel, activation="elu"),
            Node("batch_norm", (2,)),
            Node("depthwise_conv2d", (1,), {"kernel": 3}),
            Node("summation", (3, 4)),
            conv((5,), channels=8, kernel=3),
        )

    parent, child = network(2), network(3)
    matches = match_layers(parent, child)
    assert None not in matches.values()
    kinds = [(op.kind, op.shape) for op in child.ops if matches.get(op.name)]
    given = {op.name: (op.kind, op.shape) for op in parent.ops}
    assert kinds == [given[x] for x in matches.values() if x]
