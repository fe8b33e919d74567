from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas import cgp
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.networks import PRIMITIVES, Node, design_of, encode, match_layers
from evoapproxnas.networks.operators import (
    OPERATORS,
    Rates,
    Scope,
    _registry,
    apply,
    operator,
    vary,
    weights,
)
from tests.networks.designs import conv, make_space
from tests.networks.operators.spaces import (
    ALL,
    MULTIPLIERS,
    NARROW,
    PAPER,
    SPACES,
    ZOO_GENOTYPES,
    families,
    scope,
)

names = st.sampled_from(sorted(OPERATORS))


def nodes(genotype):
    return cgp.phenotype(genotype).nodes


@settings(max_examples=1000, deadline=None)
@given(families(), names)
def test_a_child_is_another_valid_network_that_knows_where_it_comes_from(family, name):
    space, parents, rng = family
    child = apply(scope(space), name, parents, rng)
    if child is None:
        return
    assert child.operator == name
    assert child.change
    assert child.network == space.decode(child.genotype)
    assert child.network.key != space.decode(parents[0]).key
    known = [origin for origin in child.origins if origin is not None]
    assert len(child.origins) == len(nodes(child.genotype))
    assert len(set(known)) == len(known)
    for node, origin in zip(nodes(child.genotype), child.origins, strict=True):
        if origin is not None:
            assert nodes(parents[origin[0]])[origin[1]].function == node.function


def layers(space, genotype):
    """Count the layers with weights of every active node."""
    groups, _ = space.expand(cgp.phenotype(genotype))
    return [sum(_has_weights(op) for op in group.ops) for group in groups]


def _has_weights(op):
    inputs = tuple(x.shape for x in op.inputs)
    return PRIMITIVES[op.kind].parameters(inputs, op.attributes) > 0


def lost_layers(space, parent, child):
    """Count the layers without a match beyond those of nodes that are new or changed.

    Blocks behind a change may need a projection that they did not need before.
    """
    before = nodes(parent)
    touched = sum(
        count
        for node, origin, count in zip(
            nodes(child.genotype), child.origins, layers(space, child.genotype), strict=True
        )
        if origin is None or before[origin[1]].parameters != node.parameters
    )
    matches = match_layers(space.decode(parent), child.network)
    lost = [name for name, other in matches.items() if other is None and "shortcut" not in name]
    return max(0, len(lost) - touched)


UNARY = sorted(name for name, entry in OPERATORS.items() if entry.parents == 1)


@pytest.mark.parametrize("name", [name for name in UNARY if name != "one_gene"])
def test_layers_that_an_operator_leaves_alone_match(name):
    losses = []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        space = SPACES[seed % len(SPACES)]
        parent = space.random(rng)
        child = apply(scope(space), name, [parent], rng)
        if child is not None:
            losses.append(lost_layers(space, parent, child))
    # Random graphs have sums whose branches share nodes; there the alignment may be another one.
    assert len(losses) > 150
    assert sum(loss > 0 for loss in losses) <= 0.01 * len(losses)


@pytest.mark.parametrize("name", [name for name in UNARY if name != "one_gene"])
def test_layers_of_the_zoo_that_an_operator_leaves_alone_all_match(name):
    rng = np.random.default_rng(0)
    for parent in ZOO_GENOTYPES * 5:
        child = apply(scope(ALL), name, [parent], rng)
        if child is not None:
            assert lost_layers(ALL, parent, child) == 0


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator_changes_the_zoo(name):
    rng = np.random.default_rng(0)
    children = [
        apply(scope(ALL), name, (one, other), rng)
        for one in ZOO_GENOTYPES
        for other in ZOO_GENOTYPES
    ]
    assert sum(child is not None for child in children) > 0.8 * len(children)


def build(space, *design):
    return encode(space, design, np.random.default_rng(0))


def values_of(space, genotype, name):
    return [node.values.get(name) for node in design_of(space, genotype)]


SMALL = (
    conv(channels=40),
    Node("batch_norm", (0,)),
    Node("activation", (1,), {"function": "relu"}),
    Node("basic_residual", (2,), {"channels": 40}),
    Node("basic_residual", (3,), {"channels": 48}),
)


