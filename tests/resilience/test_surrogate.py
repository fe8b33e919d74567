import numpy as np
import pytest

from evoapproxnas.resilience.evolution import Evolution
from evoapproxnas.resilience.proposal import propose
from evoapproxnas.resilience.scores import accuracy, cross_entropy
from evoapproxnas.resilience.sensitivity import Sensitivities
from evoapproxnas.resilience.surrogate import AdditiveScores, LossModel

LAYERS, CHOICES, IMAGES, CLASSES = 4, 5, 300, 6


@pytest.fixture(scope="module")
def sensitivities():
    """Later choices change scores more, later layers less; choice 0 changes nothing."""
    rng = np.random.default_rng(0)
    labels = rng.integers(CLASSES, size=IMAGES)
    exact = rng.normal(size=(IMAGES, CLASSES))
    exact[np.arange(IMAGES), labels] += 3
    changes = rng.normal(size=(LAYERS, CHOICES, IMAGES, CLASSES))
    changes *= (
        np.arange(CHOICES)[None, :, None, None] / (1 + np.arange(LAYERS))[:, None, None, None]
    )
    return Sensitivities(exact.astype(np.float32), changes.astype(np.float32), labels)


def random_genomes(count, seed=1):
    return np.random.default_rng(seed).integers(CHOICES, size=(count, LAYERS))


def added(sensitivities, genome):
    changes = [sensitivities.changes[layer, choice] for layer, choice in enumerate(genome)]
    return sensitivities.exact + np.sum(changes, axis=0)


def test_features_are_those_of_added_scores(sensitivities):
    genomes = random_genomes(40)
    features = AdditiveScores(sensitivities, images=IMAGES).features(genomes)
    labels = sensitivities.labels
    exact = cross_entropy(sensitivities.exact, labels)
    for i, genome in enumerate(genomes):
        values = added(sensitivities, genome)
        assert features.cross_entropy[i] == pytest.approx(
            float(cross_entropy(values, labels) - exact), abs=1e-5
        )
        lost = accuracy(sensitivities.exact, labels) - accuracy(values, labels)
        assert features.error[i] == pytest.approx(lost, abs=1e-9)
    none = AdditiveScores(sensitivities, images=IMAGES).features(np.zeros((1, LAYERS), int))
    assert none.cross_entropy == none.error == none.squared_error == 0


def test_without_knowledge_the_loss_is_that_of_added_scores(sensitivities):
    additive = AdditiveScores(sensitivities, images=IMAGES)
    model = LossModel(additive, noise=0.01)
    genomes = random_genomes(10)
    np.testing.assert_array_equal(model.predict(genomes), additive.features(genomes).error)
    model.fit(genomes[:3], np.zeros(3))  # too few
    np.testing.assert_array_equal(model.predict(genomes), additive.features(genomes).error)


def test_knowledge_improves_predictions(sensitivities):
    additive = AdditiveScores(sensitivities, images=IMAGES)

    def truth(genomes):  # interactions that the sum of changes does not know
        return np.tanh(2 * additive.features(genomes).error) + 0.05 * (genomes[:, 0] == 2)

    known, unknown = random_genomes(120, seed=2), random_genomes(60, seed=3)
    model = LossModel(additive, noise=0.005)
    before = np.abs(model.predict(unknown) - truth(unknown)).mean()
    model.fit(known, truth(known))
    after = np.abs(model.predict(unknown) - truth(unknown)).mean()
    assert after < before / 4
    np.testing.assert_allclose(model.predict(known), truth(known), atol=0.03)


def test_proposals_are_new_within_the_limit_and_spread(sensitivities):
    model = LossModel(AdditiveScores(sensitivities, images=IMAGES), noise=0.01)
    energies = np.arange(CHOICES, 0, -1.0) * np.arange(1, LAYERS + 1)[:, None]
    known = np.zeros((1, LAYERS), np.int64)
    genomes, predicted = propose(
        model,
        energies,
        known,
        known,
        count=5,
        max_loss=0.2,
        size=Evolution(30, 20),
        rng=np.random.default_rng(0),
    )
    assert 2 <= len(genomes) <= 5
    assert len(np.unique(genomes, axis=0)) == len(genomes)
    assert (genomes > 0).any(axis=1).all()
    assert (predicted <= 0.2).all()
    np.testing.assert_allclose(predicted, model.predict(genomes))
    assert [tuple(g) for g in genomes] == sorted(tuple(g) for g in genomes)
