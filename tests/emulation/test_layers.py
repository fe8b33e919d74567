"""The layers against their exact namesakes, and as Keras layers."""

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
    ApproxDepthwiseConv2D,
    calibrate,
)
from evoapproxnas.emulation import quantization as q
from evoapproxnas.emulation.kernels import KERNELS
from evoapproxnas.errors import MultiplierError, QuantizationError, UnknownNameError
from evoapproxnas.multipliers import Multiplier

IMAGE = (9, 8, 4)
LAYERS: dict[str, tuple[Any, tuple[Any, ...], dict[str, Any], tuple[int, ...]]] = {
    "conv": (ApproxConv2D, (6, 3), {"padding": "same", "activation": "relu"}, IMAGE),
    "conv_strided": (ApproxConv2D, (6, 3), {"strides": 2, "use_bias": False}, IMAGE),
    "conv_dilated": (ApproxConv2D, (6, 3), {"dilation_rate": 2, "padding": "same"}, IMAGE),
    "conv_groups": (ApproxConv2D, (6, 3), {"groups": 2, "padding": "same"}, IMAGE),
    "depthwise": (ApproxDepthwiseConv2D, (3,), {"padding": "same"}, IMAGE),
    "depthwise_two": (ApproxDepthwiseConv2D, (3,), {"depth_multiplier": 2, "strides": 2}, IMAGE),
    "dense": (ApproxDense, (7,), {"activation": "relu"}, (11,)),
    "dense_3d": (ApproxDense, (7,), {}, (5, 11)),
}
SCHEMES = ["sign_magnitude", "affine"]


def build(
    name: str, multiplier: Multiplier, *, calibrated: bool = True, **options: Any
) -> tuple[keras.Model, Any, np.ndarray]:
    """A model of one layer with weights away from their initial values, and data for it."""
    kind, arguments, keywords, shape = LAYERS[name]
    layer = kind(*arguments, **keywords, multiplier=multiplier, **options)
    model = keras.Sequential([keras.Input(shape), layer])
    rng = np.random.default_rng(0)
    layer.kernel.assign(rng.normal(0, 0.3, layer.kernel.shape))
    if layer.bias is not None:
        layer.bias.assign(rng.normal(0, 0.3, layer.bias.shape))
    x = rng.normal(0.3, 1, (8, *shape)).astype(np.float32)
    if calibrated:
        calibrate(model, x)
    return model, layer, x


def exact_output(layer: Any, x: np.ndarray) -> np.ndarray:
    """What the Keras layer gives with the fake-quantized kernel and input."""
    signed = layer.multiplier.signed
    coding, _ = layer._input_coding(tf.constant(x), training=False)
    fake = q.dequantize_weights(
        layer._quantized(tf.convert_to_tensor(layer.kernel)), signed=signed
    )
    outputs = layer._exact(
        q.fake_quantize(tf.constant(x), coding, signed=signed),
        tf.reshape(fake, layer.kernel.shape),
    )
    outputs = outputs if layer.bias is None else outputs + tf.convert_to_tensor(layer.bias)
    return np.asarray(layer.activation(outputs))


