"""What a SavedModel serves, in a process without this package, at any batch size."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import evoapproxnas as ea
from evoapproxnas.multipliers import Multiplier
from tests.emulation.cases import build

layers = keras.layers
SERVE = """
import sys
import numpy as np
sys.modules["evoapproxnas"] = None  # importing it is an error
import tensorflow as tf
artifact = tf.saved_model.load("exported")
x = np.load("x.npy")
sizes = (1, 2, 3, 5, 6, 7, len(x))
np.savez("received.npz", *[artifact.serve(tf.constant(x[:n])) for n in sizes])
"""


def series() -> keras.Model:
    """Steps that must be told from images."""
    return keras.Sequential([
        keras.Input((6, 3)), layers.Conv1D(4, 3, padding="same"),
        layers.GRU(5, return_sequences=True), layers.TimeDistributed(layers.Dense(2)),
        layers.Conv1D(3, 2),
    ])  # fmt: skip


def open_series() -> keras.Model:
    """As many steps as there are."""
    return keras.Sequential([
        keras.Input((None, 3)), layers.Conv1D(4, 3, padding="causal"),
        layers.GRU(5, return_sequences=True), layers.Dense(2),
    ])  # fmt: skip


def enlarging() -> keras.Model:
    """Layers that ask for a static size."""
    return keras.Sequential([
        keras.Input((6, 7, 3)), layers.Conv2D(4, 3, padding="same", strides=2),
        layers.UpSampling2D(2, interpolation="bilinear"),
        layers.Conv2DTranspose(3, 3, strides=2, padding="same"),
        layers.SeparableConv2D(4, 3), layers.Flatten(), layers.Dense(2),
    ])  # fmt: skip


def branching() -> keras.Model:
    image = keras.Input((8, 6, 4))
    a = layers.DepthwiseConv2D(3, padding="same")(image)
    b = layers.Conv2D(4, 3, padding="same", groups=2)(a)
    return keras.Model(image, layers.Conv2D(2, 3, dilation_rate=2)(layers.Add()([a, b])))


MODELS = [series, open_series, enlarging, branching]


@pytest.mark.parametrize(("make", "signed"), list(zip(MODELS, (False, True) * 2, strict=True)))
def test_every_batch_size_is_served_right(
    make: Callable[[], keras.Model],
    signed: bool,
    coarse: Multiplier,
    coarse_signed: Multiplier,
    tmp_path: Path,
) -> None:
    keras.utils.set_random_seed(0)
    model = make()
    shape = [6 if n is None else n for n in model.input_shape[1:]]
    x = np.random.default_rng(0).normal(0.2, 1, (9, *shape)).astype(np.float32)
    multiplier = coarse_signed if signed else coarse
    options = {"weight_scheme": "affine"} if signed else {"activation_bits": 7}
    converted = ea.approximate(model, multiplier, calibration_data=x, **options)
    expected = np.asarray(converted(x, training=False))
    np.testing.assert_allclose(converted.predict(x, verbose=0, batch_size=4), expected, atol=1e-5)
    converted.export(tmp_path / "exported", verbose=False)
    np.save(tmp_path / "x.npy", x)
    subprocess.run([sys.executable, "-c", SERVE], cwd=tmp_path, check=True)
    received = list(np.load(tmp_path / "received.npz").values())
    assert len(received) == 7
    for each in received:
        np.testing.assert_allclose(each, expected[: len(each)], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", MODELS)
def test_kernels_in_graphs_predict_what_others_do(
    make: Callable[[], keras.Model], coarse: Multiplier
) -> None:
    keras.utils.set_random_seed(0)
    model = make()
    shape = [6 if n is None else n for n in model.input_shape[1:]]
    x = np.random.default_rng(0).normal(0.2, 1, (5, *shape)).astype(np.float32)
    expected = ea.approximate(model, coarse, calibration_data=x, kernel="numba").predict(
        x, verbose=0
    )
    for kernel in ("factorized", "tensorflow"):
        converted = ea.approximate(model, coarse, calibration_data=x, kernel=kernel)
        received = converted.predict(x, verbose=0)
        np.testing.assert_allclose(received, expected, rtol=1e-4, atol=1e-5)


def test_layers_of_one_shape_share_a_function_and_a_table(
    coarse: Multiplier, tmp_path: Path
) -> None:
    blocks = [layers.Conv2D(4, 3, padding="same", activation="relu") for _ in range(6)]
    model = keras.Sequential([keras.Input((8, 8, 4)), *blocks])
    x = np.random.default_rng(0).normal(0.2, 1, (9, 8, 8, 4)).astype(np.float32)
    converted = ea.approximate(model, coarse, calibration_data=x)
    converted.export(tmp_path / "exported", verbose=False)
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((tmp_path / "exported" / "saved_model.pb").read_bytes())
    functions = saved.meta_graphs[0].graph_def.library.function
    names = [each.signature.name for each in functions]
    assert sum("convolution" in name for name in names) == 1
    assert sum(len(each.node_def) for each in functions) < 900


def test_an_exported_batch_range_is_that_of_each_batch(coarse: Multiplier, tmp_path: Path) -> None:
    model, _, x = build("conv", coarse, calibrated=False, activation_range="batch")
    expected = [model.predict(part, verbose=0) for part in (x, x * 3)]
    model.export(tmp_path / "exported", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "exported"))
    for part, right in zip((x, x * 3), expected, strict=True):
        np.testing.assert_allclose(served.serve(tf.constant(part)), right, rtol=1e-4, atol=1e-5)
