"""One gradient, however it is asked for; and nothing of a model stays when the model is gone."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph

import evoapproxnas as ea
from evoapproxnas.multipliers import Multiplier
from tests.emulation.cases import build, network


def registered() -> set[str]:
    return set(ops.gradient_registry.list())


def living_graphs() -> int:
    gc.collect()
    # By type: `isinstance` asks a weak proxy for the class of its object, which may be gone.
    return sum(issubclass(type(each), FuncGraph) for each in gc.get_objects())


def eager(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    return tape.gradient(y, [x, kernel])


def tape_inside(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    return tf.function(lambda x: eager(call, x, kernel), autograph=False)(x)


def tape_outside(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    return eager(tf.function(call, autograph=False), x, kernel)


def nested(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    inner = tf.function(call, autograph=False)
    return tape_inside(tf.function(lambda x: inner(x) * 1.0, autograph=False), x, kernel)


def symbolic(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    @tf.function(autograph=False)
    def both(x: Any) -> Any:
        return tf.gradients(call(x), [x])[0]

    return [both(x), eager(call, x, kernel)[1]]


def in_branch(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    @tf.function(autograph=False)
    def branched(x: Any) -> Any:
        return tf.cond(tf.shape(x)[0] > 0, lambda: call(x), lambda: 2.0 * call(x))

    return eager(branched, x, kernel)


def in_loop(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    @tf.function(autograph=False)
    def looped(x: Any) -> Any:
        one = tf.TensorSpec(call(x).shape[1:], tf.float32)
        indices = tf.range(tf.shape(x)[0])
        return tf.map_fn(lambda i: call(x[i : i + 1])[0], indices, fn_output_signature=one)

    return eager(looped, x, kernel)


def persistent(call: Callable[[Any], Any], x: Any, kernel: Any) -> Any:
    @tf.function(autograph=False)
    def twice(x: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = call(x)
        first = tape.gradient(y, [x, kernel])
        second = tape.gradient(y, [x, kernel])
        return [(a + b) / 2 for a, b in zip(first, second, strict=True)]

    return twice(x)


WAYS = [tape_inside, tape_outside, nested, symbolic, in_branch, in_loop, persistent]


@pytest.mark.parametrize("gradient", ["ste", "table"])
@pytest.mark.parametrize("kernel", ["auto", "factorized"])
def test_every_way_to_ask_gives_the_eager_gradient(
    kernel: str, gradient: str, coarse: Multiplier
) -> None:
    _, layer, data = build("conv", coarse, kernel=kernel, gradient=gradient)
    x = tf.constant(data)
    expected = eager(layer, x, layer.kernel.value)
    assert all(np.any(each) for each in expected)
    for way in WAYS:
        received = way(layer, x, layer.kernel.value)
        for a, b in zip(received, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4, err_msg=way.__name__)


def test_a_second_derivative_is_that_of_the_backward_pass(exact: Multiplier) -> None:
    _, layer, data = build("conv", exact)
    layer.activation = keras.activations.linear
    x = tf.constant(data)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(layer(x) ** 2)
        to_kernel = inner.gradient(y, layer.kernel.value)
    second = outer.gradient(to_kernel, layer.kernel.value)
    assert np.isfinite(second).all()
    assert np.any(second)


@pytest.mark.parametrize("kernel", ["auto", "factorized"])
def test_models_leave_nothing_behind(kernel: str, coarse: Multiplier) -> None:
    model, x, _ = network()

    def train(converted: keras.Model) -> None:
        """A step without Keras, whose own `fit` leaves one entry in the registry."""
        eager(tf.function(converted, autograph=False), tf.constant(x), converted.weights[0].value)

    def use() -> weakref.ref[Any]:
        converted = ea.approximate(model, coarse, calibration_data=x, kernel=kernel)
        converted.predict(x, verbose=0)
        train(converted)
        return weakref.ref(converted)

    use()
    before, graphs = registered(), living_graphs()
    seen = [use() for _ in range(3)]
    assert living_graphs() <= graphs
    assert registered() == before
    assert [each() for each in seen] == [None] * 3


def test_a_traced_function_is_saved_without_a_gradient(coarse: Multiplier, tmp_path: Path) -> None:
    model, _, x = build("conv", coarse, kernel="factorized")
    module = tf.Module()
    module.model = model
    module.serve = tf.function(model, autograph=False)
    expected = module.serve(tf.constant(x))
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    np.testing.assert_array_equal(loaded.serve(tf.constant(x)), expected)
