"""Approximate layers inside models of every kind, as their Keras namesakes would be."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import (
    ApproxConv2D,
    ApproxDense,
    ApproxSeparableConv2D,
    approximate,
    calibrate,
)
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.kernels import LookupTable, portable
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier
from tests.emulation.cases import LAYERS, build, network


class _Block(keras.layers.Layer):
    """A custom layer around approximate ones."""

    def __init__(self, multiplier: Multiplier, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conv = ApproxConv2D(3, 3, padding="same", multiplier=multiplier, name="conv")
        self.separable = ApproxSeparableConv2D(3, 2, multiplier=multiplier, name="separable")

    def call(self, x: Any) -> Any:
        return self.separable(self.conv(x))


class _Subclassed(keras.Model):
    """A model whose layers Keras cannot list as a graph; `conv` is used twice."""

    def __init__(self, multiplier: Multiplier) -> None:
        super().__init__(name="mine")
        self.conv = ApproxConv2D(3, 3, padding="same", multiplier=multiplier, name="shared")
        self.block = _Block(multiplier, name="block")
        self.head = ApproxDense(2, multiplier=multiplier, name="head")

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.conv(self.conv(x, training=training), training=training)
        return self.head(keras.ops.mean(self.block(x), axis=(1, 2)))


def images(count: int = 8) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (count, 6, 6, 3)).astype(np.float32)


def test_a_subclassed_model_calibrates_trains_and_saves_its_weights(
    coarse: Multiplier, tmp_path: Path
) -> None:
    x, target = images(), np.ones((8, 2), np.float32)
    model = _Subclassed(coarse)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    data = tf.data.Dataset.from_tensor_slices((x, target)).batch(4)
    losses = model.fit(data, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    calibrate(model, data)
    paths = {"shared", "block/conv", "block/separable/depthwise", "block/separable/pointwise",
             "head"}  # fmt: skip
    assert set(emulated_layers(model)) == paths
    expected = model.predict(x, verbose=0)
    np.testing.assert_array_equal(tf.function(model)(tf.constant(x)), model(x))
    np.testing.assert_allclose(model(x), expected, rtol=1e-5, atol=1e-5)
    model.save_weights(tmp_path / "model.weights.h5")
    again = _Subclassed(coarse)
    again(keras.Input((6, 6, 3)))  # builds it, as for any subclassed model
    again.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(again.predict(x, verbose=0), expected)


def test_a_shared_layer_has_one_range_over_all_its_inputs(exact: Multiplier) -> None:
    shared = ApproxConv2D(2, 3, padding="same", multiplier=exact, name="shared")
    first, second = keras.Input((6, 6, 3)), keras.Input((6, 6, 3))
    model = keras.Model([first, second], keras.layers.Add()([shared(first), shared(second)]))
    x = images()
    calibrate(model, [x, 10 * x])
    np.testing.assert_allclose(shared.input_range, [10 * x.min(), 10 * x.max()], rtol=1e-6)
    assert model.count_params() == sum(int(np.prod(w.shape)) for w in shared.weights)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone([x, x]), model([x, x]))


@pytest.mark.parametrize("name", LAYERS)
def test_clones_with_all_options_are_identical(name: str, coarse: Multiplier) -> None:
    options = {"per_channel": True, "weight_scheme": "affine", "activation_bits": 7,
               "weight_bits": 5, "tune_weights": True, "gradient": "table"}  # fmt: skip
    model, layer, x = build(name, coarse, **options)
    clone = keras.models.clone_model(model)
    assert options.items() <= clone.layers[0].get_config().items()
    assert clone.layers[0].get_config() == layer.get_config()
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone(x), model(x))


POLICIES = {
    "mixed_float16": 5e-3, "mixed_bfloat16": 4e-2, "float16": 5e-3, "bfloat16": 4e-2,
    "float64": 1e-5,
}  # fmt: skip
"""Dtype policies, and the mean error that their precision makes."""


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", ["conv", "separable", "transpose", "series", "dense"])
def test_dtype_policies(name: str, policy: str, coarse: Multiplier) -> None:
    model, layer, x = build(name, coarse)
    other, other_layer, _ = build(name, coarse, dtype=policy)
    outputs = other(x)
    assert outputs.dtype == keras.DTypePolicy(policy).compute_dtype
    assert {w.dtype for w in other_layer.trainable_weights} == {
        keras.DTypePolicy(policy).variable_dtype
    }
    difference = np.abs(np.asarray(tf.cast(outputs, tf.float32)) - np.asarray(model(x)))
    assert difference.mean() < POLICIES[policy]


@pytest.mark.parametrize("policy", POLICIES)
def test_training_with_dtype_policies(policy: str, coarse: Multiplier) -> None:
    other, other_layer, x = build("separable", coarse, dtype=policy)
    other.compile(keras.optimizers.SGD(0.1), "mse")
    target = np.zeros((8, *other.output_shape[1:]), np.float32)
    before = [np.asarray(w).copy() for w in other_layer.trainable_weights]
    loss = other.fit(x, target, epochs=1, verbose=0).history["loss"][0]
    assert np.isfinite(loss)
    assert any(
        not np.array_equal(old, new)
        for old, new in zip(before, other_layer.trainable_weights, strict=True)
    )


def test_a_mixed_precision_network_converts(exact: Multiplier) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            layers.Conv2D(4, 3, dtype="mixed_float16"),
            layers.BatchNormalization(dtype="mixed_float16"),
            layers.SeparableConv2D(4, 3, dtype="mixed_float16"),
            layers.Flatten(),
            layers.Dense(2, dtype="float32"),
        ]
    )
    x = images()
    converted = approximate(model, exact, x, per_channel=True)
    expected = model.predict(x, verbose=0)
    assert np.abs(converted.predict(x, verbose=0) - expected).mean() < 0.05 * expected.std()
    assert [layer.compute_dtype for layer in converted.layers[:2]] == ["float16", "float16"]


def test_a_network_predicts_the_same_from_two_threads(coarse: Multiplier) -> None:
    model, x, _ = network()
    converted = approximate(model, coarse, x)
    expected = converted.predict(x, verbose=0)
    with ThreadPoolExecutor(2) as callers:
        futures = [callers.submit(converted.predict, x, verbose=0) for _ in range(6)]
        for future in futures:
            np.testing.assert_array_equal(future.result(), expected)


@pytest.mark.parametrize("name", ["conv", "separable", "transpose"])
def test_regularizers_constraints_and_freezing(name: str, exact: Multiplier) -> None:
    kind, arguments, keywords, shape = LAYERS[name]
    kernel = "depthwise" if name == "separable" else "kernel"
    options = {f"{kernel}_regularizer": "l2", f"{kernel}_constraint": "non_neg"}
    layer = kind(*arguments, **keywords, **options, multiplier=exact)
    model = keras.Sequential([keras.Input(shape), layer])
    assert len(model.losses) == 1
    assert float(model.losses[0]) > 0
    x = np.random.default_rng(0).normal(0, 1, (4, *shape)).astype(np.float32)
    model.compile("sgd", "mse")
    model.fit(x, np.zeros((4, *model.output_shape[1:])), verbose=0)
    assert np.asarray(layer.trainable_weights[0]).min() >= 0
    layer.trainable = False
    assert model.trainable_weights == []
    assert len(model.non_trainable_weights) == len(layer.weights)


def test_a_wrapper_around_a_layer_is_calibrated(exact: Multiplier) -> None:
    inner = ApproxDense(2, multiplier=exact, name="inner")
    model = keras.Sequential(
        [keras.Input((5, 3)), keras.layers.TimeDistributed(inner, name="each_step")]
    )
    x = np.random.default_rng(0).normal(0, 1, (4, 5, 3)).astype(np.float32)
    calibrate(model, x)
    assert set(emulated_layers(model)) == {"each_step/inner"}
    assert model.predict(x, verbose=0).shape == (4, 5, 2)


RUN_EXPORTED = """
import sys
import numpy as np
sys.modules["evoapproxnas"] = None  # importing it is an error
import tensorflow as tf
artifact = tf.saved_model.load("exported")
np.save("received.npy", artifact.serve(tf.constant(np.load("x.npy"))))
"""


def test_an_exported_model_runs_without_this_package(coarse: Multiplier, tmp_path: Path) -> None:
    model, _, x = build("conv", coarse)
    expected = model.predict(x, verbose=0)
    model.export(tmp_path / "exported", verbose=False)
    np.testing.assert_array_equal(model.predict(x, verbose=0), expected)
    np.save(tmp_path / "x.npy", x)
    subprocess.run([sys.executable, "-c", RUN_EXPORTED], cwd=tmp_path, check=True)
    np.testing.assert_allclose(np.load(tmp_path / "received.npy"), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["conv", "depthwise"])
def test_layers_compile_with_xla(name: str, coarse: Multiplier) -> None:
    model, _, x = build(name, coarse, kernel="numba")
    compiled = tf.function(model, jit_compile=True)
    np.testing.assert_allclose(compiled(x), model(x), rtol=1e-5, atol=1e-5)


def test_a_table_that_cannot_be_factorized_is_exported_as_look_ups(
    coarse: Multiplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(table: LookupTable) -> None:
        raise QuantizationError("too large")

    table = LookupTable(coarse.table, coarse.signed, coarse.digest)
    assert portable.portable_kernel(table).name == "factorized"
    monkeypatch.setattr(portable, "factors_of", refuse)
    assert portable.portable_kernel(table).name == "tensorflow"