@pytest.mark.parametrize("per_channel", [False, True], ids=["tensor", "channel"])
@pytest.mark.parametrize("scheme", [*SCHEMES, "symmetric"])
@pytest.mark.parametrize("name", LAYERS)
def test_exact_multiplier_gives_the_exact_layer_at_quantized_operands(
    name: str, scheme: str, per_channel: bool, exact: Multiplier, exact_signed: Multiplier
) -> None:
    multiplier = exact_signed if scheme == "symmetric" else exact
    model, layer, x = build(name, multiplier, weight_scheme=scheme, per_channel=per_channel)
    np.testing.assert_allclose(model(x), exact_output(layer, x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", LAYERS)
def test_exact_multiplier_is_near_the_float_layer(name: str, exact: Multiplier) -> None:
    model, layer, x = build(name, exact)
    config = {k: v for k, v in keras.Layer.get_config(layer).items() if k == "name"}
    kind, arguments, keywords, shape = LAYERS[name]
    floating = kind.__mro__[2](*arguments, **keywords, **config)
    floating.build((None, *shape))
    floating.set_weights([np.asarray(w) for w in layer.trainable_weights])
    received, expected = np.asarray(model(x)), np.asarray(floating(x))
    assert np.abs(received - expected).mean() < 0.02 * expected.std()


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("name", LAYERS)
def test_kernels_give_identical_layers(
    name: str, signed: bool, coarse: Multiplier, coarse_signed: Multiplier
) -> None:
    multiplier = coarse_signed if signed else coarse
    outputs = []
    for kernel in KERNELS:
        model, _, x = build(name, multiplier, kernel=kernel)
        outputs.append(model(x).numpy())
        np.testing.assert_array_equal(tf.function(model)(tf.constant(x)), outputs[-1])
    for other in outputs[1:]:
        np.testing.assert_array_equal(other, outputs[0])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_error_correction_removes_the_bias(scheme: str, coarse: Multiplier) -> None:
    def bias(correct: bool) -> float:
        model, layer, x = build(
            "conv_dilated", coarse, weight_scheme=scheme, error_correction=correct
        )
        difference = np.asarray(model(x)) - exact_output(layer, x)
        return float(np.abs(difference.mean(axis=(0, 1, 2))).mean())

    assert bias(True) < (0.1 if scheme == "affine" else 0.4) * bias(False)


@pytest.mark.parametrize("name", LAYERS)
def test_saving_and_loading_is_bit_equal(name: str, coarse: Multiplier, tmp_path: Path) -> None:
    model, layer, x = build(name, coarse, per_channel=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].get_config() == layer.get_config()
    for ours, theirs in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))


def test_a_saved_model_names_its_multiplier_and_refuses_another_table(
    coarse: Multiplier, exact: Multiplier, tmp_path: Path
) -> None:
    lonely = Multiplier.from_table("lonely", coarse.table ^ 1)
    model, _, x = build("conv", lonely)
    expected, table = model.predict(x, verbose=0), lonely.table
    path = tmp_path / "model.keras"
    model.save(path)
    other = Multiplier.from_table("lonely", exact.table)
    with pytest.raises(MultiplierError, match="different table of multiplier 'lonely'"):
        keras.models.load_model(path, custom_objects={"lonely": other})
    del model, lonely
    keras.backend.clear_session()
    again = Multiplier.from_table("lonely", table)
    loaded = keras.models.load_model(path, custom_objects={"lonely": again})
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)


def test_a_missing_multiplier_says_how_to_pass_it() -> None:
    config = {"filters": 2, "kernel_size": 3, "multiplier": "gone", "multiplier_digest": "0" * 64}
    with pytest.raises(MultiplierError, match="custom_objects"):
        ApproxConv2D.from_config(config)


def test_clone_model(coarse: Multiplier) -> None:
    model, _, x = build("conv", coarse)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize("name", LAYERS)
