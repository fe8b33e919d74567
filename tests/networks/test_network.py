import copy
import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas import cgp
from evoapproxnas.errors import ConfigError, EvoApproxNASError, UnknownNameError
from evoapproxnas.networks import ApproxLayer, Network, Node
from tests.mutation import changed_value
from tests.networks.designs import build, conv, make_space

SPACE = make_space((9, 9, 3))


CHANGED = build(
    SPACE,
    conv(kernel=3, channels=8, bias=True, multiplier="mul8u_b"),
    Node("depthwise_conv2d", (0,), {"stride": 2}),
    Node("summation", (0, 1)),
    Node("dropout", (2,)),
    Node("activation", (3,)),
)


@pytest.fixture
def network():
    return build(
        SPACE,
        conv(kernel=3, channels=8, bias=True, multiplier="mul8u_b"),
        Node("depthwise_conv2d", (0,), {"stride": 2}),
        Node("summation", (0, 1)),
    )


def test_figures_by_hand(network):
    assert network.depth == 3
    assert network.approx_layers == (
        ApproxLayer("n01_conv", "mul8u_b", 9 * 9 * 8 * 27),
        ApproxLayer("n02_dwconv", "mul8u_a", 5 * 5 * 8 * 4),
        ApproxLayer("head", "exact8", 80),
    )
    assert network.macs == 9 * 9 * 8 * 27 + 5 * 5 * 8 * 4 + 80
    assert network.parameters == (27 * 8 + 8) + 4 * 8 + 90
    assert network.assignment["head"] == "exact8"


def test_key_is_a_digest_that_never_changes(network):
    # Runs on disk refer to networks by key: a new digest here breaks resuming them.
    assert network.key == ("50cd2118edf9a4a08731403b25ec91ac6e62d654b5bafcdf624dc0aeea6f14d0")


def test_architecture_key_is_a_digest_that_never_changes(network):
    # Stores name trainings by it, so that they are not done twice.
    assert network.architecture_key == (
        "323c6b477e5d768f65eb700817eee57b0d8e377b8becd55a2d1cfaaa7ce677bc"
    )


def test_architecture_key_leaves_out_multipliers_and_nothing_else():
    def network(first, second, **values):
        return build(
            SPACE,
            conv(multiplier=first, channels=8, **values),
            conv(multiplier=second, channels=8),
            Node("summation", (0, 1)),
            conv((2,)),
        )

    names = ("mul8u_a", "mul8u_b")
    networks = [network(a, b) for a in names for b in names]
    assert len({n.key for n in networks}) == 3  # Of two inputs of a sum the order is nothing.
    assert len({n.architecture_key for n in networks}) == 1
    other = network("mul8u_a", "mul8u_b", kernel=3)
    assert other.architecture_key != networks[0].architecture_key


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_multipliers_never_change_the_architecture_key(seed):
    network = SPACE.decode(SPACE.random(np.random.default_rng(seed)))
    data = network.to_dict()
    for position, op in enumerate(data["ops"]):
        if "multiplier" in op["attributes"]:
            op["attributes"]["multiplier"] = f"other{position % 3}"
    assert Network.from_dict(data).architecture_key == network.architecture_key


def test_an_assignment_changes_the_key_alone(network):
    other = network.with_assignment({"n02_dwconv": "mul8u_b", "head": "mul8u_a@a6w4"})
    assert other.assignment == {
        "n01_conv": "mul8u_b",
        "n02_dwconv": "mul8u_b",
        "head": "mul8u_a@a6w4",
    }
    assert other.architecture_key == network.architecture_key
    assert other.key != network.key
    assert other.with_assignment(network.assignment) == network
    assert Network.from_dict(json.loads(json.dumps(other.to_dict()))) == other
    assert network.with_assignment({}) == network


def test_layers_of_one_node_may_have_different_multipliers():
    block = build(SPACE, Node("basic_residual", values={"channels": 6, "stride": 2}))
    names = [layer.name for layer in block.approx_layers[:3]]
    other = block.with_assignment({names[1]: "mul8u_b"})
    assert [other.assignment[name] for name in names] == ["mul8u_a", "mul8u_b", "mul8u_a"]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_an_assignment_has_the_key_that_genes_give_it(seed):
    rng = np.random.default_rng(seed)
    genotype = SPACE.random(rng)
    first = 1 + SPACE.grid.max_arity
    nodes = genotype.nodes.copy()
    for place in cgp.active_nodes(genotype):
        slots = list(SPACE.kinds[nodes[place, 0]].choices)
        if "multiplier" in slots:
            nodes[place, first + slots.index("multiplier")] = rng.integers(2)
    genes = cgp.Genotype(SPACE.grid, np.append(nodes.ravel(), genotype.outputs))
    expected = SPACE.decode(genes)
    assigned = SPACE.decode(genotype).with_assignment(expected.assignment)
    assert (assigned, assigned.key) == (expected, expected.key)


