import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.resilience.proposal import propose
from evoapproxnas.resilience.sensitivity import Sensitivities
from evoapproxnas.resilience.surrogate import Surrogate

LAYERS, CHOICES = 4, 5
SINGLE = np.arange(CHOICES) / (1.0 + np.arange(LAYERS))[:, None]
"""Later choices change scores more, later layers less; choice 0 changes nothing."""
NONE = np.zeros((1, LAYERS), np.int64)


def fitted(losses, genomes=NONE, verified=(0.0,), images=100):
    sensitivities = Sensitivities(SINGLE, losses, images=50)
    return Surrogate.fitted(sensitivities, genomes, np.asarray(verified), images=images)


def random_genomes(count, seed=1):
    return np.random.default_rng(seed).integers(CHOICES, size=(count, LAYERS))


def test_squared_errors_of_layers_are_added_up():
    surrogate = fitted(SINGLE / 100)
    genomes = random_genomes(20)
    expected = [sum(SINGLE[layer, m] for layer, m in enumerate(genome)) for genome in genomes]
    np.testing.assert_allclose(surrogate.squared_error(genomes), expected)
    assert surrogate.squared_error(NONE) == 0


def test_losses_follow_single_layers_and_what_was_verified():
    surrogate = fitted(SINGLE / 100)
    np.testing.assert_allclose(surrogate.loss(SINGLE), SINGLE / 100)
    worst = np.full((1, LAYERS), CHOICES - 1)
    taught = fitted(SINGLE / 100, np.concatenate([NONE, worst]), (0.0, 0.8))
    assert taught.loss(taught.squared_error(worst)) == pytest.approx([0.8])
    assert taught.loss(np.array([3.0])) == pytest.approx([0.03])
    # Two single layers have this squared error, too: the mean, weighted by images.
    both = fitted((SINGLE > 2).astype(float), np.array([[2, 0, 0, 0]]), (0.9,), images=100)
    assert both.loss(np.array([2.0])) == pytest.approx([100 * 0.9 / (100 + 2 * 50)])


@given(st.integers(0, 2**32 - 1))
def test_the_map_changes_no_order_and_gains_are_no_loss(seed):
    rng = np.random.default_rng(seed)
    genomes = random_genomes(8, seed)
    surrogate = fitted(rng.normal(size=SINGLE.shape), genomes, rng.normal(size=8))
    losses = surrogate.loss(np.sort(rng.uniform(0, 12, size=50)))
    assert (np.diff(losses) >= 0).all()
    assert losses[0] >= 0


def test_proposals_are_new_within_the_limit_and_spread():
    surrogate = fitted(SINGLE / 20)
    energies = np.arange(CHOICES, 0, -1.0) * np.arange(1, LAYERS + 1)[:, None]
    genomes = propose(
        surrogate,
        energies,
        NONE,
        NONE,
        count=5,
        max_loss=0.15,
        size=Evolution(30, 20),
        rng=np.random.default_rng(0),
    )
    assert 2 <= len(genomes) <= 5
    assert len(np.unique(genomes, axis=0)) == len(genomes)
    assert (genomes > 0).any(axis=1).all()
    assert (surrogate.loss(surrogate.squared_error(genomes)) <= 0.15).all()
    assert [tuple(g) for g in genomes] == sorted(tuple(g) for g in genomes)
