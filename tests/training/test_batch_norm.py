"""Batch normalization in training: the fused operation and the short memory."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.training.batch_norm import fused, short_memory


def _normalized(layer, inputs, *, with_fused):
    """Outputs, gradients of inputs, gamma and beta, and the moving statistics after a step."""
    model = keras.Sequential([keras.Input(inputs.shape[1:]), layer])

    @tf.function(autograph=False)
    def step(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            if with_fused:
                with fused(model):
                    y = model(x, training=True)
            else:
                y = model(x, training=True)
            loss = tf.reduce_sum(
                y * tf.sin(tf.reshape(tf.range(tf.size(y), dtype=y.dtype), y.shape))
            )
        watched = [x, *(v.value for v in model.trainable_variables)]
        return [y, *tape.gradient(loss, watched)]

    results = [result.numpy() for result in step(tf.constant(inputs))]
    operations = {
        op.type for op in step.get_concrete_function(tf.constant(inputs)).graph.get_operations()
    }
    return results, [v.numpy() for v in model.non_trainable_variables], operations


def _images(shape=(8, 6, 6, 4)):
    return np.random.default_rng(0).normal(1.0, 3.0, shape).astype(np.float32)


def _layer(**options):
    options = {"momentum": 0.9, "epsilon": 1e-3, "gamma_initializer": "ones"} | options
    return keras.layers.BatchNormalization(**options)


def test_fused_gives_what_keras_gives() -> None:
    expected, statistics, composed = _normalized(_layer(), _images(), with_fused=False)
    got, fused_statistics, operations = _normalized(_layer(), _images(), with_fused=True)
    assert "FusedBatchNormV3" in operations
    assert "FusedBatchNormV3" not in composed
    for a, b in zip([*expected, *statistics], [*got, *fused_statistics], strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"axis": 1}, (8, 4, 6, 6)),
        ({"scale": False}, (8, 6, 6, 4)),
        ({"center": False}, (8, 6, 6, 4)),
        ({"trainable": False}, (8, 6, 6, 4)),
        ({"dtype": "float64"}, (8, 6, 6, 4)),
        ({}, (8, 12)),
    ],
)
def test_other_layers_stay_as_they_are(options, shape) -> None:
    _, _, operations = _normalized(_layer(**options), _images(shape), with_fused=True)
    assert "FusedBatchNormV3" not in operations


def test_layers_are_put_back_even_after_an_error() -> None:
    layer = _layer()
    model = keras.Sequential([keras.Input((6, 6, 4)), layer])

    def fails() -> None:
        with fused(model):
            assert "call" in vars(layer)
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        fails()
    assert "call" not in vars(layer)


def test_inference_is_not_changed() -> None:
    model = keras.Sequential([keras.Input((6, 6, 4)), _layer()])
    expected = model(_images(), training=False).numpy()
    with fused(model):
        np.testing.assert_array_equal(model(_images(), training=False).numpy(), expected)


def test_short_memory_ends() -> None:
    layer = _layer(momentum=0.99)
    model = keras.Sequential([keras.Input((6, 6, 4)), layer])
    with short_memory(model, total_steps=100):
        assert layer.momentum == pytest.approx(0.9)
    assert layer.momentum == 0.99