def test_an_assignment_of_unknown_layers_is_refused(network):
    with pytest.raises(UnknownNameError, match="did you mean 'n01_conv'"):
        network.with_assignment({"n01_cnov": "mul8u_a"})
    with pytest.raises(UnknownNameError, match="layer that multiplies 'n01_act'"):
        network.with_assignment({"n01_act": "mul8u_a"})


def test_summary_shows_every_operation_and_the_totals(network):
    text = network.summary()
    assert "input 9x9x3, 10 classes, depth 3, 18,376 MACs, 346 parameters" in text
    assert all(op.name in text for op in network.ops)
    assert "bias, channels 8, kernel 3, mul8u_b, stride 1" in text


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_json_round_trip(seed):
    network = SPACE.decode(SPACE.random(np.random.default_rng(seed)))
    again = Network.from_dict(json.loads(json.dumps(network.to_dict())))
    assert again == network
    assert again.key == network.key
    assert pickle.loads(pickle.dumps(network)) == network


def test_attributes_are_looked_up_by_name(network):
    assert network.ops[0]["kernel"] == 3
    with pytest.raises(KeyError):
        network.ops[0]["factor"]


def drop(path):
    def change(data):
        del data[path]

    return change


def put(value, *path):
    def change(data):
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (put(99, "format"), ConfigError, "expected format 1, got 99"),
        (drop("ops"), ConfigError, "network: 'ops' is missing"),
        (put(None, "ops"), ConfigError, "'ops': input should be a valid array, got None"),
        (put([1, 2], "ops", 0), ConfigError, "'ops.0': input should be an object"),
        (put([], "ops"), ConfigError, "expected a dense operation of 10 units.*no operation"),
        (put(11, "classes"), ConfigError, "expected a dense operation of 11 units"),
        (put(-10, "classes"), ConfigError, "'classes': input should be greater"),
        (put("10", "classes"), ConfigError, "'classes': input should be a valid integer"),
        (put([9, 9], "input_shape"), ConfigError, "'input_shape.2' is missing"),
        (put([9, 0, 3], "input_shape"), ConfigError, "'input_shape.1': input should be greater"),
        (put([9, True, 3], "input_shape"), ConfigError, "'input_shape.1'.*valid integer"),
        (put("a\nb", "ops", 0, "name"), ConfigError, "'ops.0.name': string should match"),
        (put(-8, "ops", 0, "attributes", "channels"), ConfigError, "n01_conv.*greater"),
        (put(0, "ops", 0, "attributes", "stride"), ConfigError, "'n01_conv'.*'stride': input"),
        (put("3", "ops", 0, "attributes", "kernel"), ConfigError, "valid integer, got '3'"),
        (put(1, "ops", 0, "attributes", "bias"), ConfigError, "valid boolean, got 1"),
        (put(1, "ops", 0, "attributes", "colour"), UnknownNameError, "attribute of .*'colour'"),
        (put(["n01_conv"], "ops", -1, "inputs"), ConfigError, "expected a vector, got"),
        (put("conv9d", "ops", 0, "kind"), UnknownNameError, "operation 'conv9d'.*conv2d"),
        (put(["n09_conv"], "ops", 0, "inputs"), ConfigError, "n01_conv.*earlier operations"),
        (put({}, "ops", 0, "attributes"), ConfigError, "n01_conv.*attributes"),
        (put([9, 9, 9], "ops", 0, "shape"), ConfigError, "n01_conv.*got shape"),
        (put("n01_conv", "ops", 1, "name"), ConfigError, "expected a new name"),
    ],
)
def test_damaged_descriptions_are_refused(network, change, error, words):
    data = copy.deepcopy(network.to_dict())
    change(data)
    with pytest.raises(error, match=words):
        Network.from_dict(data)


def test_something_else_than_a_description_is_refused():
    with pytest.raises(ConfigError, match="network: input should be an object"):
        Network.from_dict([])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_description_is_a_whole_network_or_refused(data):
    description = changed_value(data, json.loads(json.dumps(CHANGED.to_dict())))
    try:
        network = Network.from_dict(description)
    except EvoApproxNASError:
        return
    assert network.macs >= 0
    assert network.depth >= 0
    assert Network.from_dict(network.to_dict()) == network