def test_gradient_is_that_of_the_exact_layer_at_quantized_operands(
    name: str, coarse: Multiplier
) -> None:
    _, layer, x = build(name, coarse)
    low, high = np.quantile(x, [0.02, 0.98])
    layer.input_range.assign([low, high])
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(layer(inputs, training=True) ** 2)
    received = tape.gradient(loss, [inputs, *(v.value for v in layer.trainable_weights)])

    coding, _ = layer._input_coding(inputs, training=False)
    fake = q.fake_quantize(inputs, coding, signed=False)
    kernel = tf.reshape(q.dequantize_weights(layer._quantized(tf.convert_to_tensor(layer.kernel)),
                                             signed=False), layer.kernel.shape)  # fmt: skip
    upstream = 2 * layer(inputs)
    if layer.activation is keras.activations.relu:
        upstream *= tf.cast(upstream > 0, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch([fake, kernel])
        exact = layer._exact(fake, kernel)
    to_x, to_kernel = tape.gradient(exact, [fake, kernel], upstream)
    bottom, top = (float(c - coding.zero_point) * float(coding.scale) for c in (0, 255))
    to_x *= tf.cast((x >= bottom) & (x <= top), tf.float32)
    np.testing.assert_allclose(received[0], to_x, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(received[1], to_kernel, rtol=1e-3, atol=1e-2)
    if layer.bias is not None:
        axes = list(range(len(x.shape) - 1))
        np.testing.assert_allclose(received[2], tf.reduce_sum(upstream, axes), rtol=1e-3)


def test_training_before_calibration_uses_the_ranges_of_batches(exact: Multiplier) -> None:
    model, layer, x = build("conv", exact, calibrated=False)
    model.compile("adam", "mse")
    target = np.ones((8, *model.output_shape[1:]), np.float32)
    history = model.fit(x, target, epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert not layer.calibrated
    with pytest.raises(QuantizationError, match="not calibrated"):
        model.predict(x, verbose=0)
    calibrate(model, x)
    model.fit(x, target, epochs=1, verbose=0)
    assert np.isfinite(model.predict(x, verbose=0)).all()


def test_batch_ranges_need_no_calibration(exact: Multiplier, coarse: Multiplier) -> None:
    model, layer, x = build("conv", exact, calibrated=False, activation_range="batch")
    small = model.predict(x * 1e-3, verbose=0)
    expected = layer._exact(x * 1e-3, tf.convert_to_tensor(layer.kernel)) + layer.bias
    np.testing.assert_allclose(small, tf.nn.relu(expected), atol=1e-4)
    model, _, x = build("conv", coarse, activation_range="batch")
    frozen, _, _ = build("conv", coarse)
    np.testing.assert_allclose(
        model.predict(x, verbose=0), frozen.predict(x, verbose=0), atol=1e-2
    )


def test_mixed_precision_keeps_codes_and_casts_outputs(coarse: Multiplier) -> None:
    model, layer, x = build("conv", coarse)
    half = ApproxConv2D(6, 3, padding="same", activation="relu", multiplier=coarse,
                        dtype="mixed_float16")  # fmt: skip
    half.build((None, *IMAGE))
    half.set_weights(layer.get_weights())
    received = half(tf.constant(x))
    assert received.dtype == tf.float16
    np.testing.assert_allclose(received, model(x), rtol=2e-3, atol=2e-3)


def test_concurrent_predictions_are_identical(coarse: Multiplier) -> None:
    model, _, x = build("conv", coarse)
    expected = model.predict(x, verbose=0)
    call = tf.function(model)
    with ThreadPoolExecutor(2) as callers:
        for received in callers.map(call, [x] * 8):
            np.testing.assert_array_equal(received, expected)


def test_empty_batch(coarse: Multiplier) -> None:
    for kernel in KERNELS:
        model, _, _ = build("conv", coarse, kernel=kernel)
        assert model(np.zeros((0, *IMAGE), np.float32)).shape == (0, 9, 8, 6)


def test_unknown_image_size(coarse: Multiplier) -> None:
    model, layer, x = build("conv", coarse)
    free = keras.Sequential([keras.Input((None, None, IMAGE[2])), layer])
    np.testing.assert_array_equal(free.predict(x, verbose=0), model.predict(x, verbose=0))


def test_bad_options(exact: Multiplier) -> None:
    with pytest.raises(QuantizationError, match="channels_last"):
        ApproxConv2D(2, 3, multiplier=exact, data_format="channels_first")
    with pytest.raises(QuantizationError, match="'calibrated' or 'batch'"):
        ApproxConv2D(2, 3, multiplier=exact, activation_range="always")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="kernel"):
        ApproxConv2D(2, 3, multiplier=exact, kernel="cuda")
    with pytest.raises(UnknownNameError):
        ApproxDense(2, multiplier="no-such-multiplier")
    with pytest.raises(QuantizationError, match="overflow"):
        keras.Sequential([keras.Input((40_000,)), ApproxDense(1, multiplier=exact)])


def test_bad_calibration(exact: Multiplier) -> None:
    model, _, x = build("conv", exact, calibrated=False)
    with pytest.raises(QuantizationError, match="shape"):
        calibrate(model, x[:, :-1])
    with pytest.raises(QuantizationError, match="NaN or infinite"):
        calibrate(model, np.where(x > 2, np.nan, x))
    with pytest.raises(QuantizationError, match="zero width"):
        calibrate(model, np.zeros_like(x))
    with pytest.raises(QuantizationError, match="did not reach"):
        calibrate(model, x[:0])
    with pytest.raises(QuantizationError, match="must be arrays"):
        calibrate(model, None)
    with pytest.raises(QuantizationError, match="no approximate layers"):
        calibrate(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), x)
    with pytest.raises(QuantizationError, match="not calibrated"):
        model(x)


def test_calibration_takes_data_sets_and_batches(exact: Multiplier) -> None:
    model, layer, x = build("conv", exact)
    expected = layer.get_weights()
    dataset = tf.data.Dataset.from_tensor_slices((x, np.zeros(8))).batch(3)
    for data in (dataset, iter([x[:5], x[5:]])):
        calibrate(model, data)
        for ours, theirs in zip(layer.get_weights(), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)
