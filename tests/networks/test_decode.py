import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas import cgp
from evoapproxnas.errors import NetworkRejected
from evoapproxnas.networks import Node, design_of
from tests.networks.designs import build, conv, make_space, reordered

SHAPES = ((8, 8, 1), (7, 9, 2), (32, 32, 3), (2, 2, 1))
SPACES = tuple(make_space(shape, rows=6) for shape in SHAPES)
ROOMY = make_space(rows=20, columns=60, levels_back=60)

spaces = st.sampled_from(SPACES)
seeds = st.integers(0, 2**32)


@settings(max_examples=200, deadline=None)
@given(spaces, seeds)
def test_decoding_gives_a_network_within_the_limits_or_rejects(space, seed):
    genotype = cgp.random_genotype(space.grid, np.random.default_rng(seed))
    try:
        network = space.decode(genotype)
    except NetworkRejected:
        return
    limits = space.limits
    assert limits.min_depth <= network.depth <= limits.max_depth
    assert network.macs <= limits.max_macs
    assert network.parameters <= limits.max_parameters
    maps = [op.shape for op in network.ops if len(op.shape) == 3]
    assert all(min(height, width) >= limits.min_spatial for height, width, _ in maps)
    assert network.ops[-1].name == "head"
    assert network.ops[-1].shape == (10,)
    assert len({op.name for op in network.ops}) == len(network.ops)


@settings(max_examples=100, deadline=None)
@given(spaces, seeds)
def test_inactive_genes_do_not_change_the_network(space, seed):
    rng = np.random.default_rng(seed)
    genotype = space.random(rng)
    neutral = cgp.random_genotype(space.grid, rng).nodes.copy()
    for node in cgp.active_nodes(genotype):
        function = space.grid.functions[genotype.functions[node]]
        used = 1 + function.arity
        first = 1 + space.grid.max_arity
        neutral[node, :used] = genotype.nodes[node, :used]
        neutral[node, first:] = genotype.nodes[node, first:]
    mutant = cgp.Genotype(space.grid, np.append(neutral.ravel(), genotype.outputs))
    assert space.decode(mutant) == space.decode(genotype)
    assert space.decode(mutant).key == space.decode(genotype).key


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_places_order_and_swapped_sums_do_not_change_the_network(seed):
    rng = np.random.default_rng(seed)
    small = SPACES[0]
    genotype = small.random(rng)
    design = design_of(small, genotype)
    expected = small.decode(genotype)
    for _ in range(3):
        assert build(ROOMY, *reordered(design, rng)) == expected


def twins(*tail):
    """Two equal convolutions of the image and what follows them."""
    return [conv(), conv(), *tail]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the first or the second twin is used once more
        (
            twins(Node("summation", (0, 1)), Node("max_pooling", (0,)), Node("summation", (2, 3))),
            twins(Node("summation", (0, 1)), Node("max_pooling", (1,)), Node("summation", (2, 3))),
        ),
        # both twins are used twice, in the same or in crossed pairs
        (
            twins(
                Node("summation", (0, 1)),
                Node("batch_norm", (0,)),
                Node("summation", (1, 3)),
                Node("summation", (2, 4)),
            ),
            twins(
                Node("summation", (1, 0)),
                Node("batch_norm", (1,)),
                Node("summation", (3, 0)),
                Node("summation", (4, 2)),
            ),
        ),
    ],
)
def test_interchanged_twins_are_the_same_network(one, other):
    assert build(ROOMY, *one) == build(ROOMY, *other)


def test_a_shared_and_a_doubled_convolution_are_different_networks():
    shared = build(ROOMY, conv(), Node("summation", (0, 0)))
    doubled = build(ROOMY, *twins(Node("summation", (0, 1))))
    assert shared.key != doubled.key


@pytest.mark.parametrize(
    "values",
    [
        {"kernel": 3},
        {"channels": 6},
        {"stride": 2},
        {"activation": "elu"},
        {"bias": True},
        {"multiplier": "mul8u_b"},
    ],
)
def test_every_effective_parameter_changes_the_key(values):
    assert build(ROOMY, conv(**values)).key != build(ROOMY, conv()).key


def test_a_repaired_stride_is_no_difference():
    space = make_space((2, 2, 1))
    nodes = {stride: [conv(stride=stride), Node("max_pooling", (0,))] for stride in (1, 2)}
    assert build(space, *nodes[1]) == build(space, *nodes[2]) == build(space, conv())


@pytest.mark.parametrize(
    ("limits", "nodes", "reason"),
    [
        ({"min_depth": 2}, [conv()], "depth 1 is below space.min_depth 2"),
        (
            {"max_depth": 1},
            [conv(), Node("batch_norm", (0,))],
            "depth 2 is above space.max_depth 1",
        ),
        ({"max_macs": 1000}, [conv()], "1064 MACs are above space.max_macs 1000"),
        ({"max_parameters": 60}, [conv()], "66 parameters are above space.max_parameters 60"),
        ({}, [Node("batch_norm")], "no convolution to approximate"),
        ({}, [], "depth 0 is below space.min_depth 1"),
        ({"min_spatial": 8}, [Node("max_pooling")], "depth 0 is below space.min_depth 1"),
    ],
)
def test_limits_reject_with_a_reason(limits, nodes, reason):
    with pytest.raises(NetworkRejected, match=reason):
        build(make_space(**limits), *nodes)