def children(name, *design, space=ALL, count=40, parents=(), **options):
    parent = build(space, *design)
    rng = np.random.default_rng(1)
    found = [apply(scope(space, **options), name, (parent, *parents), rng) for _ in range(count)]
    return [child for child in found if child is not None]


def test_channels_go_one_step_up_or_down():
    changed = Counter()
    for child in children("channels", *SMALL):
        new = values_of(ALL, child.genotype, "channels")
        changed |= Counter({tuple(new): 1})
    steps = {40: (32, 48), 48: (40, 64)}
    expected = set()
    for place in (0, 3, 4):
        old = [40, None, None, 40, 48]
        for value in steps[old[place]]:
            expected.add((*old[:place], value, *old[place + 1 :]))
    assert set(changed) == expected


def test_width_changes_all_nodes_that_are_as_wide():
    new = {tuple(values_of(ALL, c.genotype, "channels")) for c in children("width", *SMALL)}
    assert new == {
        (32, None, None, 32, 48),
        (48, None, None, 48, 48),
        (40, None, None, 40, 40),
        (40, None, None, 40, 64),
    }


def test_kernel_changes_one_kernel_alone():
    for child in children("kernel", *SMALL):
        before = build(ALL, *SMALL)
        differ = [
            (old.values, new.values)
            for old, new in zip(
                design_of(ALL, before), design_of(ALL, child.genotype), strict=True
            )
            if old.values != new.values
        ]
        ((old, new),) = differ
        assert {k for k in old if old[k] != new[k]} == {"kernel"}


def test_a_multiplier_changes_to_a_neighbour_in_energy():
    design = (conv(multiplier="mul8u_b"), conv((0,), multiplier="mul8u_b"))
    for child in children("multiplier", *design):
        names = values_of(ALL, child.genotype, "multiplier")
        assert sorted(names) == ["mul8u_a", "mul8u_b"]  # Not c, which takes more energy still.
        assert child.network.architecture_key == ALL.decode(build(ALL, *design)).architecture_key


def test_without_energies_no_multiplier_has_neighbours():
    assert apply(Scope(ALL), "multiplier", ZOO_GENOTYPES[:1], np.random.default_rng(0)) is None


def test_insertion_adds_one_block_that_may_be_an_identity():
    before = ALL.decode(build(ALL, *SMALL))
    for child in children("insertion", *SMALL):
        new = [i for i, origin in enumerate(child.origins) if origin is None]
        assert len(child.origins) - len(new) == len(SMALL)
        design = design_of(ALL, child.genotype)
        inserted = design[new[0]]
        assert inserted.values["stride"] == 1
        assert [op.shape for op in child.network.ops[-3:]] == [op.shape for op in before.ops[-3:]]
        if inserted.kind in ("conv2d", "depthwise_conv2d"):
            assert design[new[1]].kind == "batch_norm"
            assert inserted.values["activation"] == "linear"


