"""The fused updates answer to the Keras optimizers, which define them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.config import TrainingConfig
from evoapproxnas.training.optimizers import make_update

RATES = (0.1, 0.05, 0.2, 0.01)


def gradient(variable, k):
    return tf.sin(variable * (k + 1)) + 0.1


def run(optimizer, decay, reference, *, l2):
    start = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    ours, theirs = keras.Variable(start), keras.Variable(start)
    update = make_update([ours], TrainingConfig(optimizer=optimizer, weight_decay=decay))
    for k, rate in enumerate(RATES):
        update([gradient(ours.value, k)], tf.constant(rate))
        reference.learning_rate = rate
        reference.apply([gradient(theirs.value, k) + l2 * theirs.value], [theirs])
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_sgd_is_nesterov_with_l2(decay):
    run("sgd", decay, keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), l2=decay)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adam_with_l2(decay):
    run("adam", decay, keras.optimizers.Adam(0.1), l2=decay)


def test_adamw_is_decoupled():
    run("adamw", 0.1, keras.optimizers.AdamW(0.1, weight_decay=0.1), l2=0.0)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "muon"])
def test_biases_take_longer_steps(optimizer):
    moved = []
    for factor in (1.0, 4.0):
        bias, kernel = (keras.Variable(np.zeros(s, "float32")) for s in (3, (3, 3)))
        update = make_update([bias, kernel], TrainingConfig(optimizer=optimizer, bias_rate=factor))
        update([tf.ones(3), tf.ones((3, 3))], tf.constant(0.1))
        moved.append((bias.numpy()[0], kernel.numpy()[0, 0]))
    assert moved[1][0] == pytest.approx(4 * moved[0][0])
    assert moved[1][1] == moved[0][1]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_biases_do_not_decay_and_missing_gradients_are_skipped(optimizer):
    bias, kernel = (
        keras.Variable(np.ones(3, "float32")),
        keras.Variable(np.ones((3, 3), "float32")),
    )
    unused = keras.Variable(np.ones((2, 2), "float32"))
    options = TrainingConfig(optimizer=optimizer, weight_decay=0.5)
    update = make_update([bias, kernel, unused], options)
    update([tf.zeros(3), tf.zeros((3, 3)), None], tf.constant(0.1))
    np.testing.assert_array_equal(bias.numpy(), np.ones(3))
    assert (kernel.numpy() < 1).all()
    np.testing.assert_array_equal(unused.numpy(), np.ones((2, 2)))
