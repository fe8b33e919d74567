"""What layers prepare is traced once for all of them, and gives the bits of eager operations."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import evoapproxnas as ea
from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.traced_once import (
    errors_once,
    offsets_once,
    traced_once,
    weights_once,
)
from evoapproxnas.multipliers import Multiplier

SHAPES = [(3, 3, 4, 6), (1, 1, 20, 5), (5, 1, 1, 8)]


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize(
    ("scheme", "signed"), [("sign_magnitude", False), ("affine", False), ("symmetric", True)]
)
def test_graphs_prepare_what_eager_code_does(
    scheme: str, signed: bool, per_channel: bool, coarse: Multiplier, coarse_signed: Multiplier
) -> None:
    chosen = coarse_signed if signed else coarse
    table = LookupTable(chosen.table, signed, chosen.digest)
    rng = np.random.default_rng(0)

    def prepare(kernel: tf.Tensor, histogram: tf.Tensor, ends: tf.Tensor) -> list[tf.Tensor]:
        coding = traced_once(q.coding_between, ends, signed=signed, bits=8)
        weights = weights_once(kernel, scheme=scheme, signed=signed, per_channel=per_channel)
        assert weights.fed is weights.codes
        tuned = weights._replace(fed=255 - weights.codes)
        errors = [errors_once(each, table, histogram) for each in (weights, tuned)]
        offsets = offsets_once(weights, coding.zero_point, signed=signed)
        return [*coding, *weights, *errors, offsets]

    for shape in SHAPES:
        kernel = tf.constant(rng.normal(0, 0.3, shape), tf.float32)
        histogram = tf.constant(rng.random(256), tf.float32)
        ends = tf.constant([-0.4, 2.3])
        traced = tf.function(prepare)
        found = traced(kernel, histogram, ends)
        for one, other in zip(prepare(kernel, histogram, ends), found, strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
        symbolic = traced.get_concrete_function(kernel, histogram, ends).structured_outputs
        assert all(each.shape.is_fully_defined() for each in symbolic)


def test_zero_points_that_are_0_are_known_to_be() -> None:
    @tf.function
    def zero_points(kernel: tf.Tensor) -> tf.Tensor:
        options = {"signed": False, "per_channel": True}
        weights = weights_once(kernel, scheme="sign_magnitude", **options)
        assert not tf.get_static_value(weights.zero_point).any()
        affine = weights_once(kernel, scheme="affine", **options)
        assert tf.get_static_value(affine.zero_point) is None
        return affine.zero_point

    kernel = tf.constant([[-1.0, 0.5], [1.0, -2.0]], shape=(1, 1, 2, 2))
    assert zero_points(kernel).numpy().all()


def test_another_layer_adds_few_operations_to_a_graph() -> None:
    def operations(layers: int) -> int:
        x = inputs = keras.Input((8, 8, 3))
        for number in range(layers):
            x = keras.layers.Conv2D(3 + number, 3, padding="same")(x)
        images = np.ones((2, 8, 8, 3), np.float32)
        model = ea.approximate(keras.Model(inputs, x), "mul8u_or8_v6", images)
        call = tf.function(lambda x: model(x, training=False))
        return len(call.get_concrete_function(tf.constant(images)).graph.get_operations())

    assert operations(3) - operations(2) < 60
