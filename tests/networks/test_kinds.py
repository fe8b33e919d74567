import pytest

from evoapproxnas.config import SpaceConfig
from evoapproxnas.networks import IMAGE, KINDS, Node, node_kind
from evoapproxnas.networks.kinds import _registry
from tests.networks.designs import build, conv, make_space

NODE_KINDS = SpaceConfig().nodes
RESIDUAL = ("basic_residual", "residual_bottleneck", "residual_inverted")


def ops(network, node):
    return [op for op in network.ops if op.node == node]


def steps(network, node):
    """Describe the operations of a node: name without number, then what matters."""
    shown = []
    for op in ops(network, node):
        words = [op.name.split("_", 1)[1]]
        words += [str(op[k]) for k in ("kernel", "channels", "stride") if k in dict(op.attributes)]
        shown.append(" ".join(words))
    return shown


MORE_KINDS = {"average_pooling", "concatenation", "separable", "shuffle_unit"}


def test_the_ten_kinds_of_the_paper_are_searched_by_default():
    assert len(NODE_KINDS) == 10
    assert set(KINDS) - set(NODE_KINDS) == MORE_KINDS


def with_more(*input_shape, **space):
    nodes = (*NODE_KINDS, *sorted(MORE_KINDS))
    return make_space(input_shape or (8, 8, 1), nodes=nodes, **space)


def test_parameters_are_those_of_the_design():
    assert {name: [p.choices for p in KINDS[name].parameters] for name in NODE_KINDS} == {
        "summation": [],
        "batch_norm": [],
        "activation": ["activations"],
        "depthwise_conv2d": [
            "conv_kernels",
            "strides",
            "conv_activations",
            (False, True),
            "multipliers",
        ],
        "conv2d": [
            "conv_kernels",
            "channels",
            "strides",
            "conv_activations",
            (False, True),
            "multipliers",
        ],
        "basic_residual": [
            "residual_kernels",
            "channels",
            "strides",
            (False, True),
            "multipliers",
        ],
        "residual_bottleneck": ["residual_kernels", "factors", "strides", "multipliers"],
        "residual_inverted": ["residual_kernels", "factors", "strides", "multipliers"],
        "dropout": ["dropout_min", "dropout_max"],
        "max_pooling": [],
    }


def test_conv2d_and_depthwise():
    network = build(
        make_space(),
        conv(kernel=3, channels=6, stride=2, activation="elu", bias=True, multiplier="mul8u_b"),
        Node("depthwise_conv2d", (0,), {"kernel": 2, "activation": "relu"}),
    )
    first, elu, second, relu = network.ops[:4]
    assert (first.kind, first.shape, first["bias"]) == ("conv2d", (4, 4, 6), True)
    assert (first.parameters, first.macs) == (3 * 3 * 6 + 6, 4 * 4 * 6 * 9)
    assert (second.kind, second.shape) == ("depthwise_conv2d", (4, 4, 6))
    assert (second.parameters, second.macs) == (2 * 2 * 6, 4 * 4 * 6 * 4)
    assert (elu["function"], relu["function"]) == ("elu", "relu")
    assert network.assignment == {"n01_conv": "mul8u_b", "n02_dwconv": "mul8u_a", "head": "exact8"}


def test_basic_residual_postactivation():
    network = build(
        make_space(),
        conv(channels=4),
        Node("basic_residual", (0,), {"kernel": 3, "channels": 8, "stride": 2}),
    )
    assert steps(network, 2) == [
        "conv1 3 8 2",
        "bn1",
        "act1",
        "conv2 3 8 1",
        "bn2",
        "shortcut 1 8 2",
        "shortcut_bn",
        "add",
        "act2",
    ]
    add = ops(network, 2)[-2]
    assert add.inputs == ("n02_bn2", "n02_shortcut_bn")


def test_basic_residual_preactivation_projects_the_activated_map():
    network = build(
        make_space(),
        conv(channels=4),
        Node("basic_residual", (0,), {"kernel": 4, "channels": 8, "preactivation": True}),
    )
    assert steps(network, 2) == [
        "bn1",
        "act1",
        "conv1 4 8 1",
        "bn2",
        "act2",
        "conv2 4 8 1",
        "shortcut 1 8 1",
        "add",
    ]
    assert ops(network, 2)[-2].inputs == ("n02_act1",)


def test_bottleneck_narrows_and_inverted_widens():
    network = build(
        make_space(),
        conv(channels=8),
        Node("residual_bottleneck", (0,), {"kernel": 3, "factor": 2.0}),
        Node("residual_inverted", (1,), {"kernel": 4, "factor": 2.5, "stride": 2}),
    )
    assert steps(network, 2) == [
        *("conv1 1 4 1", "bn1", "act1", "conv2 3 4 1", "bn2", "act2", "conv3 1 8 1", "bn3"),
        *("add", "act3"),
    ]
    assert steps(network, 3) == [
        *("conv1 1 20 1", "bn1", "act1", "dwconv 4 2", "bn2", "act2", "conv2 1 8 1", "bn3"),
        *("shortcut 1 8 2", "shortcut_bn", "add"),
    ]
    assert [op["function"] for op in ops(network, 3) if op.kind == "activation"] == ["relu6"] * 2


