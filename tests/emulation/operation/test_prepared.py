"""Operands that kernels on the host prepare: those of the graph, made again when they change."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import ApproxConv2D, ApproxDense, calibrate
from evoapproxnas.emulation.operation import prepared

OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "affine": {"weight_scheme": "affine", "per_channel": True},
    "narrow": {"activation_bits": 5, "weight_bits": 6, "error_correction": False},
    "variate": {"control_variate": True, "multiplier": "mul8u_or8_v6"},
    "signed": {"multiplier": "mul8s_exact", "per_channel": True},
    "tuned": {"tune_weights": True, "multiplier": "mul8u_or8_v6"},
    "batch": {"activation_range": "batch"},
}


def calibrated(layer: Any, *size: int) -> tuple[Any, tf.Tensor]:
    x = np.random.default_rng(0).normal(size=(4, *size)).astype(np.float32)
    calibrate(keras.Sequential([keras.Input(size), layer]), x)
    return layer, tf.constant(x)


@pytest.mark.parametrize("option", OPTIONS)
def test_graphs_follow_every_change(option: str) -> None:
    how = {"multiplier": "mul8u_exact", "kernel": "numba", **OPTIONS[option]}
    layer, x = calibrated(ApproxConv2D(5, 3, **how), 6, 7, 3)
    graph = tf.function(layer)
    for change in range(3):
        if change == 1:
            layer.kernel.assign(layer.kernel * 1.5 + 0.1)
        elif change == 2:
            layer.bias.assign_add(tf.ones(5))
            if layer.activation_range != "batch":
                layer.input_range.assign(2 * layer.input_range)
        np.testing.assert_array_equal(graph(x), layer(x))
        np.testing.assert_array_equal(graph(x), layer(x))


def test_nothing_is_prepared_twice_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def watched(name: str) -> Any:
        original = getattr(prepared, name)
        return lambda *args, **options: made.append(name) or original(*args, **options)

    for name in ("host_weights", "host_operands"):
        monkeypatch.setattr(prepared, name, watched(name))
    layer, x = calibrated(ApproxDense(3, multiplier="mul8u_exact", kernel="numba"), 9)
    graph = tf.function(layer)
    graph(x), graph(x)
    assert made == ["host_weights", "host_operands"] or made == ["host_operands", "host_weights"]
    made.clear()
    layer.bias.assign_add(tf.ones(3))
    graph(x), graph(x)
    assert made == ["host_operands"]
    made.clear()
    graph(x, training=True)  # weights that change with every step stay in the graph
    assert not made


def test_gradients_pass_through_prepared_operands() -> None:
    layer, x = calibrated(ApproxConv2D(2, 3, multiplier="mul8u_exact", kernel="numba"), 5, 5, 2)

    def gradient() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x) ** 2)
        return tape.gradient(loss, layer.kernel)

    np.testing.assert_allclose(tf.function(gradient)(), gradient(), rtol=1e-5)