def test_a_stage_halves_the_map_and_doubles_its_channels():
    places = set()
    for child in children("stage", *SMALL):
        new = [i for i, origin in enumerate(child.origins) if origin is None]
        assert len(child.origins) - len(new) == len(SMALL)
        block = design_of(ALL, child.genotype)[new[0]]
        assert block.values["stride"] == 2
        places.add(new[0])
        if block.inputs != (-1,) and block.kind == "basic_residual":
            before = [op.shape for op in child.network.ops]
            assert any((h // 2, w // 2, 2 * c) in before for h, w, c in before)
    assert len(SMALL) in places  # At the end, among others.


def test_without_strides_there_is_no_stage():
    space = make_space((16, 16, 3), strides=(1,), multipliers=MULTIPLIERS)
    genotype = space.random(np.random.default_rng(0))
    assert apply(scope(space), "stage", [genotype], np.random.default_rng(0)) is None


def test_removal_takes_a_block_with_what_belongs_to_it():
    found = {
        tuple(node.kind for node in design_of(ALL, c.genotype))
        for c in children("removal", *SMALL)
    }
    rest = ("basic_residual",) * 2
    assert found == {rest, ("conv2d", "batch_norm", "activation", "basic_residual")}


def test_removal_of_a_sum_keeps_either_branch():
    design = (
        conv(channels=16),
        conv((0,), channels=24),
        Node("batch_norm", (0,)),
        Node("summation", (1, 2)),
        conv((3,), channels=32),
    )
    found = {
        tuple(n.kind for n in design_of(ALL, c.genotype)) for c in children("removal", *design)
    }
    assert ("conv2d", "conv2d", "conv2d") in found
    assert ("conv2d", "batch_norm", "conv2d") in found


def test_subgraph_crossover_joins_at_maps_of_one_size():
    other = build(
        ALL, conv(channels=16, stride=2), conv((0,), channels=24), conv((1,), channels=32)
    )
    design = (
        conv(channels=64, stride=2),
        conv((0,), channels=16),
        conv((1,), channels=64, stride=2),
    )
    found = children("subgraph", *design, parents=(other,))
    assert found
    for child in found:
        heads = [origin[0] for origin in child.origins]
        assert heads == sorted(heads)
        assert set(heads) == {0, 1}
        first = [
            values_of(ALL, child.genotype, "channels")[i] for i, h in enumerate(heads) if not h
        ]
        assert first == [64, 16][: len(first)]


@settings(max_examples=300, deadline=None)
@given(families(), names)
def test_children_have_allowed_values_where_they_differ(family, name):
    space, parents, rng = family
    child = apply(scope(space, allowed={"conv2d.kernel": [3]}), name, parents, rng)
    if child is None:
        return
    old = [[*nodes(parent)] for parent in parents]
    design = design_of(space, child.genotype)
    for node, written, origin in zip(nodes(child.genotype), design, child.origins, strict=True):
        same = origin and old[origin[0]][origin[1]].parameters == node.parameters
        if written.kind == "conv2d" and not same:
            assert written.values["kernel"] == 3


@settings(max_examples=100, deadline=None)
@given(families())
def test_some_operator_always_makes_a_child(family):
    space, parents, rng = family
    child = vary(scope(space), parents, rng, weights())
    assert child.network.key != space.decode(parents[0]).key


def test_the_same_generator_makes_the_same_child():
    for space in SPACES:
        parents = [space.random(np.random.default_rng(seed)) for seed in (1, 2)]
        twice = [
            vary(scope(space), parents, np.random.default_rng(3), Rates(weights()).probabilities)
            for _ in range(2)
        ]
        assert twice[0] == twice[1]


def test_operators_for_two_are_not_drawn_for_one():
    with pytest.raises(ConfigError, match="none of the operators.*'subgraph'"):
        vary(scope(ALL), ZOO_GENOTYPES[:1], np.random.default_rng(0), {"subgraph": 1.0})


def test_nothing_to_change_is_said():
    lonely = build(NARROW, conv(channels=4, kernel=3))
    rng = np.random.default_rng(0)
    assert apply(scope(NARROW), "channels", [lonely], rng) is None
    with pytest.raises(ConfigError, match=r"none of the operators \['channels', 'width'\]"):
        vary(scope(NARROW), [lonely], rng, {"channels": 1.0, "width": 2.0})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: apply(scope(ALL), "chanels", ZOO_GENOTYPES, None),
            UnknownNameError,
            "'channels'",
        ),
        (
            lambda: vary(scope(ALL), ZOO_GENOTYPES, None, {"x": 1}),
            UnknownNameError,
            "operator 'x'",
        ),
        (lambda: apply(scope(ALL), "subgraph", ZOO_GENOTYPES[:1], None), ConfigError, "got 1"),
        (lambda: apply(scope(PAPER), "kernel", ZOO_GENOTYPES, None), ConfigError, "the grid of"),
        (lambda: scope(ALL, allowed={"conv2d.chanels": [4]}), UnknownNameError, "conv2d.channels"),
        (lambda: scope(ALL, allowed={"conv2d.channels": [5]}), ConfigError, r"got \[5\]"),
        (lambda: scope(ALL, allowed={"conv2d.channels": []}), ConfigError, r"got \[\]"),
    ],
)
def test_wrong_use_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_own_operators_are_found_by_name(monkeypatch):
    monkeypatch.setattr(_registry, "_OPERATORS", {})

    @operator(weight=3.0)
    def nothing(scope, parents, rng):
        return None

    assert weights() == {"nothing": 3.0}
