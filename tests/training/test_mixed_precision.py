"""Feature maps in bfloat16: which, what they compute, and that the model stays float32."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.networks.zoo import build_zoo
from evoapproxnas.training import accuracy, fit, load_dataset
from evoapproxnas.training.batch_norm import fused
from evoapproxnas.training.mixed_precision import bfloat16_maps, gains_from_bfloat16
from tests.training.models import L, RoundTrip


def network(*, channels=32, between=()):
    def initializer(k):
        return keras.initializers.GlorotUniform(seed=k)

    inputs = L.Input((8, 8, 1))
    x = L.Rescaling(1 / 16, offset=-0.5)(inputs)
    for k in range(2):
        x = L.Conv2D(channels, 3, padding="same", kernel_initializer=initializer(k))(x)
        x = L.ReLU()(L.BatchNormalization()(x))
        for layer in between:
            x = layer(x)
    x = L.Add()([x, L.Conv2D(channels, 3, padding="same", kernel_initializer=initializer(3))(x)])
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, L.Dense(10, kernel_initializer=initializer(5))(x))


def gradients(model, images, *, mixed):
    tensors = [v.value for v in model.trainable_variables]

    @tf.function(autograph=False)
    def run(x):
        with tf.GradientTape() as tape:
            if mixed:
                with bfloat16_maps(model), fused(model):
                    logits = model(x, training=True)
            else:
                logits = model(x, training=True)
            loss = tf.reduce_sum(tf.square(logits))
        return logits, tape.gradient(loss, tensors)

    logits, found = run(tf.constant(images))
    return logits.numpy(), [g.numpy() for g in found], run


def test_differs_by_rounding_and_leaves_the_model_as_it_was():
    images = np.random.default_rng(0).uniform(0, 16, (32, 8, 8, 1)).astype(np.float32)
    model, twin = network(), network()
    policies = [layer.dtype_policy for layer in model.layers]
    logits, slopes, run = gradients(model, images, mixed=True)
    expected_logits, expected_slopes, _ = gradients(twin, images, mixed=False)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, expected_logits, atol=0.03 * np.abs(expected_logits).max())
    for slope, expected in zip(slopes, expected_slopes, strict=True):
        assert slope.dtype == np.float32
        np.testing.assert_allclose(slope, expected, atol=0.1 * np.abs(expected_slopes[-1]).max())
    for mine, theirs in zip(
        model.non_trainable_variables, twin.non_trainable_variables, strict=True
    ):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=0.02, atol=0.01)
    assert [layer.dtype_policy for layer in model.layers] == policies
    assert {w.dtype for w in model.weights} == {"float32"}
    images = tf.TensorSpec((32, 8, 8, 1), tf.float32)
    kinds = {
        op.type: op.outputs[0].dtype
        for op in run.get_concrete_function(images).graph.get_operations()
        if op.outputs
    }
    assert kinds["Conv2D"] == kinds["FusedBatchNormV3"] == tf.bfloat16


def test_models_that_gain():
    assert gains_from_bfloat16(network(), 128)
    assert gains_from_bfloat16(network(between=[L.ELU(), L.Dropout(0.1)]), 128)
    assert not gains_from_bfloat16(network(), 1)  # Small.
    assert not gains_from_bfloat16(network(channels=24), 128)
    assert not gains_from_bfloat16(network(between=[RoundTrip()]), 128)
    assert not gains_from_bfloat16(keras.Sequential([network()]), 128)


def test_networks_of_the_zoo_gain():
    assert gains_from_bfloat16(build_zoo("resnet8"), 128)
    assert gains_from_bfloat16(build_zoo("mlperf_resnet8"), 128)


def test_learns_as_well():
    digits = load_dataset(DataConfig())
    found = {}
    for kind in ("float32", "bfloat16"):
        model = network(channels=64)
        config = TrainingConfig(epochs=4, batch_size=128, learning_rate=0.01, precision=kind)
        fit(model, digits, config, seed=0)
        found[kind] = accuracy(model, digits.x_val, digits.y_val)
    assert found["bfloat16"] == pytest.approx(found["float32"], abs=0.04)
    assert min(found.values()) > 0.85
