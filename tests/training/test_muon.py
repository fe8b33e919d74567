"""Orthogonalized momentum answers to the singular value decomposition."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.config import TrainingConfig
from evoapproxnas.training import accuracy, fit
from evoapproxnas.training.muon import Muon, is_matrix, orthogonalized
from evoapproxnas.training.optimizers import make_update
from tests.training.models import conv_net


def kernel(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("shape", [(3, 3, 16, 32), (1, 1, 64, 16), (3, 3, 3, 16), (20, 7), (4, 1)])
def test_singular_values_become_about_one_and_directions_stay(shape):
    given = kernel(*shape)
    result = orthogonalized(tf.constant(given)).numpy()
    assert result.shape == shape
    u, _, v = np.linalg.svd(given.reshape(-1, shape[-1]), full_matrices=False)
    strengths = u.T @ result.reshape(-1, shape[-1]) @ v.T
    values = np.diag(strengths)
    assert values.min() > 0.6
    assert values.max() < 1.3
    np.testing.assert_allclose(strengths - np.diag(values), 0, atol=1e-3)


def test_weak_directions_count_as_much_as_strong_ones():
    u, _, v = np.linalg.svd(kernel(144, 16), full_matrices=False)
    given = (u * np.geomspace(1, 0.005, 16)) @ v
    values = np.linalg.svd(orthogonalized(tf.constant(given, tf.float32)), compute_uv=False)
    assert values.min() > 0.6


@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e12])
def test_any_length_is_finite(scale):
    result = orthogonalized(tf.constant(scale * kernel(3, 3, 4, 8))).numpy()
    assert np.isfinite(result).all()
    assert (result != 0).any() == (scale > 0)


def test_is_the_stated_recursion():
    start, decay, rate = kernel(6, 4), 0.1, 0.05
    variable, velocity = tf.Variable(start), np.zeros((6, 4))
    muon = Muon([variable], decay=decay)
    expected = start.astype(np.float64)
    for k in range(4):
        gradient = kernel(6, 4, seed=k + 1)
        muon([tf.constant(gradient)], tf.constant(rate))
        velocity = 0.9 * velocity + gradient
        ahead = tf.constant(gradient + 0.9 * velocity, tf.float32)
        expected = (1 - rate * decay) * expected - rate * orthogonalized(ahead).numpy()
    np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-4, atol=1e-5)
    assert len(muon.state) == 1


def test_what_is_a_matrix():
    shapes = {(3, 3, 8, 16): True, (8, 10): True, (3, 3, 8, 1): False, (16,): False, (): False}
    assert {shape: is_matrix(tf.Variable(tf.zeros(shape))) for shape in shapes} == shapes


def test_the_head_and_vectors_take_steps_of_sgd():
    shapes = [(3, 3, 4, 8), (8,), (3, 3, 8, 1), (8, 10), (10,)]
    starts = [kernel(*shape, seed=i) for i, shape in enumerate(shapes)]
    gradients = [tf.constant(kernel(*shape, seed=9 + i)) for i, shape in enumerate(shapes)]
    ours, theirs = ([keras.Variable(start) for start in starts] for _ in range(2))
    for optimizer, variables in (("muon", ours), ("sgd", theirs)):
        update = make_update(variables, TrainingConfig(optimizer=optimizer))
        update(gradients, tf.constant(0.1))
    same = [np.allclose(a.numpy(), b.numpy()) for a, b in zip(ours, theirs, strict=True)]
    assert same == [False, True, True, True, True]


def test_learns_digits(digits):
    model = conv_net()
    config = TrainingConfig(epochs=6, learning_rate=0.1, optimizer="muon", weight_decay=0.1)
    fit(model, digits, config, seed=0)
    assert accuracy(model, digits.x_val, digits.y_val) > 0.93
