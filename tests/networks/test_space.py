import pickle

import numpy as np
import pytest

from evoapproxnas import cgp
from evoapproxnas.errors import ConfigError, NetworkRejected, UnknownNameError
from tests.networks.designs import build, conv, make_space

PAPER = {"rows": 10, "columns": 30, "levels_back": 5, "channels": (32, 48, 64, 128)}


@pytest.fixture(scope="module")
def space():
    return make_space((32, 32, 3), min_depth=2, **PAPER)


def test_random_networks_are_valid_and_of_many_sizes(space):
    genotypes = [space.random(np.random.default_rng(seed)) for seed in range(100)]
    networks = [space.decode(genotype) for genotype in genotypes]
    depths = [network.depth for network in networks]
    assert len({network.key for network in networks}) == 100
    assert min(depths) <= 3
    assert max(depths) >= 12
    assert sum(depth >= 6 for depth in depths) > 40
    macs = np.percentile([network.macs for network in networks], [20, 80])
    assert macs[1] > 10 * macs[0]


def test_most_unaimed_genotypes_are_valid(space):
    def valid(seed):
        try:
            return bool(space.decode(cgp.random_genotype(space.grid, np.random.default_rng(seed))))
        except NetworkRejected:
            return False

    assert sum(valid(seed) for seed in range(100)) > 50


def test_the_same_seed_draws_the_same(space):
    rng = np.random.default_rng
    genotype = space.random(rng(1))
    assert genotype == space.random(rng(1))
    assert space.mutate(genotype, rng(2), 0.05) == space.mutate(genotype, rng(2), 0.05)


def test_mutation_changes_the_network_and_keeps_it_valid(space):
    rng = np.random.default_rng(3)
    genotype = space.random(rng)
    for _ in range(20):
        mutant = space.mutate(genotype, rng, 0.05)
        assert space.decode(mutant).key != space.decode(genotype).key
        genotype = mutant


def test_children_are_valid(space):
    rng = np.random.default_rng(4)
    a, b = space.random(rng), space.random(rng)
    children = [space.crossover(a, b, rng) for _ in range(20)]
    assert all(space.decode(child) for child in children)
    assert any(child not in (a, b) for child in children)


def test_crossover_without_a_valid_child_returns_the_first_parent():
    space = make_space(rows=1, columns=1, min_depth=1)
    rng = np.random.default_rng(0)
    parent = space.random(rng)
    barren = cgp.Genotype(space.grid, [*parent.genes[:-1], 0])
    # Every child takes its output from `barren`, which shows the bare image.
    assert space.crossover(parent, barren, rng) == parent


def test_impossible_limits_end_with_a_reason():
    space = make_space(max_macs=1)
    with pytest.raises(ConfigError, match="none of 1000 random networks.*above space.max_macs 1"):
        space.random(np.random.default_rng(0))


def test_mutation_without_an_alternative_ends():
    single = {name: (1,) for name in ("channels", "strides", "conv_kernels")}
    space = make_space(
        rows=1,
        columns=1,
        nodes=("conv2d",),
        conv_activations=("relu",),
        multipliers=("m",),
        **single,
    )
    genotype = space.random(np.random.default_rng(0))
    assert genotype.grid.functions[0].parameters == (1, 1, 1, 1, 2, 1)
    mutant = space.mutate(genotype, np.random.default_rng(0), 0.5)  # the bias remains
    assert space.decode(mutant).key != space.decode(genotype).key
    with pytest.raises(ConfigError, match="none of 1000 mutants"):
        space.mutate(genotype, np.random.default_rng(0), 0.0)


def test_genotype_of_another_grid_is_refused(space):
    foreign = make_space().random(np.random.default_rng(0))
    with pytest.raises(ConfigError, match="expected the grid of this search space"):
        space.decode(foreign)


def test_spaces_travel_to_workers(space):
    copy = pickle.loads(pickle.dumps(space))
    genotype = space.random(np.random.default_rng(0))
    assert copy.decode(genotype) == space.decode(genotype)


def test_key_does_not_depend_on_the_grid():
    assert build(make_space(), conv()).key == build(make_space(rows=9, columns=3), conv()).key


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"nodes": ("conv3d",)}, UnknownNameError, "node kind 'conv3d'.*conv2d"),
        ({"nodes": ("batch_norm", "dropout")}, ConfigError, "convolution to approximate"),
        ({"nodes": ("conv2d", "conv2d")}, ConfigError, "distinct names"),
        ({"multipliers": ()}, ConfigError, "space.multipliers.*empty"),
        ({"channels": ()}, ConfigError, "space.channels.*empty"),
        ({"factors": (0.5,)}, ConfigError, r"space.factors.*\[0.5\]"),
        ({"dropout_max": (1.0,)}, ConfigError, "space.dropout_max.*below 1"),
        ({"activations": ("rleu",)}, UnknownNameError, "activation 'rleu'.*relu"),
        ({"conv_activations": ("swish",)}, UnknownNameError, "activation 'swish'"),
        ({"min_spatial": 9}, ConfigError, "8x8 pixels.*min_spatial 9"),
        ({"input_shape": (8, 8)}, ConfigError, "height, width, channels"),
        ({"classes": 1}, ConfigError, "at least 2 classes"),
    ],
)
def test_unusable_configurations_are_refused(options, error, words):
    with pytest.raises(error, match=words):
        make_space(**options)