@pytest.mark.parametrize("kind", RESIDUAL)
@pytest.mark.parametrize("stride", [1, 2])
def test_shortcut_is_projected_only_where_the_shape_changes(kind, stride):
    values = {"stride": stride, "multiplier": "mul8u_b"}
    if kind == "basic_residual":
        values["channels"] = 8
    network = build(make_space(), conv(channels=8), Node(kind, (0,), values))
    assert ("n02_shortcut" in network.assignment) == (stride == 2)
    used = {m for name, m in network.assignment.items() if name.startswith("n02")}
    assert used == {"mul8u_b"}


def test_bottleneck_of_one_channel_keeps_one():
    network = build(make_space(), Node("residual_bottleneck", values={"factor": 4.0}))
    assert network.ops[0]["channels"] == 1


@pytest.mark.parametrize(
    ("size", "strides", "pool", "step"),
    [(8, (1, 2), 2, 2), (7, (1, 2), 2, 2), (9, (1, 4), 3, 3), (8, (2, 3), 2, 1)],
)
def test_summation_pools_and_pads_to_fit(size, strides, pool, step):
    space = make_space((size, size, 1), strides=(1, 2, 3, 4), min_spatial=1)
    network = build(
        space,
        conv(channels=8, stride=strides[0]),
        conv(channels=4, stride=strides[1]),
        Node("summation", (0, 1)),
    )
    small = -(-size // strides[1])
    added = [op for op in network.ops if op.node_kind == "summation"]
    assert [op.kind for op in added] == ["max_pool", "pad_channels", "add"]
    assert {op.shape[:2] for op in added} == {(small, small)}
    assert (added[0]["pool"], added[0]["strides"]) == ((pool, pool), (step, step))
    assert added[1]["added"] == 4
    assert added[2].shape == (small, small, 8)
    assert sum(op.parameters for op in added) == 0


def test_summation_of_maps_that_are_larger_on_one_side_each():
    space = make_space((4, 9, 1), min_spatial=1)
    network = build(space, conv(), conv(stride=2), Node("summation", (1, 0)))
    assert network.ops[-3].shape == (2, 5, 4)


def test_summation_of_a_map_with_itself_doubles_it():
    network = build(make_space(), conv(), Node("summation", (0, 0)))
    assert network.ops[2].inputs == ("n01_act", "n01_act")


@pytest.mark.parametrize("inner", [True, False])
def test_separable_normalizes_and_activates(inner):
    values = {"kernel": 5, "channels": 6, "stride": 2, "inner_activation": inner}
    network = build(with_more(), conv(channels=4), Node("separable", (0,), values))
    assert steps(network, 2) == [
        *("dwconv 5 2", "bn1", *["inner_act"] * inner, "conv 1 6 1", "bn2", "act"),
    ]
    dwconv, conv1x1 = (op for op in ops(network, 2) if op.macs)
    assert (dwconv.macs, conv1x1.macs) == (4 * 4 * 4 * 25, 4 * 4 * 6 * 4)


def test_separable_may_stay_linear():
    space = with_more(conv_activations=("linear", "relu"))
    network = build(space, Node("separable", values={"activation": "linear"}))
    assert steps(network, 1) == ["dwconv 3 1", "bn1", "conv 1 4 1", "bn2"]


def test_shuffle_unit_that_keeps_the_shape_transforms_half_of_the_channels():
    network = build(with_more(), conv(channels=8), Node("shuffle_unit", (0,), {"channels": 8}))
    assert steps(network, 2) == [
        *("kept", "split", "conv1 1 4 1", "bn1", "act1", "dwconv 3 1", "bn2"),
        *("conv2 1 4 1", "bn3", "act2", "concat", "shuffle"),
    ]
    named = {op.name: op for op in network.ops}
    assert named["n02_concat"].inputs == ("n02_kept", "n02_act2")
    assert (named["n02_kept"]["after"], named["n02_split"]["before"]) == (4, 4)
    assert named["n02_shuffle"].shape == (8, 8, 8)


def test_shuffle_unit_that_changes_the_shape_computes_both_halves():
    values = {"kernel": 5, "channels": 8, "stride": 2}
    network = build(with_more(), conv(channels=6), Node("shuffle_unit", (0,), values))
    assert steps(network, 2) == [
        *("shortcut_dwconv 5 2", "shortcut_dwbn", "shortcut 1 4 1", "shortcut_bn", "shortcut_act"),
        *("conv1 1 4 1", "bn1", "act1", "dwconv 5 2", "bn2", "conv2 1 4 1", "bn3", "act2"),
        *("concat", "shuffle"),
    ]
    assert set(network.assignment) >= {"n02_shortcut_dwconv", "n02_shortcut", "n02_dwconv"}
    assert network.ops[-3].shape == (4, 4, 8)


@pytest.mark.parametrize(("before", "channels", "last"), [(7, 7, "concat"), (1, 1, "shuffle")])
def test_shuffle_unit_of_odd_channels(before, channels, last):
    space = with_more(channels=(1, 7))
    network = build(
        space, conv(channels=before), Node("shuffle_unit", (0,), {"channels": channels})
    )
    assert ops(network, 2)[-1].kind.startswith(last)
    assert network.ops[-3].shape == (8, 8, max(channels, 2))


def test_concatenation_pools_and_keeps_the_order():
    space = with_more()
    twice = [
        build(space, conv(channels=8), conv(channels=4, stride=2), Node("concatenation", order))
        for order in [(0, 1), (1, 0)]
    ]
    assert twice[0].key != twice[1].key
    for network in twice:
        pool, concat = (op for op in network.ops if op.node_kind == "concatenation")
        assert (pool.kind, pool.shape) == ("max_pool", (4, 4, 8))
        assert (concat.kind, concat.shape) == ("concat", (4, 4, 12))


def test_average_pooling_halves_the_map():
    network = build(with_more(7, 9, 1), conv(), Node("average_pooling", (0,)))
    assert (network.ops[-3].kind, network.ops[-3].shape) == ("average_pool", (4, 5, 4))


def test_strides_and_pooling_stop_at_the_smallest_map():
    network = build(
        make_space(min_spatial=4),
        Node("max_pooling"),
        Node("max_pooling", (0,)),
        conv((1,), stride=2),
        Node("basic_residual", (2,), {"stride": 2, "channels": 4}),
    )
    assert [op.kind for op in network.ops[:2]] == ["max_pool", "conv2d"]
    assert {op.shape[:2] for op in network.ops[:-2]} == {(4, 4)}
    assert network.depth == 3


def test_pooling_an_odd_map_rounds_up():
    network = build(make_space((7, 7, 1)), Node("max_pooling"), conv((0,)))
    assert network.ops[0].shape == (4, 4, 1)


def test_dropout_rate_grows_with_depth():
    values = {"low": 0.1, "high": 0.3}
    space = make_space()
    network = build(
        space,
        Node("dropout", values=values),
        conv((0,)),
        Node("dropout", (1,), values),
        conv((2,)),
        Node("dropout", (3,), values),
    )
    assert [op["rate"] for op in network.ops if op.kind == "dropout"] == [0.1, 0.2, 0.3]


def test_linear_activation_adds_nothing():
    network = build(make_space(conv_activations=("linear",)), conv())
    assert [op.kind for op in network.ops] == ["conv2d", "global_average_pool", "dense"]


def test_cifar_resnet8_is_a_design():
    space = make_space(
        (32, 32, 3), channels=(16, 32, 64), conv_activations=("linear",), conv_kernels=(3,)
    )

    def block(source, channels, stride):
        return Node("basic_residual", (source,), {"channels": channels, "stride": stride})

    network = build(
        space,
        conv(channels=16),
        Node("batch_norm", (0,)),
        Node("activation", (1,), {"function": "relu"}),
        block(2, 16, 1),
        block(3, 32, 2),
        block(4, 64, 2),
    )
    stem = 27 * 16 + 4 * 16
    blocks = [
        9 * (a * b + b * b) + 8 * b + (0 if a == b else a * b + 4 * b)
        for a, b in ((16, 16), (16, 32), (32, 64))
    ]
    assert network.parameters == stem + sum(blocks) + 65 * 10
    assert network.macs == 12_501_632
    assert len(network.approx_layers) == 1 + 3 * 2 + 2 + 1


def test_a_new_kind_is_one_registration(monkeypatch):
    monkeypatch.setattr(_registry, "_KINDS", kinds := dict(KINDS))
    monkeypatch.setattr(_registry, "KINDS", kinds)

    @node_kind(arity=2, channels="channels", gate=(False, True), multiplier="multipliers")
    def squeeze(graph, a, b, *, channels, gate, multiplier):
        y = graph.conv2d(a, kernel=1, channels=channels, multiplier=multiplier)
        return graph.activation(y, "relu") if gate else b

    space = make_space(nodes=("conv2d", "squeeze"))
    network = build(space, Node("squeeze", (IMAGE, IMAGE), {"gate": True}))
    assert [op.name for op in network.ops[:2]] == ["n01_conv", "n01_act"]
    returns_an_input = build(space, conv(), Node("squeeze", (0, 0), {"gate": False}))
    assert [op.node_kind for op in returns_an_input.ops] == ["conv2d"] * 2 + ["head"] * 2
