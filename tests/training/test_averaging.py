import contextlib

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.config import TrainingConfig
from evoapproxnas.training import accuracy, fit
from evoapproxnas.training.averaging import WeightAverage
from tests.training.models import L, conv_net


def one_weight():
    return keras.Sequential([L.Input((1,)), L.Dense(1, use_bias=False)])


def test_is_the_stated_recursion():
    model = one_weight()
    average = WeightAverage(model, 0.5)
    expected = float(model.weights[0].numpy()[0, 0])
    for t, value in enumerate([1.0, -2.0, 3.0, 0.5], start=1):
        model.weights[0].assign([[value]])
        average.update()
        keep = min(0.5, (1 + t) / (10 + t))
        expected = keep * expected + (1 - keep) * value
    average.apply()
    np.testing.assert_allclose(model.weights[0].numpy(), [[expected]], rtol=1e-6)


def test_weights_come_back_even_after_an_error():
    model = one_weight()
    average = WeightAverage(model, 0.9)
    model.weights[0].assign([[5.0]])
    with contextlib.suppress(ZeroDivisionError), average.applied():
        assert model.weights[0].numpy() != 5.0
        raise ZeroDivisionError
    np.testing.assert_array_equal(model.weights[0].numpy(), [[5.0]])


def test_statistics_are_averaged_and_dropout_seeds_are_not():
    model = conv_net(dropout=0.5)
    average = WeightAverage(model, 0.9)
    assert len(average.state) == len([w for w in model.weights if "seed" not in w.name]) + 1
    assert all(isinstance(variable, tf.Variable) for variable in average.state)


def test_training_ends_with_the_average(digits):
    model, last = conv_net(), []
    config = TrainingConfig(epochs=3, optimizer="sgd", learning_rate=0.05, ema_decay=0.9)
    fit(model, digits, config, seed=0, on_epoch=lambda _: last.append(model.get_weights()))
    pairs = list(zip(model.get_weights(), last[-1], strict=True))
    assert all(np.abs(average - weight).max() > 0 for average, weight in pairs)
    assert accuracy(model, digits.x_val, digits.y_val) > 0.9
