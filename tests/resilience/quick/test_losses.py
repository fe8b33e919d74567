"""Losses that go with squared errors."""

import numpy as np
import pytest

from evoapproxnas.resilience.quick.losses import NoiseLoss
from evoapproxnas.resilience.scores import accuracy, scores


@pytest.fixture
def said():
    rng = np.random.default_rng(0)
    labels = rng.integers(10, size=2000)
    outputs = rng.standard_normal((2000, 10)) + 3 * np.eye(10)[labels]
    return scores(outputs), labels


def test_it_predicts_what_noise_does(said):
    exact, labels = said
    loss = NoiseLoss.of(exact, labels, np.random.default_rng(1))
    noise = np.random.default_rng(2).standard_normal(exact.shape).astype(np.float32)
    lost = accuracy(exact, labels) - accuracy(exact + noise, labels)
    assert loss(np.array([1.0]))[0] == pytest.approx(lost, abs=0.02)
    assert loss(np.array([0.0]))[0] == pytest.approx(0.0, abs=1e-3)
    assert (np.diff(loss(np.logspace(-6, 3, 50))) >= 0).all()


def test_it_follows_what_was_measured(said):
    exact, labels = said
    loss = NoiseLoss.of(exact, labels, np.random.default_rng(1))
    predicted = np.array([0.0, 0.01, 0.1, 1.0])
    measured = 2 * predicted
    fitted = loss.fitted(predicted, measured, loss(measured))
    assert fitted(predicted) == pytest.approx(loss(measured), abs=1e-6)
    assert loss.fitted(np.zeros(1), np.zeros(1), np.zeros(1)) is loss


def test_few_labels_are_enough():
    exact = scores(np.array([[3.0, 0.0], [0.0, 3.0]]))
    loss = NoiseLoss.of(exact, np.array([0, 1]), np.random.default_rng(0))
    assert loss(np.array([1e-9, 100.0])).tolist() == pytest.approx([0.0, 0.5], abs=0.5)
